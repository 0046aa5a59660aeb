"""The subsidy service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import services.subsidy.rules  # noqa: F401 - they register themselves
from services.subsidy.bank import batch_confirmation, differences, spreadsheet, statement_lines
from services.subsidy.budgets import appropriations, shortfalls
from services.subsidy.checks import hit_decisions, sources
from services.subsidy.checks import queries as hits
from services.subsidy.claims import ageing, approval, queries, submission, training_outcomes
from services.subsidy.closing import queries as closings
from services.subsidy.closing.close import close_period
from services.subsidy.closing.periods import Windows
from services.subsidy.closing.preview import preview_closing
from services.subsidy.collection import notices, repayments, set_off, write_offs
from services.subsidy.collection import queries as lists
from services.subsidy.demands import clawback_list
from services.subsidy.exclusions import fraud
from services.subsidy.models import Claim, ProjectEnrolment
from services.subsidy.papers import make_form as making
from services.subsidy.payments import batches, preparation
from services.subsidy.projects import blocks, read_model
from services.subsidy.proof import proof
from services.subsidy.views import figures, history, metrics, worklist
from shared.bus.wire import Event
from shared.contracts import common
from shared.contracts.common import RowResults
from shared.contracts.review import cases, oversight
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger
from shared.contracts.subsidy import claims as contract
from shared.contracts.subsidy import closing as closing_contract
from shared.contracts.subsidy import payments as payments_contract
from shared.contracts.subsidy import receivables as demands
from shared.contracts.training import enrolments
from shared.kernel.service import Service, handles, hears
from shared.kernel.work import Look, Work
from shared.security.keys import Keys
from shared.settings import Settings
from shared.store.database import Database

CLAIMED_TWICE = "有人员已在另一笔同类申领中，同一学籍同类补贴只能申领一次，请查看已有的申领"
CLOSED = "该期间已结账，未办理；请在未结账的月份、年度办理"
OVERDRAWN = "预算可用额度不足，未办理；请先追加预算"
REPAID_TWICE = "该银行流水号在本区已登记过；一笔汇款退还多笔追回的，请在流水号后加序号，按每笔追回的金额分别登记"
REVERSED_TWICE = "该笔退款已冲销，不能再次冲销，请查看追回的办理经过"
OFFSET_TWICE = "该申领已为这笔追回抵扣过，不能再次抵扣，请查看追回的办理经过"
OVER_COLLECTED = "退还、抵扣、核销合计超过应追回的金额，未办理；请刷新后按尚未退还的金额办理"
THREE_PERSONS = "核销建议、首次审批、再次审批须为三名不同人员，请由他人办理"
SAME_PERSON = "申报、审核、制单、复核须为不同人员，请由他人办理"


class SubsidyService(Service):
    """See services/subsidy/README.md."""

    name = "subsidy"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_claim_lines_paid_once": CLAIMED_TWICE,
        "claim_lines.enrolment_id, claim_lines.kind": CLAIMED_TWICE,
        "ck_budgets_": OVERDRAWN,
        "closed_period": CLOSED,
        "ck_clawback_parts_ended": OVER_COLLECTED,
        "uq_repayments_reference": REPAID_TWICE,
        "repayments.district, repayments.bank_reference": REPAID_TWICE,
        "uq_reversals_repayment_id": REVERSED_TWICE,
        "reversals.repayment_id": REVERSED_TWICE,
        "uq_offsets_demand_id_claim_id": OFFSET_TWICE,
        "offsets.demand_id, offsets.claim_id": OFFSET_TWICE,
        "ck_write_offs_other_person": THREE_PERSONS,
        "ck_claims_other_person": SAME_PERSON,
        "ck_batches_other_person": SAME_PERSON,
        "ck_hits_other_person": SAME_PERSON,
    }
    decided_about = (
        (Claim.id, Claim.project_id),
        (ProjectEnrolment.enrolment_id, ProjectEnrolment.project_id),
    )

    windows: ClassVar[Windows]
    bank_silent_after: ClassVar[int]

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:  # noqa: ARG003 - it opens no secret of its own
        """Raises SettingsError where a window makes no sense."""
        cls.windows = Windows.of(settings)
        cls.bank_silent_after = settings.bank_silent_after

    @classmethod
    def duties(cls, database: Database) -> list[tuple[str, Callable[[], int], float]]:
        return [("gauges", lambda: metrics.measure(database), metrics.PAUSE)]

    # --- what was told -----------------------------------------------------------------------------------------------

    @hears(cases.PROJECT_APPROVED)
    def project_approved(self, work: Work, event: Event[cases.ProjectApproved]) -> None:
        read_model.approved(work, event)

    @hears(enrolments.ENROLMENTS_ESTABLISHED)
    def enrolments_established(self, work: Work, event: Event[enrolments.EnrolmentsEstablished]) -> None:
        read_model.enrolled(work, event)

    @hears(enrolments.COURSE_RUN_COMPLETED)
    def course_run_completed(self, work: Work, event: Event[enrolments.RunTold]) -> None:
        read_model.completed(work, event)

    @hears(oversight.CASE_BLOCKED)
    def case_blocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.opened(work, event)

    @hears(oversight.CASE_UNBLOCKED)
    def case_unblocked(self, work: Work, event: Event[oversight.BlockTold]) -> None:
        blocks.lifted(work, event)

    @hears(oversight.FRAUD_CONFIRMED)
    def fraud_confirmed(self, work: Work, event: Event[oversight.FraudConfirmed]) -> None:
        fraud.confirmed(work, event)

    # --- budgets and claims ------------------------------------------------------------------------------------------

    @handles(budgets_and_ledger.APPROPRIATE)
    def appropriate(self, work: Work, request: budgets_and_ledger.Appropriate) -> budgets_and_ledger.BudgetShape:
        return appropriations.appropriate(work, request)

    @handles(budgets_and_ledger.LIST_BUDGETS)
    def list_budgets(self, look: Look, request: budgets_and_ledger.ListBudgets) -> budgets_and_ledger.BudgetList:
        return appropriations.list_budgets(look, request)

    @handles(closing_contract.REDUCE_APPROPRIATION)
    def reduce_appropriation(
        self, work: Work, request: closing_contract.ReduceAppropriation
    ) -> budgets_and_ledger.BudgetShape:
        return appropriations.reduce_appropriation(work, request)

    @handles(closing_contract.LIST_SHORTFALLS)
    def list_shortfalls(self, look: Look, request: closing_contract.ListShortfalls) -> closing_contract.ShortfallPage:
        return shortfalls.list_shortfalls(look, request)

    @handles(contract.SUBMIT_CLAIM, ask=training_outcomes.ask)
    def submit_claim(
        self, work: Work, request: contract.SubmitClaim, known: training_outcomes.Outcomes
    ) -> contract.ClaimShape:
        return submission.submit(work, request, known)

    @handles(contract.DECIDE_CLAIM)
    def decide_claim(self, work: Work, request: contract.DecideClaim) -> contract.ClaimShape:
        return approval.decide_claim(work, request)

    @handles(contract.GET_CLAIM)
    def get_claim(self, look: Look, request: contract.GetClaim) -> contract.ClaimShape:
        return queries.get_claim(look, request)

    @handles(contract.LIST_CLAIMS)
    def list_claims(self, look: Look, request: contract.ListClaims) -> contract.ClaimPage:
        return queries.list_claims(look, request)

    @handles(contract.EXPLAIN_CLAIM)
    def explain_claim(self, look: Look, request: contract.ExplainClaim) -> contract.ClaimExplained:
        return queries.explain_claim(look, request)

    @handles(contract.LIST_UNPAID)
    def list_unpaid(self, look: Look, request: contract.ListUnpaid) -> contract.UnpaidPage:
        return ageing.list_unpaid(look, request)

    @handles(contract.LIST_WAITING)
    def list_waiting(self, look: Look, request: common.ListWaiting) -> common.WaitingPage:
        return worklist.list_waiting(look, request, self.windows)

    @handles(contract.GET_HISTORY)
    def get_history(self, look: Look, request: common.GetHistory) -> common.HistoryPage:
        return history.get_history(look, request)

    @handles(budgets_and_ledger.GET_FIGURES)
    def get_figures(self, look: Look, request: common.GetFigures) -> budgets_and_ledger.MoneyFigures:
        return figures.get_figures(look, request)

    # --- payments ----------------------------------------------------------------------------------------------------

    @handles(payments_contract.PREPARE_PAYMENT, ask=sources.ask)
    def prepare_payment(
        self, work: Work, request: payments_contract.PreparePayment, known: sources.Gathered
    ) -> payments_contract.BatchShape:
        return preparation.prepare(work, request, known)

    @handles(payments_contract.APPROVE_PAYMENT)
    def approve_payment(self, work: Work, request: payments_contract.ApprovePayment) -> payments_contract.BatchShape:
        return batches.approve(work, request)

    @handles(payments_contract.CONFIRM_PAYMENT)
    def confirm_payment(self, work: Work, request: payments_contract.ConfirmPayment) -> payments_contract.BatchShape:
        return batch_confirmation.confirm(work, request)

    @handles(payments_contract.GET_BATCH)
    def get_batch(self, look: Look, request: payments_contract.GetBatch) -> payments_contract.BatchShape:
        return batches.get_batch(look, request)

    @handles(bank_and_checks.LIST_HITS)
    def list_hits(self, look: Look, request: bank_and_checks.ListHits) -> bank_and_checks.HitPage:
        return hits.list_hits(look, request)

    @handles(bank_and_checks.GET_CHECKS)
    def get_checks(self, look: Look, request: bank_and_checks.GetChecks) -> bank_and_checks.CheckList:
        return hits.get_checks(look, request)

    @handles(bank_and_checks.RECORD_BANK_RESULTS)
    def record_bank_results(self, work: Work, request: bank_and_checks.RecordBankResults) -> RowResults:
        return statement_lines.record_bank_results(work, request)

    @handles(bank_and_checks.IMPORT_BANK_RESULTS, ask=spreadsheet.ask)
    def import_bank_results(
        self, work: Work, request: bank_and_checks.ImportBankResults, known: spreadsheet.Filled
    ) -> SheetImported:
        return spreadsheet.take_over(work, request, known)

    @handles(bank_and_checks.LIST_DIFFERENCES)
    def list_differences(self, look: Look, request: bank_and_checks.ListDifferences) -> bank_and_checks.DifferencePage:
        return differences.list_differences(look, request, self.bank_silent_after)

    @handles(bank_and_checks.EXPLAIN_DIFFERENCES)
    def explain_differences(self, work: Work, request: bank_and_checks.ExplainDifferences) -> RowResults:
        return differences.explain_differences(work, request)

    @handles(bank_and_checks.RETURN_PAYMENT)
    def return_payment(self, work: Work, request: bank_and_checks.ReturnPayment) -> bank_and_checks.PaymentChanged:
        return statement_lines.return_payment(work, request)

    @handles(bank_and_checks.DECIDE_HITS)
    def decide_hits(self, work: Work, request: bank_and_checks.DecideHits) -> RowResults:
        return hit_decisions.decide_hits(work, request)

    # --- closing -----------------------------------------------------------------------------------------------------

    @handles(closing_contract.PREVIEW_CLOSING)
    def preview_closing(self, look: Look, request: closing_contract.PreviewClosing) -> closing_contract.ClosingPreview:
        return preview_closing(look, request, self.windows)

    @handles(closing_contract.CLOSE_PERIOD)
    def close_period(self, work: Work, request: closing_contract.ClosePeriod) -> closing_contract.ClosingShape:
        return close_period(work, request, self.windows)

    @handles(closing_contract.LIST_CLOSINGS)
    def list_closings(self, look: Look, request: closing_contract.ListClosings) -> closing_contract.ClosingPage:
        return closings.list_closings(look, request)

    # --- what is asked back ------------------------------------------------------------------------------------------

    @handles(demands.ISSUE_NOTICE)
    def issue_clawback_notice(self, work: Work, request: demands.IssueNotice) -> demands.DemandShape:
        return notices.issue(work, request)

    @handles(demands.RECORD_REPAYMENT)
    def record_repayment(self, work: Work, request: demands.RecordRepayment) -> demands.DemandShape:
        return repayments.record(work, request)

    @handles(demands.REVERSE_REPAYMENT)
    def reverse_repayment(self, work: Work, request: demands.ReverseRepayment) -> demands.DemandShape:
        return repayments.reverse(work, request)

    @handles(demands.OFFSET_DEMAND)
    def offset_demand(self, work: Work, request: demands.OffsetDemand) -> demands.DemandShape:
        return set_off.offset(work, request)

    @handles(demands.PROPOSE_WRITE_OFF)
    def propose_write_off(self, work: Work, request: demands.ProposeWriteOff) -> demands.DemandShape:
        return write_offs.propose(work, request)

    @handles(demands.DECIDE_WRITE_OFF)
    def decide_write_off(self, work: Work, request: demands.DecideWriteOff) -> demands.DemandShape:
        return write_offs.decide(work, request)

    @handles(demands.GET_DEMAND)
    def get_demand(self, look: Look, request: demands.GetDemand) -> demands.DemandWhole:
        return lists.get_demand(look, request)

    @handles(demands.LIST_DEMANDS)
    def list_demands(self, look: Look, request: demands.ListDemands) -> demands.DemandPage:
        return lists.list_demands(look, request)

    @handles(contract.LIST_CLAWBACKS)
    def list_clawbacks(self, look: Look, request: contract.ListClawbacks) -> contract.ClawbackPage:
        return clawback_list.list_clawbacks(look, request)

    # --- the ledger, and papers --------------------------------------------------------------------------------------

    @handles(budgets_and_ledger.READ_LEDGER)
    def read_ledger(self, look: Look, request: budgets_and_ledger.ReadLedger) -> budgets_and_ledger.LedgerPage:
        return proof.read_ledger(look, request)

    @handles(budgets_and_ledger.PROVE_LEDGER)
    def prove_ledger(self, look: Look, request: budgets_and_ledger.ProveLedger) -> budgets_and_ledger.LedgerProof:
        return proof.prove_ledger(look, request)

    @handles(contract.MAKE_FORM, ask=making.ask)
    def make_form(self, work: Work, request: contract.MakeForm, known: Any) -> contract.FormMade:
        return making.make_form(work, request, known)
