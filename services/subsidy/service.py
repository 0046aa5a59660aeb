"""What subsidy serves and hears, and which use case does each: what they are is said in README.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.subsidy.rules  # noqa: F401 - they register themselves
from services.subsidy.bank import batch_confirmation, differences, spreadsheet, statement_lines
from services.subsidy.budgets import appropriations, shortfalls
from services.subsidy.checks import hit_decisions
from services.subsidy.checks.queries import get_checks, list_hits
from services.subsidy.claims import (
    ageing,
    approval,
    ended_enrolments,
    ended_questions,
    settlement,
    submission,
    training_outcomes,
)
from services.subsidy.claims.queries import explain_claim, get_claim, list_claims
from services.subsidy.closing.close import close_period
from services.subsidy.closing.periods import Windows
from services.subsidy.closing.preview import preview_closing
from services.subsidy.closing.queries import list_closings
from services.subsidy.collection import notices, repayments, set_off, write_offs
from services.subsidy.collection.queries import get_demand, list_demands
from services.subsidy.demands import clawback_list
from services.subsidy.exclusions import fraud
from services.subsidy.ledger.queries import read_ledger
from services.subsidy.models import Claim, ProjectEnrolment
from services.subsidy.papers import make_form
from services.subsidy.payments import batches, preparation
from services.subsidy.projects import read_model
from services.subsidy.proof import proof
from services.subsidy.views import figures, history, metrics, worklist
from shared.contracts.review import cases, oversight
from shared.contracts.subsidy import (
    bank,
    budgets_and_ledger,
    checks,
    claims,
    clawbacks,
    closing,
    papers,
    payments,
    receivables,
)
from shared.contracts.training import enrolments, projects, results
from shared.kernel.service import Loop, Service, handles, hears
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
        "uq_claim_lines_open_advance": submission.ADVANCED_ELSEWHERE,
        "claim_lines.open_advance": submission.ADVANCED_ELSEWHERE,
        "ck_budgets_": OVERDRAWN,
        "closed_period": CLOSED,
        "ck_clawback_parts_ended": OVER_COLLECTED,
        "uq_repayments_reference": REPAID_TWICE,
        "repayments.district, repayments.reference_key": REPAID_TWICE,
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
    prove_every: ClassVar[float]

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:  # noqa: ARG003 - it opens no secret of its own
        """Raises SettingsError where a window makes no sense."""
        cls.windows = Windows.of(settings)
        cls.bank_silent_after = settings.bank_silent_after
        cls.prove_every = settings.prove_every

    @classmethod
    def gauges(cls, database: Database) -> list[Loop]:
        """What is watched, measured together with the proof."""
        every = cls.prove_every
        return [Loop("gauges", lambda: metrics.measure(database, every), every)]

    serves = (
        # what was told
        hears(cases.PROJECT_APPROVED, read_model.record_project),
        hears(enrolments.ENROLMENTS_ESTABLISHED, read_model.record_enrolments),
        hears(results.ENROLMENTS_ENDED, ended_enrolments.record_ended),
        hears(projects.COURSE_RUN_COMPLETED, ended_enrolments.record_run_end),
        hears(oversight.CASE_BLOCKED, read_model.record_block),
        hears(oversight.CASE_UNBLOCKED, read_model.lift_block),
        hears(oversight.FRAUD_CONFIRMED, fraud.record_fraud),
        # budgets and claims
        handles(budgets_and_ledger.APPROPRIATE, appropriations.appropriate),
        handles(budgets_and_ledger.LIST_BUDGETS, appropriations.list_budgets),
        handles(closing.REDUCE_APPROPRIATION, appropriations.reduce_appropriation),
        handles(closing.LIST_SHORTFALLS, shortfalls.list_shortfalls),
        handles(claims.SUBMIT_CLAIM, submission.submit_claim, ask=training_outcomes.ask),
        handles(claims.DECIDE_CLAIM, approval.decide_claim, ask=ended_questions.ask_for_decision),
        handles(claims.SETTLE_PROJECT, settlement.settle_project, ask=settlement.ask),
        handles(claims.GET_CLAIM, get_claim),
        handles(claims.LIST_CLAIMS, list_claims),
        handles(claims.EXPLAIN_CLAIM, explain_claim),
        handles(claims.LIST_UNPAID, ageing.list_unpaid),
        handles(claims.LIST_WAITING, worklist.list_waiting),
        handles(claims.GET_HISTORY, history.get_history),
        handles(budgets_and_ledger.GET_FIGURES, figures.get_figures),
        # payments
        handles(payments.PREPARE_PAYMENT, preparation.prepare_payment, ask=preparation.ask),
        handles(payments.APPROVE_PAYMENT, batches.approve_payment, ask=ended_questions.ask_for_batch),
        handles(payments.CONFIRM_PAYMENT, batch_confirmation.confirm_payment),
        handles(payments.GET_BATCH, batches.get_batch),
        handles(checks.LIST_HITS, list_hits),
        handles(checks.GET_CHECKS, get_checks),
        handles(bank.RECORD_BANK_RESULTS, statement_lines.record_bank_results),
        handles(bank.IMPORT_BANK_RESULTS, spreadsheet.import_bank_results, ask=spreadsheet.ask),
        handles(bank.LIST_DIFFERENCES, differences.list_differences),
        handles(bank.EXPLAIN_DIFFERENCES, differences.explain_differences),
        handles(bank.RETURN_PAYMENT, statement_lines.return_payment),
        handles(checks.DECIDE_HITS, hit_decisions.decide_hits),
        # closing
        handles(closing.PREVIEW_CLOSING, preview_closing),
        handles(closing.CLOSE_PERIOD, close_period),
        handles(closing.LIST_CLOSINGS, list_closings),
        # what is asked back
        handles(receivables.ISSUE_NOTICE, notices.issue_notice),
        handles(receivables.RECORD_REPAYMENT, repayments.record_repayment),
        handles(receivables.REVERSE_REPAYMENT, repayments.reverse_repayment),
        handles(receivables.OFFSET_DEMAND, set_off.offset_demand),
        handles(receivables.PROPOSE_WRITE_OFF, write_offs.propose_write_off),
        handles(receivables.DECIDE_WRITE_OFF, write_offs.decide_write_off),
        handles(receivables.GET_DEMAND, get_demand),
        handles(receivables.LIST_DEMANDS, list_demands),
        handles(clawbacks.LIST_CLAWBACKS, clawback_list.list_clawbacks),
        # the ledger, and papers
        handles(budgets_and_ledger.READ_LEDGER, read_ledger),
        handles(budgets_and_ledger.PROVE_LEDGER, proof.prove_ledger),
        handles(papers.MAKE_FORM, make_form.make_form, ask=make_form.ask),
    )
