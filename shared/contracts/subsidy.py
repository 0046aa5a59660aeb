"""What subsidy answers and tells: budgets, claims, payments, the ledger, and why each yuan was paid or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    OFFICERS,
    Decided,
    FindingShape,
    GetFigures,
    GetHistory,
    HistoryPage,
    ListWaiting,
    Opinion,
    PageSize,
    Programme,
    WaitingPage,
    Year,
)
from shared.contracts.declare import command, event, query
from shared.contracts.shapes import Code, District, FileRef, Id, Json, Label, Prose, Rows, Text, Whole
from shared.money import ZERO, Money
from shared.security.speaker import Role

FINANCE = (Role.FINANCE_OFFICER,)
READERS = (*OFFICERS, *FINANCE, Role.EMPLOYER, Role.AUDITOR, Role.CITY_FINANCE_OFFICER, Role.MACHINE)
OVERSEERS = (*OFFICERS, *FINANCE, Role.CITY_FINANCE_OFFICER, Role.AUDITOR)
ClaimState = Literal["submitted", "returned", "rejected", "approved", "in_payment", "paid", "closed", "voided"]
ClaimKind = Literal["advance", "final", "supplementary"]
ClawbackCause = Literal["result", "fraud", "check"]
PaymentState = Literal["prepared", "instructed", "unknown", "paid", "rejected", "returned", "voided"]

# --- budget ------------------------------------------------------------------------------------------------------


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


# --- claims ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FundManagement:
    """What the employer declares and keeps (APP-22)."""

    education_budget: bool
    fund_rules: bool
    separate_account: bool
    funded_register: bool


@dataclass(frozen=True)
class SubmitClaim:
    """By the employer: the advance after enrolment, the final claim after assessment (APP-20).

    `supplementary`: for certificates issued after the final claim, where the document allows it (INT-33).
    """

    project_id: Id
    kind: ClaimKind
    management: FundManagement
    advance_waived: bool = False


@dataclass(frozen=True)
class DecideClaim:
    """By the district: approving reserves the money, source by source."""

    claim_id: Id
    outcome: Literal["approve", "return", "reject"]
    opinion: Opinion


@dataclass(frozen=True)
class GetClaim:
    claim_id: Id


@dataclass(frozen=True)
class FundPart:
    """An amount of one fund source in one fiscal year."""

    fund_source: str
    fiscal_year: int
    amount: Money


@dataclass(frozen=True)
class ClaimShape:
    """A claim. `amount`: what it pays; `entitlement`, `clawback`: sums over its enrolments (final claims).

    `missing`: what the budget could not bear when approval was last tried; the claim is then still `submitted`.
    `set_off`: the part of `amount` that isn't sent but kept for what the claim takes back (INT-4); `funding`: the rest.
    """

    claim_id: str
    project_id: str
    programme: str
    document: str
    district: str
    employer_id: str
    kind: ClaimKind
    state: ClaimState
    submitted_on: date
    decided_on: date | None
    paid_on: date | None
    persons: int
    amount: Money
    entitlement: Money
    clawback: Money
    funding: tuple[FundPart, ...]
    decision: Decided
    missing: Money = ZERO
    opinion: Prose = ""
    set_off: Money = ZERO


@dataclass(frozen=True)
class ListClaims:
    """Claims in the speaker's reach. `waiting_for_me`: those that the speaker's role has to deal with next.

    Every filter that is given narrows; days of submission count from `submitted_from` to `submitted_to`, both included.
    """

    waiting_for_me: bool = False
    state: ClaimState | None = None
    project_id: Id | None = None
    programme: Programme | None = None
    kind: ClaimKind | None = None
    employer_id: Id | None = None
    district: District | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class ClaimPage:
    claims: tuple[ClaimShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class ExplainClaim:
    """Line by line, with the whole decision behind each amount."""

    claim_id: Id
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class ClaimLine:
    line_id: str
    enrolment_id: str
    person_id: str
    amount: Money
    clawback: Money
    decision_id: str
    decision: Json


@dataclass(frozen=True)
class ClaimExplained:
    claim_id: str
    lines: tuple[ClaimLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class ListUnpaid:
    """Approved claims that aren't paid, the oldest approval first (APP-38)."""

    programme: Programme | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class UnpaidClaim:
    """`age_days`: since its approval; `finding`: what the document says about it, null where no clause does."""

    claim_id: str
    project_id: str
    programme: str
    district: str
    employer_id: str
    kind: ClaimKind
    state: ClaimState
    amount: Money
    approved_on: date
    age_days: int
    finding: FindingShape | None


