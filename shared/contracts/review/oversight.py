"""What review answers and tells about oversight: objections, fraud, a project's oversight whole, and every event of it.

What stands in the way of money is a block on a project: one of five kinds, opened by an act and lifted by another
(X-11). Training and subsidy hear of it and act on it; who opened it and why is asked of review. The acts of the
other kinds stand in `audits_and_inspections.py`, `summons_and_suspension.py` and `notices.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import OFFICERS, READERS, Decided, PageSize, Programme
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    ROWS_PER_CALL,
    District,
    FileRef,
    Id,
    Label,
    Reason,
    Rows,
    Whole,
)
from shared.security.speaker import Role

DISTRICT = (Role.DISTRICT_OFFICER,)
CITY = (Role.CITY_OFFICER,)
BlockKind = Literal["objection", "audit_finding", "suspension", "fraud_inquiry", "public_notice"]
MatterKind = Literal["objection", "audit", "evaluation", "inspection", "summons", "fraud_inquiry", "public_notice"]
Referral = Literal["discipline_inspection", "judicial_organs"]
Evidence = Annotated[tuple[FileRef, ...], Rows(50)]

# --- objections (X-11) -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LodgeObjection:
    """An objection received against a project; no payment until it is answered. No personal data in `about`.

    `notice_id`: of the public notice that it objects to, within its days.
    """

    project_id: Id
    from_whom: Literal["person", "organisation", "anonymous"]
    about: Reason
    evidence: Evidence = ()
    notice_id: Id | None = None


@dataclass(frozen=True)
class AnswerObjection:
    """By another officer than the one who took it in. `upheld`: the objection is right and was acted on."""

    objection_id: Id
    upheld: bool
    answer: Reason


@dataclass(frozen=True)
class Blocked:
    """An act and the block that it opened or lifted; null where it touches none."""

    id: str
    block_id: str | None
    standing: bool


# --- audit and evaluation (APP-23) -------------------------------------------------------------------------------


# --- inspection (APP-37) -----------------------------------------------------------------------------------------


# --- summons, suspension, remedy (APP-26) ------------------------------------------------------------------------


# --- fraud (APP-27) ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenFraudInquiry:
    """No payment while it stands. `person_ids`: whom it is about; none = the whole project."""

    project_id: Id
    words: Reason
    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL)] = ()
    evidence: Evidence = ()


@dataclass(frozen=True)
class ConcludeFraudInquiry:
    """By another officer. Confirmed: enrolments are annulled, unpaid money voided, paid money taken back, and
    `referred_to` says where the leads went."""

    inquiry_id: Id
    outcome: Literal["confirmed", "cleared"]
    words: Reason
    referred_to: tuple[Referral, ...] = ()


# --- a project's oversight whole ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class GetOversight:
    """`cursor`, `limit`: which page of the entries; all blocks come with each."""

    project_id: Id
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class BlockShape:
    block_id: str
    kind: BlockKind
    opened_on: date
    lifted_on: date | None


@dataclass(frozen=True)
class OversightEntry:
    """One objection, audit, evaluation, inspection, summons, inquiry or public notice, as it stands.

    `on`: the day of the audit or inspection, the first of a notice, else of its opening; `due_on`: of the interview,
    then until which the employer mends; of a notice, by which it is closed; `person_ids`: whom an inquiry is about.
    What officers noted of an objection or inquiry is empty for the parties, whom an inquiry is about until it is
    confirmed, too.
    """

    id: str
    kind: MatterKind
    state: str
    on: date
    words: str
    block_id: str | None
    decision: Decided | None = None
    due_on: date | None = None
    person_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class OversightShape:
    project_id: str
    blocks: tuple[BlockShape, ...]
    entries: tuple[OversightEntry, ...]
    cursor: str | None = None


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BlockTold:
    """A block opened or lifted on `on`. The two may be heard in any order: `block_id` joins them.

    `persons`: lifted after fraud was confirmed about so many, whom `fraud_confirmed` of `inquiry_id` names: until all
    of them are heard of, the block stands.
    """

    block_id: Id
    kind: BlockKind
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    on: date
    inquiry_id: Id | None = None
    persons: Annotated[int, Whole(0, 100_000)] = 0


@dataclass(frozen=True)
class OversightTold:
    """An act of oversight on a project. `of_id`: the summons, inspection, evaluation … ; no words of officers."""

    of_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    on: date
    outcome: Label | None = None


@dataclass(frozen=True)
class FraudConfirmed:
    """At most 1000 persons an event, `part` of `parts`. `whole_project`: nobody is named, everybody is meant."""

    inquiry_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    on: date
    whole_project: bool
    part: Annotated[int, Whole(1, 1000)]
    parts: Annotated[int, Whole(1, 1000)]
    person_ids: Annotated[tuple[Id, ...], Rows(IDS_PER_EVENT)] = ()


LODGE_OBJECTION = command("review.lodge_objection", LodgeObjection, Blocked, OFFICERS, "An objection was received.")
ANSWER_OBJECTION = command("review.answer_objection", AnswerObjection, Blocked, OFFICERS, "It is answered.")
OPEN_FRAUD_INQUIRY = command("review.open_fraud_inquiry", OpenFraudInquiry, Blocked, OFFICERS, "Payment stops.")
CONCLUDE_FRAUD_INQUIRY = command(
    "review.conclude_fraud_inquiry", ConcludeFraudInquiry, Blocked, OFFICERS, "Fraud is confirmed or cleared."
)
GET_OVERSIGHT = query("review.get_oversight", GetOversight, OversightShape, READERS, "A project's oversight whole.")

CASE_BLOCKED = event(
    "review.case_blocked", BlockTold, consumers=("training", "subsidy", "notify"), about="No payment for a project."
)
CASE_UNBLOCKED = event(
    "review.case_unblocked", BlockTold, consumers=("training", "subsidy", "notify"), about="A block was lifted."
)
OBJECTION_LODGED = event(
    "review.objection_lodged", OversightTold, consumers=("notify",), about="An objection is to be answered."
)
PROJECT_EVALUATED = event(
    "review.project_evaluated", OversightTold, consumers=("notify",), about="An evaluation has its conclusion."
)
INSPECTION_RECORDED = event(
    "review.inspection_recorded", OversightTold, consumers=("notify",), about="Both parties are told the result."
)
EMPLOYER_SUMMONED = event(
    "review.employer_summoned", OversightTold, consumers=("notify",), about="The employer's head is called."
)
REFUSAL_REPORTED = event(
    "review.refusal_reported", OversightTold, consumers=("notify",), about="The city has to decide on a suspension."
)
REMEDY_RECORDED = event(
    "review.remedy_recorded", OversightTold, consumers=("notify",), about="The city may lift a suspension."
)
FRAUD_CONFIRMED = event(
    "review.fraud_confirmed",
    FraudConfirmed,
    consumers=("training", "subsidy", "notify"),
    about="Enrolments are annulled, money is taken back.",
)
