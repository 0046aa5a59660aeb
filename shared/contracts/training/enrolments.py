"""What training answers and tells: every programme's enrolments, and what becomes of them.

What is recorded about how people learn, and lists and figures of all of it, stands in `learning.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    PARTIES,
    READERS,
    DeadlineClosed,
    DeadlineSet,
    Decided,
    Level,
    Occupation,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
)
from shared.contracts.registry.eligibility import Funded
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    ROWS_PER_CALL,
    Code,
    District,
    FileRef,
    Id,
    Prose,
    Reason,
    Rows,
    Text,
    Whole,
)
from shared.security.speaker import Role

ChangeReason = Literal[
    "illness", "maternity", "conscription", "death", "changed_employer", "left_employer", "personal", "other"
]
EnrolmentState = Literal["in_training", "passed", "failed", "left", "annulled"]

# --- before training starts --------------------------------------------------------------------------------------


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


# --- during and after training -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CreditRow:
    """Class hours received on a day. `part`: where the credits count; `content`: what was taught (APP-7)."""

    row: RowNumber
    enrolment_id: Id
    on: date
    part: Literal["classroom", "workplace"]
    content: Literal["general", "theory", "practice"]
    mode: Literal["classroom", "online", "on_the_job"]
    class_hours: Annotated[int, Whole(1, 10_000)]
    topic: Annotated[str, Text(200, min=0)] = ""
    media: FileRef | None = None


@dataclass(frozen=True)
class RecordCredits:
    project_id: Id
    rows: Annotated[tuple[CreditRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ExtraCreditRow:
    """Recognised from elsewhere or awarded; counts once a district officer approved it (APP-15).

    `from_enrolment_id`: the person's enrolment with an earlier employer, where the credits were earned (INT-31).
    """

    row: RowNumber
    enrolment_id: Id
    kind: Literal["recognised", "bonus"]
    credits: Annotated[int, Whole(1, 1000)]
    reason: Reason
    from_enrolment_id: Id | None = None


@dataclass(frozen=True)
class RecordExtraCredits:
    project_id: Id
    rows: Annotated[tuple[ExtraCreditRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ApproveExtraCredits:
    project_id: Id
    ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class AssessmentRow:
    """The joint result (APP-13). `pass_certificate`: kind handed out after a pass. Who leaves before: a withdrawal."""

    row: RowNumber
    enrolment_id: Id
    result: Literal["passed", "failed"]
    assessed_on: date
    assessed_by_employer: bool
    assessed_by_provider: bool
    pass_certificate: Code | None = None


@dataclass(frozen=True)
class RecordAssessments:
    project_id: Id
    rows: Annotated[tuple[AssessmentRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class CircumstanceRow:
    """A change of circumstances on the day it happened (APP-14). `until`: of a break, the day it is expected to end.

    `return`: `on` is the first day back. `withdrawal`: the enrolment ends with `on`, for good. `reason`: why the break
    or withdrawal. The same break with another `until` moves its expected end.
    """

    row: RowNumber
    enrolment_id: Id
    kind: Literal["break", "return", "withdrawal"]
    on: date
    until: date | None = None
    reason: ChangeReason | None = None
    words: Prose = ""


@dataclass(frozen=True)
class RecordCircumstances:
    project_id: Id
    rows: Annotated[tuple[CircumstanceRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class CertificateRow:
    """An occupational certificate (APP-13). `level`: null for kinds that have none; `self_issued`: by the employer."""

    row: RowNumber
    enrolment_id: Id
    kind: Code
    occupation: Occupation
    number: Annotated[str, Text(64, pattern=r"[0-9A-Za-z-]+", hint="请填写证书编号")]
    issued_on: date
    level: Level | None = None
    self_issued: bool = False


@dataclass(frozen=True)
class RecordCertificates:
    project_id: Id
    rows: Annotated[tuple[CertificateRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class CompleteRun:
    """Every enrolment has its result: the run is over and the final claim may come."""

    project_id: Id
    ended_on: date


@dataclass(frozen=True)
class RunCompleted:
    project_id: str
    passed: int
    failed: int
    left: int


# --- questions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GetProject:
    project_id: Id


@dataclass(frozen=True)
class ProjectShape:
    """A project as training sees it. Figures count enrolments that stand, which those annulled for fraud don't."""

    project_id: str
    programme: str
    document: str
    district: str
    employer_id: str
    provider_id: str
    occupation: str
    occupation_class: str
    level: str
    term_years: int
    state: Literal["approved", "running", "completed"]
    starts_on: date | None
    ends_on: date | None
    admitted: int
    enrolled: int
    assessed: int
    certified: int
    attrition: str
    annulled: int = 0


