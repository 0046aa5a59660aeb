"""One service as tests drive it: who speaks, what other services told, and the usual steps of an employer's money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from services.subsidy.service import SubsidyService
from shared.batching import slices
from shared.contracts.common import Opinion
from shared.contracts.review import cases, oversight
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.contracts.subsidy import budgets_and_ledger, claims, clawbacks
from shared.contracts.subsidy import payments as payments_contract
from shared.contracts.training import enrolments, projects, results
from shared.money import Money
from shared.policy.policies import Policies
from shared.security.speaker import Purpose, Role, Speaker
from tests.rules.policy import beijing
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.subsidy.endings import EMPLOYER, Endings
from tests.services.subsidy.neighbours import Neighbours

YEAR = 2022
DUE_YEAR = 2024
SOURCES = ("skills_upgrade_account", "employment_subsidy_fund")
KEPT = claims.FundManagement(True, True, True, True)
APPROVED = date(2022, 6, 6)
ASSESSED = date(2024, 6, 20)


def yuan(text: str) -> Money:
    return Money.parse(text)


@dataclass(frozen=True)
class Training:
    """What was approved, and how each apprentice's training ended: certified, uncertified, lower, failed, left."""

    occupation_class: str = "ordinary"
    level: str = "advanced"
    term_years: int = 2
    appraisable: bool = True
    results: tuple[str, ...] = ("certified",)


