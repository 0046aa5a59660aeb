"""What subsidy answers and tells about money that is asked back: notices, repayments, set-off, write-off (X-10).

A demand (追回) is what one decision asks of one payee: all enrolments that it found money due back for. Its life:
opened → noticed, with reasons, how to pay and until when → repaid in parts, set off against the payee's next payment
of the same source, withdrawn where its claim was voided, or written off by two approvers → settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import DeadlineClosed, DeadlineSet, PageSize, Programme
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, FileRef, Id, Label, Prose, Reason, Rows, Text, Whole
from shared.contracts.subsidy.claims import FINANCE, READERS
from shared.contracts.subsidy.clawbacks import ClawbackCause
from shared.money import Money
from shared.security.speaker import Role

DemandState = Literal["open", "noticed", "settled"]
Way = Literal["repayment", "offset", "write_off", "withdrawal"]
Age = Literal["not_due", "up_to_30", "up_to_90", "up_to_365", "over_365"]
WRITERS_OFF = (*FINANCE, Role.CITY_FINANCE_OFFICER)

# --- acts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IssueNotice:
    """The payee is told what is asked back, why, how to pay and until when; again: another day, in new words.

    `pay_to`: account and remittance words as they stand on the notice.
    """

    demand_id: Id
    due_on: date
    pay_to: Reason
    words: Prose = ""


@dataclass(frozen=True)
class RecordRepayment:
    """Money came back. It goes to the sources in proportion to what is outstanding of each (INT-74)."""

    demand_id: Id
    amount: Money
    received_on: date
    bank_reference: Annotated[str, Text(64)]


@dataclass(frozen=True)
class ReverseRepayment:
    """A recorded repayment was none: the bank took it back, or it was another demand's. Once."""

    repayment_id: Id
    words: Reason


@dataclass(frozen=True)
class OffsetDemand:
    """What an approved claim of the same payee would send from the same sources is kept, by explicit entry."""

    demand_id: Id
    claim_id: Id


@dataclass(frozen=True)
class ProposeWriteOff:
    """All that is outstanding is given up: two further persons have to approve."""

    demand_id: Id
    words: Reason
    evidence: Annotated[tuple[FileRef, ...], Rows(50)] = ()


@dataclass(frozen=True)
class DecideWriteOff:
    """Each of two approvers, who are neither the proposer nor each other; one refusal ends it."""

    write_off_id: Id
    outcome: Literal["approve", "refuse"]
    words: Prose = ""


# --- answers -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemandPart:
    """The channel that paid: yuan asked back for one source and fiscal year, and what of it is outstanding."""

    fund_source: str
    fiscal_year: int
    amount: Money
    outstanding: Money


@dataclass(frozen=True)
class WriteOffShape:
    """`approvals`: how many of the two there are."""

    write_off_id: str
    state: Literal["proposed", "done", "refused"]
    amount: Money
    proposed_on: date
    approvals: int
    words: str


@dataclass(frozen=True)
class DemandShape:
    """`age`: since the day until which it was to be paid; `overdue_days`: 0 before that; `pending`: of `offset`, what
    claims keep that aren't settled yet. outstanding = amount − repaid − offset − written_off − withdrawn."""

    demand_id: str
    claim_id: str
    project_id: str
    programme: str
    document: str
    district: str
    employer_id: str
    payee_id: str
    cause: ClawbackCause
    rule: str
    clause: str
    basis: str
    state: DemandState
    persons: int
    amount: Money
    repaid: Money
    offset: Money
    pending: Money
    written_off: Money
    withdrawn: Money
    outstanding: Money
    opened_on: date
    noticed_on: date | None
    due_on: date | None
    settled_on: date | None
    age: Age
    overdue_days: int
    parts: tuple[DemandPart, ...]
    write_off: WriteOffShape | None


@dataclass(frozen=True)
class GetDemand:
    demand_id: Id


@dataclass(frozen=True)
class DemandMove:
    """One thing that happened to a demand. `way`: how money of it ended; null for notices and proposals."""

    on: date
    by: str
    title: str
    way: Way | None
    amount: Money | None
    of_id: str
    reference: str
    words: str


@dataclass(frozen=True)
class DemandWhole:
    demand: DemandShape
    moves: tuple[DemandMove, ...]


@dataclass(frozen=True)
class ListDemands:
    """Demands in reach, the oldest first. `age`: how long they are overdue."""

    programme: Programme | None = None
    project_id: Id | None = None
    payee_id: Id | None = None
    state: DemandState | None = None
    age: Age | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class AgeLine:
    age: Age
    demands: Annotated[int, Whole(0, 10_000_000)]
    outstanding: Money


@dataclass(frozen=True)
class DemandPage:
    """`ages`: what is outstanding of all demands that the filters leave, on this page or not, by age."""

    demands: tuple[DemandShape, ...]
    cursor: str | None
    ages: tuple[AgeLine, ...]


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DemandTold:
    """A demand as it stands after something happened to it; amounts in yuan."""

    demand_id: Id
    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    payee_id: Id
    cause: ClawbackCause
    amount: Money
    outstanding: Money
    due_on: date | None
    on: date


ISSUE_NOTICE = command(
    "subsidy.issue_clawback_notice", IssueNotice, DemandShape, FINANCE, "What is asked back, why, until when."
)
RECORD_REPAYMENT = command("subsidy.record_repayment", RecordRepayment, DemandShape, FINANCE, "Money came back.")
REVERSE_REPAYMENT = command(
    "subsidy.reverse_repayment", ReverseRepayment, DemandShape, FINANCE, "A recorded repayment was none."
)
OFFSET_DEMAND = command(
    "subsidy.offset_demand", OffsetDemand, DemandShape, FINANCE, "A claim's money is kept for a demand."
)
PROPOSE_WRITE_OFF = command(
    "subsidy.propose_write_off", ProposeWriteOff, DemandShape, FINANCE, "What is outstanding is to be given up."
)
DECIDE_WRITE_OFF = command(
    "subsidy.decide_write_off", DecideWriteOff, DemandShape, WRITERS_OFF, "One of two approvals, or a refusal."
)
GET_DEMAND = query("subsidy.get_demand", GetDemand, DemandWhole, READERS, "A demand with all that happened to it.")
LIST_DEMANDS = query("subsidy.list_demands", ListDemands, DemandPage, READERS, "Demands in reach, with their ages.")

CLAWBACK_NOTICED = event(
    "subsidy.clawback_noticed", DemandTold, consumers=("notify",), about="The payee is told to pay back."
)
CLAWBACK_REDUCED = event(
    "subsidy.clawback_reduced", DemandTold, consumers=("notify",), about="A part came back, was kept or given back."
)
CLAWBACK_SETTLED = event(
    "subsidy.clawback_settled", DemandTold, consumers=("notify",), about="Nothing of a demand is outstanding."
)
DEADLINE_SET = event(
    "subsidy.deadline_set", DeadlineSet, consumers=("notify",), about="A demand is to be paid until then.", public=False
)
DEADLINE_CLOSED = event(
    "subsidy.deadline_closed", DeadlineClosed, consumers=("notify",), about="It is settled.", public=False
)
