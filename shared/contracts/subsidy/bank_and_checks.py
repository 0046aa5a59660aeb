"""What subsidy answers and tells about money on its way: checks before it leaves, what the bank did, what doesn't fit.

The life of a payment: prepared → instructed → paid, rejected, or unknown until the bank knows; what was paid may still
come back as returned. A rejected or returned one is repeated once, as a payment of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    OFFICERS,
    Decided,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import ROWS_PER_CALL, District, FileRef, Id, Label, Prose, Reason, Rows, Text, Whole
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.subsidy.claims import FINANCE, OVERSEERS
from shared.money import Money
from shared.security.speaker import Role

HitKind = Literal[
    "deceased",
    "student",
    "insured_elsewhere",
    "funded_elsewhere",
    "past_retirement_age",
    "certified_before",
    "certificate_twice",
    "enrolled_elsewhere",
    "shared_account",
]
HitState = Literal["open", "cleared", "upheld"]
BankOutcome = Literal["paid", "rejected", "unknown", "returned"]
DifferenceKind = Literal["stray", "amount", "paid_twice", "contradiction", "voided", "unknown", "overdue"]
BankReference = Annotated[str, Text(64)]
HITS_PER_CALL = 1000

# --- checks before payment ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListHits:
    """What comparing found, the oldest first: a hit holds its claim until an officer decided it."""

    programme: Programme | None = None
    claim_id: Id | None = None
    state: HitState | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class HitShape:
    """One thing found about an enrolment of a claim, or about its payee (`shared_account`: no enrolment).

    `source`, `as_of`: the register or file in which it stands, and the day of that; `since`: of what is found there.
    `rule`, `clause`: what of the document it speaks against; `decision`: of that, once the officer decided; `words`,
    `basis`: the officer's.
    """

    hit_id: str
    claim_id: str
    project_id: str
    district: str
    kind: HitKind
    enrolment_id: str | None
    payee_id: str | None
    source: str
    as_of: date
    since: date | None
    remark: str | None
    found_on: date
    state: HitState
    decided_on: date | None
    decided_by: str | None
    words: str
    basis: str
    decision: Decided | None
    rule: str = ""
    clause: str = ""


@dataclass(frozen=True)
class HitPage:
    hits: tuple[HitShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class DecideHits:
    """By the district, for hits of one or many claims. `clear`: no obstacle, the money may go; `uphold`: the enrolment
    earns nothing, the unpaid claim is voided, what was paid is asked back on the entered `basis` (X-15)."""

    hit_ids: Annotated[tuple[Id, ...], Rows(HITS_PER_CALL, min=1)]
    outcome: Literal["clear", "uphold"]
    words: Reason
    basis: Label | None = None


@dataclass(frozen=True)
class GetChecks:
    claim_id: Id


@dataclass(frozen=True)
class ConsultedSource:
    """What was looked into, and as of which day."""

    kind: str
    source: str
    as_of: date


@dataclass(frozen=True)
class CheckShape:
    """One comparison of a claim, kept as evidence. `persons`: compared; `unread`: whose age no document tells;
    `without_source`: kinds that the document asks for and no register on file could tell about."""

    check_id: str
    checked_on: date
    checked_by: str
    persons: int
    unread: int
    consulted: tuple[ConsultedSource, ...]
    hits: int
    without_source: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckList:
    """Comparisons of a claim, the oldest first."""

    checks: tuple[CheckShape, ...]


# --- what the bank did -------------------------------------------------------------------------------------------


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

    difference_ids: Annotated[tuple[Id, ...], Rows(HITS_PER_CALL, min=1)]
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


# --- events ------------------------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class ClaimHeld:
    """Comparing before payment found something: the district has to decide `hits` of them."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    hits: Annotated[int, Whole(1, 1_000_000)]
    on: date


@dataclass(frozen=True)
class HitsDecided:
    """The district decided hits of a claim. `left`: how many hold it still. Its words are asked of subsidy."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    outcome: Literal["clear", "uphold"]
    hit_ids: Annotated[tuple[Id, ...], Rows(HITS_PER_CALL, min=1)]
    left: Annotated[int, Whole(0, 1_000_000)]
    on: date


LIST_HITS = query("subsidy.list_hits", ListHits, HitPage, OVERSEERS, "What comparing before payment found.")
DECIDE_HITS = command(
    "subsidy.decide_hits", DecideHits, RowResults, (Role.DISTRICT_OFFICER,), "Hits are cleared or upheld."
)
GET_CHECKS = query("subsidy.get_checks", GetChecks, CheckList, OVERSEERS, "What a claim was compared with, and when.")
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
CLAIM_HELD = event("subsidy.claim_held", ClaimHeld, consumers=("notify",), about="Hits are to be decided.")
HITS_DECIDED = event(
    "subsidy.hits_decided", HitsDecided, consumers=("notify",), about="Hits of a claim were cleared or upheld."
)