class Driver(Endings):
    """One service on a harness, with the people who act on it."""

    def __init__(
        self, url: str, folder: Path, *, policy_path: str = "", district: str = CHAOYANG, on: date = APPROVED
    ) -> None:
        self.harness = KernelHarness(SubsidyService, url, folder, policy_path=policy_path)
        super().__init__()
        self.call = self.harness.call
        self.district, self.on = district, on
        self.employer = self._speaker(Role.EMPLOYER, "applicant-1", organisation=EMPLOYER, district=district)
        self.officer = self._speaker(Role.DISTRICT_OFFICER, "officer-1", district=district)
        self.maker = self._speaker(Role.FINANCE_OFFICER, "finance-1", district=district)
        self.checker = self._speaker(Role.FINANCE_OFFICER, "finance-2", district=district)
        self.auditor = self._speaker(Role.AUDITOR, "auditor-1")
        self.harness.answers(results.ASK_OUTCOMES, self._page)
        self.harness.answers(results.ASK_ENDED, self._ended)
        self.neighbours = Neighbours(self.harness)
        self.harness.move_clock(on)

    def _speaker(self, role: Role, subject: str, **place: Any) -> Speaker:
        return self.harness.speaker(role, subject, purposes=frozenset(Purpose), **place)

    def read_otherwise(self, **settings: str) -> None:
        """The programme's document under other readings, for what is approved from now on."""
        self.harness.policies = self.harness.kernel.policies = Policies((beijing(**settings),))

    def plan(self, what: Training = Training()) -> cases.ProjectPlan:
        return _plan(what)

    def _page(self, request: results.AskOutcomes) -> results.OutcomePage:
        """What training answers: a page of so many enrolments, and where the next one begins."""
        whole = self.outcomes[request.project_id]
        start = int(request.cursor or 0)
        end = start + request.limit
        more = end < len(whole.enrolments)
        return replace(whole, enrolments=whole.enrolments[start:end], cursor=str(end) if more else None)

    def close(self) -> None:
        self.harness.close()

    # --- what others told --------------------------------------------------------------------------------------------

    def project(
        self,
        project_id: str = "project-1",
        what: Training = Training(),
        *,
        enrolled_on: date | None = None,
        **fields: Any,
    ) -> str:
        """Approved and enrolled, in training, or to start on a later day."""
        policy = self.harness.policies.governing("apprenticeship", self.district, self.on)
        plan = _plan(what)
        told = cases.ProjectApproved(
            project_id=project_id,
            programme=policy.programme,
            document=policy.identity,
            district=self.district,
            employer_id=EMPLOYER,
            provider_id="provider-1",
            provider_kind="vocational_college",
            submitted_on=self.on,
            approved_on=self.on,
            occupation="6-18-01-01",
            occupation_class=what.occupation_class,
            plan=plan,
            cooperation_agreement=True,
        )
        told = replace(told, **fields)
        self.harness.hear(cases.PROJECT_APPROVED, project_id, told)
        people = tuple(
            enrolments.EnrolledPerson(f"{project_id}-enrolment-{place:04d}", f"{project_id}-person-{place:04d}")
            for place in range(len(what.results))
        )
        place = (project_id, told.programme, told.district, told.employer_id, enrolled_on or self.on)
        for part in slices(people, IDS_PER_EVENT) or [()]:
            enrolled = enrolments.EnrolmentsEstablished(*place, part)
            self.harness.hear(enrolments.ENROLMENTS_ESTABLISHED, project_id, enrolled)
        self.outcomes[project_id] = results.OutcomePage(
            project_id, False, True, tuple(_outcome(one, what, "training") for one in people), None
        )
        return project_id

    def assess_some(self, what: Training, *, unfinished: int) -> None:
        """All but the last ones have a result; the run goes on."""
        page = self.outcomes["project-1"]
        people = [enrolments.EnrolledPerson(one.enrolment_id, one.person_id) for one in page.enrolments]
        kept = len(people) - unfinished
        done = tuple(_outcome(one, what, result) for one, result in zip(people[:kept], what.results, strict=False))
        self.outcomes["project-1"] = replace(page, enrolments=done + page.enrolments[kept:])

    def assess(self, project_id: str = "project-1", what: Training = Training()) -> None:
        """Everybody has a result."""
        page = self.outcomes[project_id]
        people = [enrolments.EnrolledPerson(one.enrolment_id, one.person_id) for one in page.enrolments]
        self.outcomes[project_id] = replace(
            page,
            training_completed=True,
            enrolments=tuple(_outcome(one, what, result) for one, result in zip(people, what.results, strict=True)),
        )
        run = projects.RunTold(project_id, "apprenticeship", self.district, EMPLOYER, "provider-1", self.harness.today)
        self.harness.hear(projects.COURSE_RUN_COMPLETED, project_id, run)

    def block(
        self, kind: Any = "suspension", block_id: str = "block-1", *, lifted: bool = False, **confirmed: Any
    ) -> None:
        """Review tells that a block was opened, or lifted. `confirmed`: of an inquiry, its id and how many it named."""
        event = oversight.CASE_UNBLOCKED if lifted else oversight.CASE_BLOCKED
        self.harness.hear(event, block_id, replace(self.block_told(kind, block_id), **confirmed))

    def block_told(self, kind: Any = "suspension", block_id: str = "block-1") -> oversight.BlockTold:
        place = ("project-1", "apprenticeship", self.district, EMPLOYER, "provider-1")
        return oversight.BlockTold(block_id, kind, *place, self.harness.today)

    def fraud(
        self,
        *places: int,
        inquiry_id: str = "inquiry-1",
        project_id: str = "project-1",
        part: int = 1,
        parts: int = 1,
    ) -> None:
        """Review tells that the apprentices at these places were frauds; none named: the whole project."""
        told = oversight.FraudConfirmed(
            inquiry_id,
            project_id,
            "apprenticeship",
            self.district,
            EMPLOYER,
            "provider-1",
            self.harness.today,
            not places,
            part,
            parts,
            tuple(f"{project_id}-person-{place:04d}" for place in places),
        )
        self.harness.hear(oversight.FRAUD_CONFIRMED, inquiry_id, told)

    # --- steps -------------------------------------------------------------------------------------------------------

    def appropriate(self, amount: str, year: int = YEAR, source: str = SOURCES[0]) -> budgets_and_ledger.BudgetShape:
        request = budgets_and_ledger.Appropriate(
            "apprenticeship", self.district, source, year, yuan(amount), "财政批复"
        )
        return self.call(self.maker, budgets_and_ledger.APPROPRIATE, request)

    def submit(self, kind: Any = "advance", project_id: str = "project-1", **fields: Any) -> claims.ClaimShape:
        request = replace(claims.SubmitClaim(project_id, kind, KEPT), **fields)
        return self.call(self.employer, claims.SUBMIT_CLAIM, request)

    def decide(self, claim_id: str, outcome: Any = "approve", by: Speaker | None = None) -> claims.ClaimShape:
        request = claims.DecideClaim(claim_id, outcome, Opinion("已核对"))
        return self.call(by or self.officer, claims.DECIDE_CLAIM, request)

    def prepare(self, *claim_ids: str) -> payments_contract.BatchShape:
        return self.call(self.maker, payments_contract.PREPARE_PAYMENT, payments_contract.PreparePayment(claim_ids))

    def instruct(self, batch_id: str, by: Speaker | None = None) -> payments_contract.BatchShape:
        return self.call(
            by or self.checker, payments_contract.APPROVE_PAYMENT, payments_contract.ApprovePayment(batch_id)
        )

    def confirm(
        self, batch: payments_contract.BatchShape, payments: Sequence[Any] | None = None
    ) -> payments_contract.BatchShape:
        items = tuple(
            payments_contract.ConfirmedItem(payment.payment_id, self.harness.today, f"REF-{payment.payment_id[:8]}")
            for payment in (batch.payments if payments is None else payments)
        )
        return self.call(
            self.maker, payments_contract.CONFIRM_PAYMENT, payments_contract.ConfirmPayment(batch.batch_id, items)
        )

    def pay(self, claim_id: str) -> claims.ClaimShape:
        """Approved, prepared, instructed, confirmed."""
        self.decide(claim_id)
        self.confirm(self.instruct(self.prepare(claim_id).batch_id))
        return self.claim(claim_id)

    def claim(self, claim_id: str) -> claims.ClaimShape:
        return self.call(self.officer, claims.GET_CLAIM, claims.GetClaim(claim_id))

    def prove(self) -> budgets_and_ledger.LedgerProof:
        return self.call(self.auditor, budgets_and_ledger.PROVE_LEDGER, budgets_and_ledger.ProveLedger())

    def clawbacks(self) -> clawbacks.ClawbackPage:
        return self.call(self.officer, clawbacks.LIST_CLAWBACKS, clawbacks.ListClawbacks())

    def budget(self, year: int = YEAR, source: str = SOURCES[0]) -> budgets_and_ledger.BudgetShape:
        found = self.call(self.maker, budgets_and_ledger.LIST_BUDGETS, budgets_and_ledger.ListBudgets())
        return next(row for row in found.budgets if (row.fiscal_year, row.fund_source) == (year, source))


