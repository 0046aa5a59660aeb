"""What subsidy answers and tells about what the bank did with our payments, and where its lists and our books disagree.

The life of a payment: prepared → instructed → paid, rejected, or unknown until the bank knows; what was paid may still
come back as returned. A rejected or returned one is repeated once, as a payment of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    OFFICERS,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import ROWS_PER_CALL, District, FileRef, Id, Label, Prose, Reason, Rows, Text, Whole
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.subsidy.claims import FINANCE
from shared.money import Money
from shared.security.speaker import Role

BankOutcome = Literal["paid", "rejected", "unknown", "returned"]
DifferenceKind = Literal["stray", "amount", "paid_twice", "contradiction", "voided", "unknown", "overdue"]
BankReference = Annotated[str, Text(64)]
DIFFERENCES_PER_CALL = 1000


@dataclass(frozen=True)
class BankRow:
    """One line of the bank's list. `reason`: why it rejected or sent back; `on`: the day of the outcome."""

    row: RowNumber
    payment_id: Annotated[str, Text(64)]
    outcome: BankOutcome
    amount: Money
    on: date
    bank_reference: BankReference
    reason: Prose = ""


@dataclass(frozen=True)
class RecordBankResults:
    """The bank's list of a district. `statement`: its own number of the list; a line sent again changes nothing.

    A line that fits is applied; one that doesn't is kept as a difference and answered as refused, with what to do.
    """

    district: District
    statement: Label
    rows: Annotated[tuple[BankRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ImportBankResults:
    """The same from the spreadsheet that the bank filled in. `programme`: whose form it is."""

    district: District
    programme: Programme
    statement: Label
    file: FileRef


@dataclass(frozen=True)
class ListDifferences:
    """Where our books and the bank's lists disagree, or the bank says nothing; the oldest first."""

    programme: Programme | None = None
    explained: bool = False
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class DifferenceShape:
    """`stray`: no payment of ours; `amount`: another amount; `paid_twice`: paid under another reference before;
    `contradiction`: rejected after it was paid, or the like; `voided`: it should not have been paid; `unknown`: the
    bank doesn't know yet; `overdue`: instructed and not in any list. `ours`, `theirs`: yuan on either side."""

    difference_id: str
    kind: DifferenceKind
    district: str
    statement: str | None
    payment_id: str
    claim_id: str | None
    payee_id: str | None
    ours: Money | None
    theirs: Money | None
    since: date
    age_days: Annotated[int, Whole(0, 100_000)]
    message: str
    explanation: str


@dataclass(frozen=True)
class DifferencePage:
    """`ours`, `theirs`: yuan over all differences that stand, on this page or not."""

    differences: tuple[DifferenceShape, ...]
    cursor: str | None
    ours: Money
    theirs: Money


@dataclass(frozen=True)
class ExplainDifferences:
    """An officer says what a line of the bank's is about; it stays on record and leaves the list of what is open."""

    difference_ids: Annotated[tuple[Id, ...], Rows(DIFFERENCES_PER_CALL, min=1)]
    words: Reason


@dataclass(frozen=True)
class ReturnPayment:
    """A paid amount came back from the payee's bank: the payment is reversed, once, and may be repeated."""

    payment_id: Id
    returned_on: date
    bank_reference: BankReference
    reason: Reason


@dataclass(frozen=True)
class PaymentChanged:
    payment_id: str
    claim_id: str
    state: str


@dataclass(frozen=True)
class PaymentFailed:
    """The bank rejected a payment, or sent it back after it was paid. The reason is asked of subsidy."""

    payment_id: Id
    batch_id: Id
    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    amount: Money
    outcome: Literal["rejected", "returned"]
    on: date


RECORD_BANK_RESULTS = command(
    "subsidy.record_bank_results", RecordBankResults, RowResults, FINANCE, "What the bank did, line by line."
)
IMPORT_BANK_RESULTS = command(
    "subsidy.import_bank_results", ImportBankResults, SheetImported, FINANCE, "The same from the bank's spreadsheet."
)
LIST_DIFFERENCES = query(
    "subsidy.list_differences",
    ListDifferences,
    DifferencePage,
    (*FINANCE, Role.CITY_FINANCE_OFFICER, Role.AUDITOR, *OFFICERS),
    "Where our books and the bank's lists disagree.",
)
EXPLAIN_DIFFERENCES = command(
    "subsidy.explain_differences", ExplainDifferences, RowResults, FINANCE, "What a line of the bank's is about."
)
RETURN_PAYMENT = command(
    "subsidy.return_payment", ReturnPayment, PaymentChanged, FINANCE, "A paid amount came back, once."
)
PAYMENT_FAILED = event(
    "subsidy.payment_failed", PaymentFailed, consumers=("notify",), about="The bank didn't pay, or sent back."
)