@dataclass(frozen=True)
class UnpaidPage:
    claims: tuple[UnpaidClaim, ...]
    cursor: str | None


# --- payment -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PreparePayment:
    """By the maker: approved claims of one district and programme become one batch for the treasury.

    What a source sent already isn't sent again; what the bank rejected or sent back is. Each claim is compared with
    what is on file elsewhere first: one that a block or an open hit holds stays out, and the batch goes without it.
    """

    claim_ids: Annotated[tuple[Id, ...], Rows(1000, min=1)]


@dataclass(frozen=True)
class ApprovePayment:
    """By the checker, who is another person than maker, approver and applicant (X-5).

    A claim that was blocked, or hit, since the batch was prepared leaves it: the others are instructed.
    """

    batch_id: Id


@dataclass(frozen=True)
class ConfirmedItem:
    payment_id: Id
    paid_on: date
    bank_reference: Annotated[str, Text(64)]


@dataclass(frozen=True)
class ConfirmPayment:
    """What the treasury reports as paid, typed from its receipt; for its whole list see `record_bank_results`."""

    batch_id: Id
    items: Annotated[tuple[ConfirmedItem, ...], Rows(1000, min=1)]


@dataclass(frozen=True)
class GetBatch:
    batch_id: Id


@dataclass(frozen=True)
class HeldClaim:
    """A claim that stays out of a batch: the blocks that stand on its project, the open hits of its people or payee."""

    claim_id: str
    blocks: tuple[str, ...]
    hits: tuple[str, ...]


@dataclass(frozen=True)
class PaymentShape:
    """`reason`: the bank's, where it was rejected or returned; `retry_of`: the payment that this one repeats."""

    payment_id: str
    claim_id: str
    payee_id: str
    fund_source: str
    fiscal_year: int
    amount: Money
    state: PaymentState
    paid_on: date | None
    bank_reference: str | None
    reason: str | None = None
    retry_of: str | None = None


@dataclass(frozen=True)
class BatchShape:
    """`held`: which of the asked claims stayed out, or left it. A batch from which all are held is `voided`."""

    batch_id: str
    state: PaymentState
    district: str
    programme: str
    total: Money
    maker: str
    checker: str | None
    payments: tuple[PaymentShape, ...]
    held: tuple[HeldClaim, ...] = ()


# --- ledger ------------------------------------------------------------------------------------------------------


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
class ClawbackShape:
    """What is asked back for one enrolment; a demand holds those opened together (`receivables.py`).

    `offset`: kept back from a claim (INT-4); `withdrawn`: its claim was voided; `settled`: ended in several ways.
    """

    clawback_id: str
    project_id: str
    claim_id: str
    enrolment_id: str
    payee_id: str
    amount: Money
    state: Literal["open", "repaid", "offset", "written_off", "withdrawn", "settled"]
    opened_on: date
    channel: tuple[FundPart, ...]
    rule: str
    clause: str
    cause: ClawbackCause = "result"
    outstanding: Money = ZERO
    demand_id: str = ""


@dataclass(frozen=True)
class ListClawbacks:
    project_id: Id | None = None
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class ClawbackPage:
    """`total`: what is outstanding of all receivables in reach, on this page or not."""

    clawbacks: tuple[ClawbackShape, ...]
    cursor: str | None
    total: Money


# --- figures (APP-28) --------------------------------------------------------------------------------------------


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


# --- papers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MakeForm:
    """A paper from stored data. register and summary, letter: of a claim; payment_batch and the blank
    bank_results: of a batch (finance only); clawback_notice: of a demand that was noticed."""

    form: Literal[
        "subsidy_register", "claim_summary", "decision_letter", "payment_batch", "bank_results", "clawback_notice"
    ]
    of_id: Id


@dataclass(frozen=True)
class FormMade:
    file: FileRef
    name: Label
    media_type: Label
    size: Annotated[int, Whole(0, 2**40)]


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimTold:
    """`state`: what it became; amounts in yuan; `set_off`: how much of `amount` is kept for what it takes back."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    kind: ClaimKind
    state: ClaimState
    amount: Money
    clawback: Money
    set_off: Money = ZERO


@dataclass(frozen=True)
class PaymentTold:
    """One claim's money in a batch: what is sent."""

    batch_id: Id
    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    amount: Money
    on: date


