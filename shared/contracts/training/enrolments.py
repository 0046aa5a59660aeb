"""Enrolments: established, listed, and what is known of people and enrolments across projects (X-1, INT-37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import INTERNAL, READERS, Decided, PageSize, Programme, RowNumber, RowResults
from shared.contracts.registry.eligibility import Funded
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import IDS_PER_EVENT, ROWS_PER_CALL, District, Id, Rows
from shared.security.speaker import Role

EnrolmentState = Literal["in_training", "passed", "failed", "left", "annulled"]


@dataclass(frozen=True)
class EnrolRow:
    row: RowNumber
    person_id: Id


@dataclass(frozen=True)
class EstablishEnrolments:
    """By the employer, for people whom the district accepted; opens the project's run on `starts_on`."""

    project_id: Id
    starts_on: date
    rows: Annotated[tuple[EnrolRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ListEnrolments:
    project_id: Id
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class AssessmentHalfShape:
    """What one party entered last of the joint assessment, who and when (APP-13)."""

    side: Literal["employer", "training_provider"]
    result: Literal["passed", "failed"]
    assessed_on: date
    pass_certificate: str | None
    recorded_by: str
    recorded_on: date


@dataclass(frozen=True)
class DepartureShape:
    """Hours that fell short of the plan (APP-26); `taken_up_*` and the reason are null until the district did."""

    compared: str
    found_on: date
    reason: str | None
    taken_up_by: str | None
    taken_up_on: date | None


@dataclass(frozen=True)
class EnrolmentShape:
    """`credits`: whole credits so far, of which extra ones were approved; hours in class hours.

    `on_break_until`: the expected end of an open break; `decisions`: the latest of each kind; `eligibility_decision`:
    registry's on the day when it was established (INT-87), null where none was asked for; `assessments`: of each
    party its half of the joint assessment.
    """

    enrolment_id: str
    person_id: str
    state: EnrolmentState
    enrolled_on: date
    classroom_hours: int
    workplace_hours: int
    credits: int
    certificate_number: str | None
    decisions: tuple[Decided, ...]
    on_break_until: date | None = None
    eligibility_decision: str | None = None
    assessments: tuple[AssessmentHalfShape, ...] = ()
    departure: DepartureShape | None = None


@dataclass(frozen=True)
class EnrolmentPage:
    enrolments: tuple[EnrolmentShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class AskFunded:
    """Occupations and levels that people are or were enrolled for with funding (INT-37)."""

    programme: Programme
    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class FundedList:
    funded: tuple[Funded, ...]


@dataclass(frozen=True)
class AskGone:
    """Who of these had an enrolment in the project and has none any more; asked by review for a new roster (INT-90)."""

    project_id: Id
    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class GoneList:
    person_ids: tuple[str, ...]


@dataclass(frozen=True)
class AskDuplicates:
    """Whether the same training is, or was, paid for a second time; asked by subsidy before every payment (X-1)."""

    enrolment_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class Duplicate:
    """What speaks against paying an enrolment, in another enrolment of training's own.

    `certificate_twice`: the number of its certificate stands on that enrolment, too; `certified_before`: the person got
    a certificate of this occupation and level, or above, there before this one began; `enrolled_elsewhere`: both are
    funded and overlap. `reference`: the same for the same pair whenever asked; `since`: of the certificate, or from
    when both run.
    """

    enrolment_id: str
    kind: Literal["certificate_twice", "certified_before", "enrolled_elsewhere"]
    reference: str
    other_enrolment_id: str
    other_project_id: str
    other_programme: str
    since: date


@dataclass(frozen=True)
class DuplicateList:
    """`as_of`: the business date of the comparison."""

    as_of: date
    duplicates: tuple[Duplicate, ...]


@dataclass(frozen=True)
class EnrolledPerson:
    enrolment_id: Id
    person_id: Id


@dataclass(frozen=True)
class EnrolmentsEstablished:
    """At most 1000 enrolments an event."""

    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    enrolled_on: date
    enrolments: Annotated[tuple[EnrolledPerson, ...], Rows(IDS_PER_EVENT)]


ESTABLISH_ENROLMENTS = command(
    "training.establish_enrolments",
    EstablishEnrolments,
    RowResults,
    (Role.EMPLOYER,),
    "Enrolments and the start of training, a result per row; X-1 is the database's word.",
)
LIST_ENROLMENTS = query("training.list_enrolments", ListEnrolments, EnrolmentPage, READERS, "Enrolments of a project.")
ASK_FUNDED = query("training.ask_funded", AskFunded, FundedList, INTERNAL, "What people were funded for before.")
ASK_GONE = query("training.ask_gone", AskGone, GoneList, INTERNAL, "Who has no enrolment in a project any more.")
ASK_DUPLICATES = query("training.ask_duplicates", AskDuplicates, DuplicateList, INTERNAL, "What is paid for twice.")
ENROLMENTS_ESTABLISHED = event(
    "training.enrolments_established",
    EnrolmentsEstablished,
    consumers=("subsidy", "notify"),
    about="People are enrolled: the first claim may come.",
)
