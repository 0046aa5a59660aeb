"""The subsidy service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import services.subsidy.rules  # noqa: F401 - they register themselves
from services.subsidy import (
    approval,
    blocks,
    budgets,
    claims,
    figures,
    fraud,
    gauges,
    history,
    outcomes,
    payments,
    preparing,
    projects,
    reading,
    receivables,
    shortfalls,
    unpaid,
    waiting,
)
from services.subsidy.bank import confirming, differences, recording, sheet
from services.subsidy.checks import deciding, gathering
from services.subsidy.checks import reading as hits
from services.subsidy.closing import listing as closings
from services.subsidy.closing.close import close_period
from services.subsidy.closing.periods import Windows
from services.subsidy.closing.preview import preview_closing
from services.subsidy.collecting import lists, notices, offsetting, repayments, write_offs
from services.subsidy.models import Claim, ProjectEnrolment
from services.subsidy.papers import making
from services.subsidy.proof import proving
from shared.bus.service import Service, handles, hears
from shared.bus.wire import Event
from shared.bus.work import Look, Work
from shared.contracts import closing as closing_contract
from shared.contracts import common, oversight, payment, review, training
from shared.contracts import receivables as demands
from shared.contracts import subsidy as contract
from shared.contracts.common import RowResults
from shared.contracts.sheets import SheetImported
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
        return [("gauges", lambda: gauges.measure(database), gauges.PAUSE)]

    # --- what was told -----------------------------------------------------------------------------------------------

    @hears(review.PROJECT_APPROVED)
    def project_approved(self, work: Work, event: Event[review.ProjectApproved]) -> None:
        projects.approved(work, event)

    @hears(training.ENROLMENTS_ESTABLISHED)
    def enrolments_established(self, work: Work, event: Event[training.EnrolmentsEstablished]) -> None:
        projects.enrolled(work, event)

    @hears(training.COURSE_RUN_COMPLETED)
    def course_run_completed(self, work: Work, event: Event[training.RunTold]) -> None:
        projects.completed(work, event)

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

    @handles(contract.APPROPRIATE)
    def appropriate(self, work: Work, request: contract.Appropriate) -> contract.BudgetShape:
        return budgets.appropriate(work, request)

    @handles(contract.LIST_BUDGETS)
    def list_budgets(self, look: Look, request: contract.ListBudgets) -> contract.BudgetList:
        return budgets.list_budgets(look, request)

    @handles(closing_contract.REDUCE_APPROPRIATION)
    def reduce_appropriation(self, work: Work, request: closing_contract.ReduceAppropriation) -> contract.BudgetShape:
        return budgets.reduce_appropriation(work, request)

    @handles(closing_contract.LIST_SHORTFALLS)
    def list_shortfalls(self, look: Look, request: closing_contract.ListShortfalls) -> closing_contract.ShortfallPage:
        return shortfalls.list_shortfalls(look, request)

    @handles(contract.SUBMIT_CLAIM, ask=outcomes.ask)
    def submit_claim(self, work: Work, request: contract.SubmitClaim, known: outcomes.Outcomes) -> contract.ClaimShape:
        return claims.submit(work, request, known)

    @handles(contract.DECIDE_CLAIM)
    def decide_claim(self, work: Work, request: contract.DecideClaim) -> contract.ClaimShape:
        return approval.decide_claim(work, request)

    @handles(contract.GET_CLAIM)
    def get_claim(self, look: Look, request: contract.GetClaim) -> contract.ClaimShape:
        return reading.get_claim(look, request)

    @handles(contract.LIST_CLAIMS)
    def list_claims(self, look: Look, request: contract.ListClaims) -> contract.ClaimPage:
        return reading.list_claims(look, request)

    @handles(contract.EXPLAIN_CLAIM)
    def explain_claim(self, look: Look, request: contract.ExplainClaim) -> contract.ClaimExplained:
        return reading.explain_claim(look, request)

    @handles(contract.LIST_UNPAID)
    def list_unpaid(self, look: Look, request: contract.ListUnpaid) -> contract.UnpaidPage:
        return unpaid.list_unpaid(look, request)

    @handles(contract.LIST_WAITING)
    def list_waiting(self, look: Look, request: common.ListWaiting) -> common.WaitingPage:
        return waiting.list_waiting(look, request, self.windows)

    @handles(contract.GET_HISTORY)
    def get_history(self, look: Look, request: common.GetHistory) -> common.HistoryPage:
        return history.get_history(look, request)

    @handles(contract.GET_FIGURES)
    def get_figures(self, look: Look, request: common.GetFigures) -> contract.MoneyFigures:
        return figures.get_figures(look, request)

    # --- payments ----------------------------------------------------------------------------------------------------

    @handles(contract.PREPARE_PAYMENT, ask=gathering.ask)
    def prepare_payment(
        self, work: Work, request: contract.PreparePayment, known: gathering.Gathered
    ) -> contract.BatchShape:
        return preparing.prepare(work, request, known)

    @handles(contract.APPROVE_PAYMENT)
    def approve_payment(self, work: Work, request: contract.ApprovePayment) -> contract.BatchShape:
        return payments.approve(work, request)

    @handles(contract.CONFIRM_PAYMENT)
    def confirm_payment(self, work: Work, request: contract.ConfirmPayment) -> contract.BatchShape:
        return confirming.confirm(work, request)

    @handles(contract.GET_BATCH)
    def get_batch(self, look: Look, request: contract.GetBatch) -> contract.BatchShape:
        return payments.get_batch(look, request)

    @handles(payment.LIST_HITS)
    def list_hits(self, look: Look, request: payment.ListHits) -> payment.HitPage:
        return hits.list_hits(look, request)

    @handles(payment.GET_CHECKS)
    def get_checks(self, look: Look, request: payment.GetChecks) -> payment.CheckList:
        return hits.get_checks(look, request)

    @handles(payment.RECORD_BANK_RESULTS)
    def record_bank_results(self, work: Work, request: payment.RecordBankResults) -> RowResults:
        return recording.record_bank_results(work, request)

    @handles(payment.IMPORT_BANK_RESULTS, ask=sheet.ask)
    def import_bank_results(self, work: Work, request: payment.ImportBankResults, known: sheet.Filled) -> SheetImported:
        return sheet.take_over(work, request, known)

    @handles(payment.LIST_DIFFERENCES)
    def list_differences(self, look: Look, request: payment.ListDifferences) -> payment.DifferencePage:
        return differences.list_differences(look, request, self.bank_silent_after)

    @handles(payment.EXPLAIN_DIFFERENCES)
    def explain_differences(self, work: Work, request: payment.ExplainDifferences) -> RowResults:
        return differences.explain_differences(work, request)

    @handles(payment.RETURN_PAYMENT)
    def return_payment(self, work: Work, request: payment.ReturnPayment) -> payment.PaymentChanged:
        return recording.return_payment(work, request)

    @handles(payment.DECIDE_HITS)
    def decide_hits(self, work: Work, request: payment.DecideHits) -> RowResults:
        return deciding.decide_hits(work, request)

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
        return offsetting.offset(work, request)

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
        return receivables.list_clawbacks(look, request)

    # --- the ledger, and papers --------------------------------------------------------------------------------------

    @handles(contract.READ_LEDGER)
    def read_ledger(self, look: Look, request: contract.ReadLedger) -> contract.LedgerPage:
        return proving.read_ledger(look, request)

    @handles(contract.PROVE_LEDGER)
    def prove_ledger(self, look: Look, request: contract.ProveLedger) -> contract.LedgerProof:
        return proving.prove_ledger(look, request)

    @handles(contract.MAKE_FORM, ask=making.ask)
    def make_form(self, work: Work, request: contract.MakeForm, known: Any) -> contract.FormMade:
        return making.make_form(work, request, known)
