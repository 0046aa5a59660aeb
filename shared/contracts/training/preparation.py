"""What stands before training starts: agreements, textbooks, mentors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import PARTIES, RowNumber, RowResults
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import ROWS_PER_CALL, Code, FileRef, Id, Label, Rows
from shared.money import Money
from shared.security.speaker import Role


@dataclass(frozen=True)
class TrainingAgreement:
    """With one apprentice, or collective for a batch of one occupation (APP-10). `items`: what it settles, by code."""

    project_id: Id
    kind: Literal["individual", "collective"]
    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]
    items: Annotated[tuple[Code, ...], Rows(50)]
    signed_on: date
    scan: FileRef | None = None


@dataclass(frozen=True)
class CooperationAgreement:
    """Between employer and provider (APP-10)."""

    project_id: Id
    items: Annotated[tuple[Code, ...], Rows(50)]
    signed_on: date
    fee: Money
    scan: FileRef | None = None


@dataclass(frozen=True)
class FileTextbooks:
    """A filing with the district (APP-16)."""

    project_id: Id
    titles: Annotated[tuple[Label, ...], Rows(500, min=1)]


@dataclass(frozen=True)
class Filed:
    id: str


@dataclass(frozen=True)
class MentorRow:
    """Who guides one apprentice: a workplace mentor and an instructor, by teacher id. `from_on`: null is today."""

    row: RowNumber
    person_id: Id
    workplace_mentor_id: Id
    instructor_id: Id
    from_on: date | None = None


@dataclass(frozen=True)
class AssignMentors:
    project_id: Id
    rows: Annotated[tuple[MentorRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ReleaseRow:
    """A teacher who guides nobody in the project any more from a day on: the cure is a successor (APP-11)."""

    row: RowNumber
    teacher_id: Id
    from_on: date


@dataclass(frozen=True)
class ReleaseMentors:
    """By the employer; by the provider for its own instructors."""

    project_id: Id
    rows: Annotated[tuple[ReleaseRow, ...], Rows(ROWS_PER_CALL, min=1)]


RECORD_TRAINING_AGREEMENT = command(
    "training.record_training_agreement", TrainingAgreement, Filed, (Role.EMPLOYER,), "Agreement with apprentices."
)


RECORD_COOPERATION_AGREEMENT = command(
    "training.record_cooperation_agreement", CooperationAgreement, Filed, (Role.EMPLOYER,), "Agreement with provider."
)


FILE_TEXTBOOKS = command("training.file_textbooks", FileTextbooks, Filed, (Role.EMPLOYER,), "A filing, not approved.")


ASSIGN_MENTORS = command(
    "training.assign_mentors", AssignMentors, RowResults, (Role.EMPLOYER,), "Two mentors each, a result per row."
)


RELEASE_MENTORS = command(
    "training.release_mentors", ReleaseMentors, RowResults, PARTIES, "Teachers who guide nobody here any more."
)
