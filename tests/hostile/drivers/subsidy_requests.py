"""Requests about money of one side: budgets, claims, payments, demands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.contracts.common import GetFigures, GetHistory, ListWaiting, Opinion
from shared.contracts.subsidy import bank, budgets_and_ledger, checks, clawbacks, closing, papers, payments, receivables
from shared.contracts.subsidy import claims as contract
from shared.money import Money
from tests.hostile.drivers.subsidy_stages import (
    HELD,
    INSTRUCTED,
    OWING,
    PAID,
    PREPARED,
    RESERVED,
    SUBMITTED,
    UNCLAIMED,
    project_of,
)
from tests.hostile.sides import Side
from tests.services.subsidy.driver import APPROVED, ASSESSED, KEPT, SOURCES

if TYPE_CHECKING:
    from tests.hostile.drivers.subsidy import SubsidyDriver


def budget_requests(side: Side) -> Mapping[str, Any]:
    """Money that comes in and is closed: budgets, the ledger, months."""
    return {
        "appropriate": appropriation(side, ASSESSED.year),
        "reduce_appropriation": closing.ReduceAppropriation(
            "apprenticeship", side.district, SOURCES[0], ASSESSED.year, Money.parse("1.00"), "财政收回"
        ),
        "list_shortfalls": closing.ListShortfalls("apprenticeship"),
        "preview_closing": closing.PreviewClosing("apprenticeship", side.district, f"{ASSESSED:%Y-%m}"),
        "close_period": closing.ClosePeriod("apprenticeship", side.district, f"{ASSESSED:%Y-%m}", "0" * 64),
        "list_closings": closing.ListClosings("apprenticeship"),
        "list_budgets": budgets_and_ledger.ListBudgets("apprenticeship"),
        "read_ledger": budgets_and_ledger.ReadLedger(project_id=project_of(side, PAID)),
        "prove_ledger": budgets_and_ledger.ProveLedger(),
    }


def claim_requests(driver: SubsidyDriver, side: Side) -> Mapping[str, Any]:
    """Claims, and what is read of a project."""
    paid = driver.claims[side.name, PAID]
    return {
        "submit_claim": contract.SubmitClaim(project_of(side, UNCLAIMED), "advance", KEPT),
        "decide_claim": contract.DecideClaim(driver.claims[side.name, SUBMITTED], "approve", Opinion("已核对")),
        "settle_project": contract.SettleProject(project_of(side, OWING)),
        "get_claim": contract.GetClaim(paid),
        "list_claims": contract.ListClaims(project_id=project_of(side, PAID)),
        "explain_claim": contract.ExplainClaim(paid),
        "list_unpaid": contract.ListUnpaid("apprenticeship"),
        "list_waiting": ListWaiting(),
        "get_history": GetHistory(project_of(side, PAID)),
        "get_figures": GetFigures("apprenticeship", APPROVED.year, ASSESSED.year),
        "make_form": papers.MakeForm("subsidy_register", paid),
    }


def payment_requests(driver: SubsidyDriver, side: Side) -> Mapping[str, Any]:
    """Payments, what speaks against them, and what the bank says."""
    instructed = driver.batches[side.name, INSTRUCTED]
    items = tuple(payments.ConfirmedItem(one.payment_id, ASSESSED, "REF-1") for one in instructed.payments)
    held = driver.claims[side.name, HELD]
    return {
        "prepare_payment": payments.PreparePayment((driver.claims[side.name, RESERVED],)),
        "approve_payment": payments.ApprovePayment(driver.batches[side.name, PREPARED].batch_id),
        "confirm_payment": payments.ConfirmPayment(instructed.batch_id, items),
        "get_batch": payments.GetBatch(instructed.batch_id),
        "list_hits": checks.ListHits(claim_id=held),
        "get_checks": checks.GetChecks(held),
        "decide_hits": checks.DecideHits((driver.hits[side.name],), "clear", "已函询核实"),
        "record_bank_results": bank.RecordBankResults(side.district, "清单-1", (_line(instructed, "paid"),)),
        "import_bank_results": bank.ImportBankResults(
            side.district, "apprenticeship", "清单-2", driver.sheets[side.name]
        ),
        "list_differences": bank.ListDifferences(),
        "explain_differences": bank.ExplainDifferences((driver.strays[side.name],), "系他单位款项"),
        "return_payment": bank.ReturnPayment(
            driver.batches[side.name, PAID].payments[0].payment_id, ASSESSED, "BACK-1", "账户已销户"
        ),
    }


def demand_requests(driver: SubsidyDriver, side: Side) -> Mapping[str, Any]:
    """Money that is asked back."""
    demand = driver.demands[side.name]
    return {
        "list_clawbacks": clawbacks.ListClawbacks(),
        "issue_clawback_notice": receivables.IssueNotice(demand, ASSESSED + timedelta(days=30), "示例账户"),
        "record_repayment": receivables.RecordRepayment(demand, Money.parse("1.00"), ASSESSED, "BACK-2"),
        "reverse_repayment": receivables.ReverseRepayment(driver.repayments[side.name], "银行退汇"),
        "offset_demand": receivables.OffsetDemand(demand, driver.claims[side.name, RESERVED]),
        "propose_write_off": receivables.ProposeWriteOff(demand, "无可执行财产"),
        "decide_write_off": receivables.DecideWriteOff(driver.write_offs[side.name], "approve"),
        "get_demand": receivables.GetDemand(demand),
        "list_demands": receivables.ListDemands(project_id=project_of(side, OWING)),
    }


def _line(batch: payments.BatchShape, outcome: Any) -> bank.BankRow:
    sent = batch.payments[0]
    return bank.BankRow(1, sent.payment_id, outcome, sent.amount, ASSESSED, "REF-1")


def appropriation(side: Side, year: int) -> budgets_and_ledger.Appropriate:
    return budgets_and_ledger.Appropriate(
        "apprenticeship", side.district, SOURCES[0], year, Money.yuan(100_000), "财政批复"
    )