def _plan(what: Training) -> cases.ProjectPlan:
    return cases.ProjectPlan(
        occupation="6-18-01-01",
        level=what.level,
        term_years=what.term_years,
        starts_on=APPROVED,
        head_count=max(1, len(what.results)),
        standard="国家职业技能标准",
        classroom_credits=30,
        workplace_credits=50,
        general_hours=80,
        theory_hours=240,
        practice_hours=480,
    )


_LEVELS = ("junior", "intermediate", "advanced", "technician", "senior_technician")


def _outcome(person: enrolments.EnrolledPerson, what: Training, result: str) -> results.OutcomeShape:
    passed = result in ("certified", "lower", "uncertified")
    level = {"certified": what.level, "lower": _LEVELS[_LEVELS.index(what.level) - 1]}.get(result)
    certificate = results.CertificateShape(
        "skill_level_certificate", "6-18-01-01", f"C-{person.enrolment_id}", ASSESSED, level, False, False
    )
    ended = result != "training"
    return results.OutcomeShape(
        enrolment_id=person.enrolment_id,
        person_id=person.person_id,
        enrolled_on=APPROVED,
        result=("passed" if passed else "left" if result == "left" else "failed") if ended else None,
        assessed_on=ASSESSED if ended else None,
        appraisable=what.appraisable,
        months_trained=24,
        leaving_reason="none",
        certificate=certificate if level else None,
    )
