"""subsidy: each side has a claim at every step of its way to the money, a budget, a ledger and a clawback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.subsidy.models import Books, Closing
from services.subsidy.service import SubsidyService
from shared.contracts.common import Opinion
from shared.contracts.registry import organisations
from shared.contracts.registry.people import REVEAL_PEOPLE
from shared.contracts.review import cases
from shared.contracts.subsidy import bank, budgets_and_ledger, payments, receivables
from shared.contracts.subsidy import claims as contract
from shared.contracts.training import enrolments, projects, results
from shared.forms.common import bank_results
from shared.money import ZERO, Money
from shared.security.speaker import Role
from tests.hostile.driver import Driver
from tests.hostile.drivers import names, subsidy_requests
from tests.hostile.drivers.subsidy_stages import (
    HELD,
    INSTRUCTED,
    OWING,
    PAID,
    PREPARED,
    SHORT,
    STAGES,
    SUBMITTED,
    UNCLAIMED,
    project_of,
)
from tests.hostile.sides import Side
from tests.services import files
from tests.services.harness import CHAOYANG
from tests.services.subsidy.driver import APPROVED, ASSESSED, KEPT
from tests.services.subsidy.neighbours import Neighbours

PLAN = cases.ProjectPlan(
    occupation="6-18-01-01",
    level="advanced",
    term_years=2,
    starts_on=APPROVED,
    head_count=1,
    standard="国家职业技能标准",
    classroom_credits=30,
    workplace_credits=50,
    general_hours=80,
    theory_hours=240,
    practice_hours=480,
)


class SubsidyDriver(Driver):
    service = SubsidyService

    def prepare(self) -> None:
        self.harness.move_clock(ASSESSED)
        self.document = self.harness.policies.governing("apprenticeship", CHAOYANG, APPROVED).identity
        self.failed: set[str] = set()
        self.strays: dict[str, str] = {}
        self.sheets: dict[str, str] = {}
        self.claims: dict[tuple[str, str], str] = {}
        self.hits: dict[str, str] = {}
        self.demands: dict[str, str] = {}
        self.repayments: dict[str, str] = {}
        self.write_offs: dict[str, str] = {}
        self.batches: dict[tuple[str, str], payments.BatchShape] = {}
        self.neighbours = Neighbours(self.harness)
        self.harness.answers(results.ASK_OUTCOMES, self._outcomes)
        self.harness.answers(results.ASK_ENDED, lambda _: results.EndedList(()))
        self.harness.answers(organisations.LIST_ORGANISATIONS, names.organisations())
        self.harness.answers(REVEAL_PEOPLE, names.people)
        self.harness.answers(organisations.REVEAL_ACCOUNTS, self._accounts)

    def build(self, name: str, district: str) -> Side:
        side = Side(name, district, f"employer-{name}", f"provider-{name}")
        self._approve(side, SHORT)
        self._decide(side, self._claim(side, SHORT, "advance"))  # there is no money yet
        for year in range(APPROVED.year, ASSESSED.year + 2):
            self.harness.call(
                side.speaker(Role.FINANCE_OFFICER, "maker"),
                budgets_and_ledger.APPROPRIATE,
                subsidy_requests.appropriation(side, year),
            )
        for stage in STAGES:
            self._approve(side, stage)
            self._walk(side, stage)
        self._take_back(side, PAID)
        self._take_back(side, OWING)
        self._collect(side)
        self._hear_from_the_bank(side)
        self._close(side)
        return side

    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        return {
            **subsidy_requests.budget_requests(side),
            **subsidy_requests.claim_requests(self, side),
            **subsidy_requests.payment_requests(self, side),
            **subsidy_requests.demand_requests(self, side),
        }

    def hands(self, role: Role) -> Mapping[str, tuple[str, ...]]:
        return {
            "decide_claim": ("applicant",),
            "prepare_payment": ("applicant", "approver"),
            "approve_payment": ("applicant", "approver", "maker"),
            "confirm_payment": ("applicant", "approver"),
            "decide_hits": ("applicant", "maker"),
            "return_payment": ("applicant", "approver"),
            "decide_write_off": ("proposer", "first"),
        }

    # --- the road ----------------------------------------------------------------------------------------------------

    def _approve(self, side: Side, stage: str) -> None:
        project = project_of(side, stage)
        told = cases.ProjectApproved(
            project_id=project,
            programme="apprenticeship",
            document=self.document,
            district=side.district,
            employer_id=side.employer,
            provider_id=side.provider,
            provider_kind="vocational_college",
            submitted_on=APPROVED,
            approved_on=APPROVED,
            occupation="6-18-01-01",
            occupation_class="ordinary",
            plan=PLAN,
            cooperation_agreement=True,
        )
        self.harness.hear(cases.PROJECT_APPROVED, project, told)
        people = (enrolments.EnrolledPerson(f"enrolment-{project}", f"person-{project}"),)
        enrolled = enrolments.EnrolmentsEstablished(
            project, "apprenticeship", side.district, side.employer, APPROVED, people
        )
        self.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, project, enrolled)

    def _walk(self, side: Side, until: str) -> None:
        """The advance of a project, as far as it should come."""
        if until == UNCLAIMED:
            return
        call, maker, checker = (
            self.harness.call,
            *(side.speaker(Role.FINANCE_OFFICER, who) for who in ("maker", "check")),
        )
        claim_id = self._claim(side, until, "advance")
        self.claims[side.name, until] = claim_id
        if until != SUBMITTED:
            self._decide(side, claim_id)
        if until == HELD:
            self._hold(side, claim_id)
        if until in (PREPARED, INSTRUCTED, PAID, OWING):
            batch = call(maker, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
            self.batches[side.name, until] = batch
        if until in (INSTRUCTED, PAID, OWING):
            call(checker, payments.APPROVE_PAYMENT, payments.ApprovePayment(batch.batch_id))
        if until in (PAID, OWING):
            items = tuple(payments.ConfirmedItem(one.payment_id, ASSESSED, f"REF-{until}") for one in batch.payments)
            call(maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, items))

    def _hold(self, side: Side, claim_id: str) -> None:
        """Somebody in the claim is said to have died."""
        self.neighbours.finds(0, person_id=f"person-{project_of(side, HELD)}")
        maker = side.speaker(Role.FINANCE_OFFICER, "maker")
        batch = self.harness.call(maker, payments.PREPARE_PAYMENT, payments.PreparePayment((claim_id,)))
        ((self.hits[side.name],),) = (one.hits for one in batch.held)

    def _take_back(self, side: Side, stage: str) -> None:
        """Whoever was paid an advance for has failed."""
        project = project_of(side, stage)
        self.failed.add(project)
        run = projects.RunTold(project, "apprenticeship", side.district, side.employer, side.provider, ASSESSED)
        self.harness.hear(projects.COURSE_RUN_COMPLETED, project, run)
        self._decide(side, self._claim(side, stage, "final"))

    def _collect(self, side: Side) -> None:
        """It is noticed, paid back in part, and half given up."""
        call = self.harness.call
        maker, proposer, first = (side.speaker(Role.FINANCE_OFFICER, who) for who in ("maker", "proposer", "first"))
        page = call(maker, receivables.LIST_DEMANDS, receivables.ListDemands(project_id=project_of(side, OWING)))
        demand = page.demands[0].demand_id
        notice = receivables.IssueNotice(demand, ASSESSED + timedelta(days=20), "示例账户")
        call(maker, receivables.ISSUE_NOTICE, notice)
        repaid = receivables.RecordRepayment(demand, Money.parse("10.00"), ASSESSED, "BACK-0")
        call(maker, receivables.RECORD_REPAYMENT, repaid)
        whole = call(maker, receivables.GET_DEMAND, receivables.GetDemand(demand))
        self.repayments[side.name] = next(move.of_id for move in whole.moves if move.way == "repayment")
        proposed = call(proposer, receivables.PROPOSE_WRITE_OFF, receivables.ProposeWriteOff(demand, "企业注销"))
        assert proposed.write_off is not None
        self.write_offs[side.name] = proposed.write_off.write_off_id
        call(first, receivables.DECIDE_WRITE_OFF, receivables.DecideWriteOff(self.write_offs[side.name], "approve"))
        self.demands[side.name] = demand

    def _hear_from_the_bank(self, side: Side) -> None:
        """A line about no payment of ours, which waits to be explained, and a sheet that is still to be read."""
        finance = side.speaker(Role.FINANCE_OFFICER, "maker")
        stray = bank.BankRow(1, f"stray-{side.name}", "paid", Money.parse("1.00"), ASSESSED, "REF-0")
        self.harness.call(
            finance,
            bank.RECORD_BANK_RESULTS,
            bank.RecordBankResults(side.district, "清单-0", (stray,)),
        )
        page = self.harness.call(finance, bank.LIST_DIFFERENCES, bank.ListDifferences())
        self.strays[side.name] = page.differences[0].difference_id
        sent = self.batches[side.name, INSTRUCTED].payments[0]
        sheet = bank_results.write_bank_results(side.name, "", [bank_results.Sent(sent.payment_id, "", sent.amount)])
        self.sheets[side.name] = files.put(self.harness, finance, sheet)

    def _close(self, side: Side) -> None:
        """The first month of all books, in which nothing was posted."""
        month = date(2000, 1, 1)
        with self.harness.database.transaction() as session:
            session.add(
                Closing(
                    programme="apprenticeship",
                    district=side.district,
                    period=f"{month:%Y-%m}",
                    closed_on=ASSESSED,
                    closed_by=side.speaker(Role.FINANCE_OFFICER, "maker").person,
                    claims=0,
                    carried=ZERO,
                    lapsed=ZERO,
                    digest="0" * 64,
                    last_posting=0,
                )
            )
            books = session.get_one(Books, ("apprenticeship", side.district))
            books.open_from = date(2000, 2, 1)

    def _claim(self, side: Side, stage: str, kind: Any) -> str:
        request = contract.SubmitClaim(project_of(side, stage), kind, KEPT)
        return self.harness.call(side.speaker(Role.EMPLOYER, "applicant"), contract.SUBMIT_CLAIM, request).claim_id

    def _decide(self, side: Side, claim_id: str) -> None:
        officer = side.speaker(Role.DISTRICT_OFFICER, "approver")
        self.harness.call(officer, contract.DECIDE_CLAIM, contract.DecideClaim(claim_id, "approve", Opinion("已核对")))

    # --- neighbours --------------------------------------------------------------------------------------------------

    def _outcomes(self, request: results.AskOutcomes) -> results.OutcomePage:
        project = request.project_id
        ended = project in self.failed
        outcome = results.OutcomeShape(
            enrolment_id=f"enrolment-{project}",
            person_id=f"person-{project}",
            enrolled_on=APPROVED,
            result="failed" if ended else None,
            assessed_on=ASSESSED if ended else None,
            appraisable=True,
            months_trained=24,
            leaving_reason="none",
            certificate=None,
        )
        return results.OutcomePage(project, ended, True, (outcome,), None)

    @staticmethod
    def _accounts(request: organisations.RevealAccounts) -> organisations.AccountList:
        return organisations.AccountList(
            tuple(
                organisations.AccountShape(one, "示例企业", "示例银行", "0000", None)
                for one in request.organisation_ids
            )
        )
