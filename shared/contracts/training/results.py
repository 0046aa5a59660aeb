"""What becomes of people: the joint result and certificates (APP-13), and the outcomes that subsidy decides by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from shared.contracts.common import INTERNAL, PARTIES, Level, Occupation, PageSize, Programme, RowNumber, RowResults
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    ROWS_PER_CALL,
    Code,
    District,
    Id,
    Prose,
    Reason,
    Rows,
    Text,
    Whole,
)
from shared.security.speaker import Role

WithoutPass = Literal["failed", "left"]
WITHOUT_PASS = get_args(WithoutPass)
LeavingReason = Literal["none", "death", "illness", "conscription", "other"]


@dataclass(frozen=True)
class AssessmentRow:
    """The joint result (APP-13), as the speaker's side found it; it stands when both sides entered the same.

    `assessed_by_*`: only what a side says of itself counts, null means that it took part; `pass_certificate`: kind
    handed out after a pass. Who leaves before: a withdrawal.
    """

    row: RowNumber
    enrolment_id: Id
    result: Literal["passed", "failed"]
    assessed_on: date
    assessed_by_employer: bool | None = None
    assessed_by_provider: bool | None = None
    pass_certificate: Code | None = None


@dataclass(frozen=True)
class RecordAssessments:
    project_id: Id
    rows: Annotated[tuple[AssessmentRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class DepartureRow:
    """Why fewer hours than planned are accepted for one learner (APP-26)."""

    row: RowNumber
    enrolment_id: Id
    reason: Reason


@dataclass(frozen=True)
class TakeUpDepartures:
    project_id: Id
    rows: Annotated[tuple[DepartureRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class CertificateRow:
    """An occupational certificate (APP-13). `level`: null for kinds that have none; `self_issued`: by the employer."""

    row: RowNumber
    enrolment_id: Id
    kind: Code
    occupation: Occupation
    number: Annotated[str, Text(64)]
    issued_on: date
    level: Level | None = None
    self_issued: bool = False


@dataclass(frozen=True)
class RecordCertificates:
    project_id: Id
    rows: Annotated[tuple[CertificateRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class AskOutcomes:
    """What subsidy needs to decide a claim, page by page."""

    project_id: Id
    cursor: Id | None = None
    limit: PageSize = 1000


@dataclass(frozen=True)
class CertificateShape:
    kind: str
    occupation: str
    number: str
    issued_on: date
    level: str | None
    self_issued: bool
    issuer_registered: bool


@dataclass(frozen=True)
class OutcomeShape:
    """One enrolment's outcome. `result`: null while it trains; `appraisable`: on the document's day (INT-24).

    `months_trained`: full months, counted from the enrolment, on no day of which was a break; `months_underpaid`:
    recorded months whose wage is below the minimum (APP-25); `months_unrecorded`: months of training that are over and
    whose wage isn't known to be above it; `departed`: fewer hours than planned, which nobody took up yet (APP-26);
    `annulled`: fraud was confirmed, the enrolment earns nothing whatever its result (APP-27); `extension_months`:
    granted after approval, paid only where so read (INT-1).
    """

    enrolment_id: str
    person_id: str
    enrolled_on: date
    result: Literal["passed", "failed", "left"] | None
    assessed_on: date | None
    appraisable: bool
    months_trained: int
    leaving_reason: LeavingReason
    certificate: CertificateShape | None
    months_underpaid: int = 0
    annulled: bool = False
    extension_months: int = 0
    months_unrecorded: int = 0
    departed: bool = False


@dataclass(frozen=True)
class OutcomePage:
    """`training_completed`: every enrolment of the run has its result."""

    project_id: str
    training_completed: bool
    textbooks_filed: bool
    enrolments: tuple[OutcomeShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class LearnersAssessed:
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    passed: Annotated[int, Whole(0, 100_000)]
    failed: Annotated[int, Whole(0, 100_000)]
    left: Annotated[int, Whole(0, 100_000)]
    note: Prose = ""


@dataclass(frozen=True)
class EndedEnrolment:
    """One enrolment that ended without a pass, with what its entitlement is decided by (APP-19, INT-30).

    `ended_on`: of the assessment or the withdrawal; the other fields as in OutcomeShape.
    """

    enrolment_id: Id
    person_id: Id
    enrolled_on: date
    result: WithoutPass
    ended_on: date
    appraisable: bool
    months_trained: Annotated[int, Whole(0, 120)]
    leaving_reason: LeavingReason = "none"


@dataclass(frozen=True)
class EnrolmentsEnded:
    """At most 1000 enrolments an event."""

    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    enrolments: Annotated[tuple[EndedEnrolment, ...], Rows(IDS_PER_EVENT)]


@dataclass(frozen=True)
class AskEnded:
    """Which of these enrolments, of any projects, ended without a pass; asked by subsidy before an advance moves."""

    enrolment_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class EndedShape:
    """As in EndedEnrolment, and whose project it is."""

    project_id: str
    enrolment_id: str
    person_id: str
    enrolled_on: date
    result: WithoutPass
    ended_on: date
    appraisable: bool
    months_trained: int
    leaving_reason: LeavingReason


@dataclass(frozen=True)
class EndedList:
    ended: tuple[EndedShape, ...]


RECORD_ASSESSMENTS = command(
    "training.record_assessments", RecordAssessments, RowResults, PARTIES, "A side's half of joint results, row by row."
)
TAKE_UP_DEPARTURES = command(
    "training.take_up_departures",
    TakeUpDepartures,
    RowResults,
    (Role.DISTRICT_OFFICER,),
    "Departures from the plan are accepted, each with its reason.",
)
RECORD_CERTIFICATES = command(
    "training.record_certificates", RecordCertificates, RowResults, PARTIES, "Certificates, a result per row."
)
ASK_OUTCOMES = query("training.ask_outcomes", AskOutcomes, OutcomePage, INTERNAL, "Outcomes for a claim.")
ASK_ENDED = query("training.ask_ended", AskEnded, EndedList, INTERNAL, "Who failed or left, of those to be paid for.")
ENROLMENTS_ENDED = event(
    "training.enrolments_ended",
    EnrolmentsEnded,
    consumers=("subsidy",),
    about="People failed or left: what was advanced for them is due back.",
)
LEARNERS_ASSESSED = event(
    "training.learners_assessed", LearnersAssessed, consumers=("notify",), about="Results were recorded."
)
