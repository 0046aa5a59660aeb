"""Budgets, the ledger, its proof, and the figures of the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.contracts.common import (
    GetFigures,
    PageSize,
    Programme,
    Year,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import Code, District, Id, Label, Whole
from shared.contracts.subsidy.claims import FINANCE, OVERSEERS
from shared.money import Money
from shared.security.speaker import Role


@dataclass(frozen=True)
class Appropriate:
    """Money made available to a district for one programme, source and fiscal year; a later one adds to it."""

    programme: Programme
    district: District
    fund_source: Code
    fiscal_year: Year
    amount: Money
    reference: Label


@dataclass(frozen=True)
class BudgetShape:
    """Yuan. available = appropriated − committed − paid; committed money is reserved and not yet paid."""

    programme: str
    district: str
    fund_source: str
    fiscal_year: int
    appropriated: Money
    committed: Money
    paid: Money
    available: Money


@dataclass(frozen=True)
class ListBudgets:
    programme: Programme | None = None
    fiscal_year: Year | None = None


@dataclass(frozen=True)
class BudgetList:
    budgets: tuple[BudgetShape, ...]


@dataclass(frozen=True)
class ReadLedger:
    """Postings in the speaker's reach, oldest first."""

    programme: Programme | None = None
    project_id: Id | None = None
    fiscal_year: Year | None = None
    cursor: Annotated[int, Whole(0, 2**53)] = 0
    limit: PageSize = 500


@dataclass(frozen=True)
class PostingShape:
    """One row: debit and credit account of the same amount, with claim, rule, clause and document (X-9)."""

    number: int
    on: date
    kind: str
    debit: str
    credit: str
    amount: Money
    programme: str
    district: str
    fund_source: str
    fiscal_year: int
    project_id: str | None
    claim_id: str | None
    rule: str
    clause: str
    document: str


@dataclass(frozen=True)
class LedgerPage:
    postings: tuple[PostingShape, ...]
    cursor: int | None


@dataclass(frozen=True)
class ProveLedger:
    """Recomputes every balance from decisions and payments and compares it with the ledger and the counters."""


@dataclass(frozen=True)
class LedgerProof:
    """`differences` is empty when the ledger is right. Sums in yuan over the speaker's reach."""

    postings: int
    appropriated: Money
    committed: Money
    paid: Money
    receivable: Money
    differences: tuple[Label, ...]


@dataclass(frozen=True)
class MoneyLine:
    """Yuan of one district, occupation, level, fund source and fiscal year, from the ledger.

    `committed`: reserved and not yet paid; `recoverable`: still to come back.
    """

    district: str
    occupation: str
    level: str
    fund_source: str
    fiscal_year: int
    committed: Money
    paid: Money
    recoverable: Money


@dataclass(frozen=True)
class MoneyFigures:
    lines: tuple[MoneyLine, ...]
    committed: Money
    paid: Money
    recoverable: Money


@dataclass(frozen=True)
class BudgetTold:
    programme: Programme
    district: District
    fiscal_year: Year
    missing: Money
    claim_id: Id


APPROPRIATE = command("subsidy.appropriate", Appropriate, BudgetShape, FINANCE, "Money made available.")


LIST_BUDGETS = query("subsidy.list_budgets", ListBudgets, BudgetList, OVERSEERS, "Budgets in reach.")


READ_LEDGER = query("subsidy.read_ledger", ReadLedger, LedgerPage, OVERSEERS, "Postings, oldest first.")


PROVE_LEDGER = query(
    "subsidy.prove_ledger", ProveLedger, LedgerProof, (*OVERSEERS, Role.OPERATOR), "The ledger, recomputed."
)


GET_FIGURES = query("subsidy.get_figures", GetFigures, MoneyFigures, OVERSEERS, "Money of a programme, broken down.")


BUDGET_EXHAUSTED = event(
    "subsidy.budget_exhausted", BudgetTold, consumers=("notify",), about="A claim could not be reserved."
)
