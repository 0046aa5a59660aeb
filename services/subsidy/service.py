"""The subsidy service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

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
from shared.contracts.review import cases, oversight
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger
from shared.contracts.subsidy import claims as contract
from shared.contracts.subsidy import closing as closing_contract
from shared.contracts.subsidy import payments as payments_contract
from shared.contracts.subsidy import receivables as demands
from shared.contracts.training import enrolments, projects
from shared.kernel.service import Service, handles, hears
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

    serves = (
        # what was told
        hears(cases.PROJECT_APPROVED, read_model.approved),
        hears(enrolments.ENROLMENTS_ESTABLISHED, read_model.enrolled),
        hears(projects.COURSE_RUN_COMPLETED, read_model.completed),
        hears(oversight.CASE_BLOCKED, blocks.opened),
        hears(oversight.CASE_UNBLOCKED, blocks.lifted),
        hears(oversight.FRAUD_CONFIRMED, fraud.confirmed),
        # budgets and claims
        handles(budgets_and_ledger.APPROPRIATE, appropriations.appropriate),
        handles(budgets_and_ledger.LIST_BUDGETS, appropriations.list_budgets),
        handles(closing_contract.REDUCE_APPROPRIATION, appropriations.reduce_appropriation),
        handles(closing_contract.LIST_SHORTFALLS, shortfalls.list_shortfalls),
        handles(contract.SUBMIT_CLAIM, submission.submit, ask=training_outcomes.ask),
        handles(contract.DECIDE_CLAIM, approval.decide_claim),
        handles(contract.GET_CLAIM, queries.get_claim),
        handles(contract.LIST_CLAIMS, queries.list_claims),
        handles(contract.EXPLAIN_CLAIM, queries.explain_claim),
        handles(contract.LIST_UNPAID, ageing.list_unpaid),
        handles(contract.LIST_WAITING, worklist.list_waiting),
        handles(contract.GET_HISTORY, history.get_history),
        handles(budgets_and_ledger.GET_FIGURES, figures.get_figures),
        # payments
        handles(payments_contract.PREPARE_PAYMENT, preparation.prepare, ask=sources.ask),
        handles(payments_contract.APPROVE_PAYMENT, batches.approve),
        handles(payments_contract.CONFIRM_PAYMENT, batch_confirmation.confirm),
        handles(payments_contract.GET_BATCH, batches.get_batch),
        handles(bank_and_checks.LIST_HITS, hits.list_hits),
        handles(bank_and_checks.GET_CHECKS, hits.get_checks),
        handles(bank_and_checks.RECORD_BANK_RESULTS, statement_lines.record_bank_results),
        handles(bank_and_checks.IMPORT_BANK_RESULTS, spreadsheet.take_over, ask=spreadsheet.ask),
        handles(bank_and_checks.LIST_DIFFERENCES, differences.list_differences),
        handles(bank_and_checks.EXPLAIN_DIFFERENCES, differences.explain_differences),
        handles(bank_and_checks.RETURN_PAYMENT, statement_lines.return_payment),
        handles(bank_and_checks.DECIDE_HITS, hit_decisions.decide_hits),
        # closing
        handles(closing_contract.PREVIEW_CLOSING, preview_closing),
        handles(closing_contract.CLOSE_PERIOD, close_period),
        handles(closing_contract.LIST_CLOSINGS, closings.list_closings),
        # what is asked back
        handles(demands.ISSUE_NOTICE, notices.issue),
        handles(demands.RECORD_REPAYMENT, repayments.record),
        handles(demands.REVERSE_REPAYMENT, repayments.reverse),
        handles(demands.OFFSET_DEMAND, set_off.offset),
        handles(demands.PROPOSE_WRITE_OFF, write_offs.propose),
        handles(demands.DECIDE_WRITE_OFF, write_offs.decide),
        handles(demands.GET_DEMAND, lists.get_demand),
        handles(demands.LIST_DEMANDS, lists.list_demands),
        handles(contract.LIST_CLAWBACKS, clawback_list.list_clawbacks),
        # the ledger, and papers
        handles(budgets_and_ledger.READ_LEDGER, proof.read_ledger),
        handles(budgets_and_ledger.PROVE_LEDGER, proof.prove_ledger),
        handles(contract.MAKE_FORM, making.make_form, ask=making.ask),
    )