@dataclass(frozen=True)
class ListEnrolments:
    project_id: Id
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class EnrolmentShape:
    """`credits`: whole credits so far, of which extra ones were approved; hours in class hours.

    `on_break_until`: the expected end of an open break; `decisions`: the latest of each kind.
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


@dataclass(frozen=True)
class EnrolmentPage:
    enrolments: tuple[EnrolmentShape, ...]
    cursor: str | None


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
    recorded months whose wage is below the minimum (APP-25); `annulled`: fraud was confirmed, the enrolment earns
    nothing whatever its result (APP-27); `extension_months`: granted after approval, paid only where so read (INT-1).
    """

    enrolment_id: str
    person_id: str
    enrolled_on: date
    result: Literal["passed", "failed", "left"] | None
    assessed_on: date | None
    appraisable: bool
    months_trained: int
    leaving_reason: Literal["none", "death", "illness", "conscription", "other"]
    certificate: CertificateShape | None
    months_underpaid: int = 0
    annulled: bool = False
    extension_months: int = 0


@dataclass(frozen=True)
class OutcomePage:
    """`training_completed`: every enrolment of the run has its result."""

    project_id: str
    training_completed: bool
    textbooks_filed: bool
    enrolments: tuple[OutcomeShape, ...]
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


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunTold:
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    on: date


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
class CircumstancesChanged:
    """At most 1000 enrolments an event, all changed alike; `annulled`: fraud was confirmed (APP-27)."""

    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    kind: Literal["break", "return", "withdrawal", "annulled"]
    enrolments: Annotated[tuple[EnrolledPerson, ...], Rows(IDS_PER_EVENT)]


ESTABLISH_ENROLMENTS = command(
    "training.establish_enrolments",
    EstablishEnrolments,
    RowResults,
    (Role.EMPLOYER,),
    "Enrolments and the start of training, a result per row; X-1 is the database's word.",
)
RECORD_CREDITS = command("training.record_credits", RecordCredits, RowResults, PARTIES, "Hours, a result per row.")
RECORD_EXTRA_CREDITS = command(
    "training.record_extra_credits", RecordExtraCredits, RowResults, PARTIES, "Recognised or bonus credits, proposed."
)
APPROVE_EXTRA_CREDITS = command(
    "training.approve_extra_credits",
    ApproveExtraCredits,
    RowResults,
    (Role.DISTRICT_OFFICER,),
    "Proposed credits count.",
)
RECORD_ASSESSMENTS = command(
    "training.record_assessments", RecordAssessments, RowResults, (Role.EMPLOYER,), "Joint results, a result per row."
)
RECORD_CIRCUMSTANCES = command(
    "training.record_circumstances",
    RecordCircumstances,
    RowResults,
    (Role.EMPLOYER,),
    "Breaks, returns and withdrawals, a result per row.",
)
RECORD_CERTIFICATES = command(
    "training.record_certificates", RecordCertificates, RowResults, PARTIES, "Certificates, a result per row."
)
COMPLETE_RUN = command("training.complete_run", CompleteRun, RunCompleted, (Role.EMPLOYER,), "The run is over.")
GET_PROJECT = query("training.get_project", GetProject, ProjectShape, READERS, "A project as training sees it.")
LIST_ENROLMENTS = query("training.list_enrolments", ListEnrolments, EnrolmentPage, READERS, "Enrolments of a project.")
ASK_OUTCOMES = query("training.ask_outcomes", AskOutcomes, OutcomePage, INTERNAL, "Outcomes for a claim.")
ASK_FUNDED = query("training.ask_funded", AskFunded, FundedList, INTERNAL, "What people were funded for before.")
ASK_DUPLICATES = query("training.ask_duplicates", AskDuplicates, DuplicateList, INTERNAL, "What is paid for twice.")

COURSE_RUN_OPENED = event("training.course_run_opened", RunTold, consumers=("notify",), about="Training has started.")
ENROLMENTS_ESTABLISHED = event(
    "training.enrolments_established",
    EnrolmentsEstablished,
    consumers=("subsidy", "notify"),
    about="People are enrolled: the first claim may come.",
)
LEARNERS_ASSESSED = event(
    "training.learners_assessed", LearnersAssessed, consumers=("notify",), about="Results were recorded."
)
COURSE_RUN_COMPLETED = event(
    "training.course_run_completed", RunTold, consumers=("subsidy", "notify"), about="Training is over."
)
CIRCUMSTANCES_CHANGED = event(
    "training.circumstances_changed",
    CircumstancesChanged,
    consumers=("notify",),
    about="Breaks, returns, withdrawals, or annulled enrolments.",
)
DEADLINE_SET = event(
    "training.deadline_set", DeadlineSet, consumers=("notify",), about="Something is due.", public=False
)
DEADLINE_CLOSED = event(
    "training.deadline_closed", DeadlineClosed, consumers=("notify",), about="It is no longer due.", public=False
)
