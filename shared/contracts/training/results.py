"""What becomes of people: the joint result and certificates (APP-13), and the outcomes that subsidy decides by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import INTERNAL, PARTIES, Level, Occupation, PageSize, Programme, RowNumber, RowResults
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import ROWS_PER_CALL, Code, District, Id, Prose, Rows, Text, Whole
from shared.security.speaker import Role


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
class LearnersAssessed:
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    passed: Annotated[int, Whole(0, 100_000)]
    failed: Annotated[int, Whole(0, 100_000)]
    left: Annotated[int, Whole(0, 100_000)]
    note: Prose = ""


RECORD_ASSESSMENTS = command(
    "training.record_assessments", RecordAssessments, RowResults, (Role.EMPLOYER,), "Joint results, a result per row."
)
RECORD_CERTIFICATES = command(
    "training.record_certificates", RecordCertificates, RowResults, PARTIES, "Certificates, a result per row."
)
ASK_OUTCOMES = query("training.ask_outcomes", AskOutcomes, OutcomePage, INTERNAL, "Outcomes for a claim.")
LEARNERS_ASSESSED = event(
    "training.learners_assessed", LearnersAssessed, consumers=("notify",), about="Results were recorded."
)