@dataclass(frozen=True)
class ClawbackTold:
    """A demand opened on account of one claim, for all its lines. `fraud`: all that was paid goes back (APP-27)."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    persons: Annotated[int, Whole(1, 1_000_000)]
    amount: Money
    cause: ClawbackCause = "result"
    demand_id: Id | None = None


@dataclass(frozen=True)
class BudgetTold:
    programme: Programme
    district: District
    fiscal_year: Year
    missing: Money
    claim_id: Id


APPROPRIATE = command("subsidy.appropriate", Appropriate, BudgetShape, FINANCE, "Money made available.")
LIST_BUDGETS = query("subsidy.list_budgets", ListBudgets, BudgetList, OVERSEERS, "Budgets in reach.")
SUBMIT_CLAIM = command("subsidy.submit_claim", SubmitClaim, ClaimShape, (Role.EMPLOYER,), "An employer's claim.")
DECIDE_CLAIM = command(
    "subsidy.decide_claim", DecideClaim, ClaimShape, (Role.DISTRICT_OFFICER,), "The district's decision on a claim."
)
GET_CLAIM = query("subsidy.get_claim", GetClaim, ClaimShape, READERS, "A claim with its decision and funding.")
LIST_CLAIMS = query("subsidy.list_claims", ListClaims, ClaimPage, READERS, "Claims in reach, and what waits for me.")
EXPLAIN_CLAIM = query(
    "subsidy.explain_claim", ExplainClaim, ClaimExplained, READERS, "Why each yuan, clause by clause."
)
LIST_UNPAID = query("subsidy.list_unpaid", ListUnpaid, UnpaidPage, OVERSEERS, "Approved and not paid: how long.")
PREPARE_PAYMENT = command("subsidy.prepare_payment", PreparePayment, BatchShape, FINANCE, "The maker's batch.")
APPROVE_PAYMENT = command("subsidy.approve_payment", ApprovePayment, BatchShape, FINANCE, "The checker's word.")
CONFIRM_PAYMENT = command("subsidy.confirm_payment", ConfirmPayment, BatchShape, FINANCE, "What the treasury paid.")
GET_BATCH = query("subsidy.get_batch", GetBatch, BatchShape, (*FINANCE, Role.AUDITOR), "A batch with its payments.")
READ_LEDGER = query("subsidy.read_ledger", ReadLedger, LedgerPage, OVERSEERS, "Postings, oldest first.")
PROVE_LEDGER = query(
    "subsidy.prove_ledger", ProveLedger, LedgerProof, (*OVERSEERS, Role.OPERATOR), "The ledger, recomputed."
)
LIST_CLAWBACKS = query("subsidy.list_clawbacks", ListClawbacks, ClawbackPage, READERS, "Money to be taken back.")
GET_FIGURES = query("subsidy.get_figures", GetFigures, MoneyFigures, OVERSEERS, "Money of a programme, broken down.")
LIST_WAITING = query("subsidy.list_waiting", ListWaiting, WaitingPage, READERS, "What waits for the speaker.")
GET_HISTORY = query("subsidy.get_history", GetHistory, HistoryPage, READERS, "What happened to a project's money.")
MAKE_FORM = command("subsidy.make_form", MakeForm, FormMade, (*READERS, Role.EMPLOYER), "A paper to print and stamp.")

CLAIM_SUBMITTED = event("subsidy.claim_submitted", ClaimTold, consumers=("notify",), about="A claim waits.")
CLAIM_DECIDED = event(
    "subsidy.claim_decided", ClaimTold, consumers=("notify",), about="A claim was decided, or voided."
)
PAYMENT_PREPARED = event(
    "subsidy.payment_prepared", PaymentTold, consumers=(), about="A maker put a claim into a batch.", public=False
)
PAYMENT_INSTRUCTED = event(
    "subsidy.payment_instructed", PaymentTold, consumers=("notify",), about="The treasury was told to pay."
)
PAYMENT_CONFIRMED = event("subsidy.payment_confirmed", PaymentTold, consumers=("notify",), about="Money has arrived.")
CLAWBACK_OPENED = event("subsidy.clawback_opened", ClawbackTold, consumers=("notify",), about="Money is due back.")
BUDGET_EXHAUSTED = event(
    "subsidy.budget_exhausted", BudgetTold, consumers=("notify",), about="A claim could not be reserved."
)
