"""Workplace mentors (APP-11) and instructors (APP-12) of an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    OFFICERS,
    PARTIES,
    Level,
    PageSize,
    RowNumber,
    RowResults,
)
from shared.contracts.registry.people import PersonName
from shared.contracts.schema.declare import command, query
from shared.contracts.schema.shapes import (
    ROWS_PER_CALL,
    Code,
    Id,
    Label,
    Rows,
)
from shared.security.speaker import Role


@dataclass(frozen=True)
class TeacherRow:
    """A workplace mentor (APP-11) or an instructor (APP-12); what does not concern the kind stays null."""

    row: RowNumber
    person_id: Id
    kind: Literal["workplace_mentor", "instructor"]
    attested_on: date | None = None
    post_since: date | None = None
    teaching_since: date | None = None
    dual_qualified: bool = False
    certificate_level: Level | None = None
    title: Code | None = None
    key_technical_staff: bool = False
    awards: tuple[Label, ...] = ()


@dataclass(frozen=True)
class RegisterTeachers:
    organisation_id: Id
    rows: Annotated[tuple[TeacherRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ListTeachers:
    """Mentors and instructors of an organisation."""

    organisation_id: Id
    kind: Literal["workplace_mentor", "instructor"] | None = None
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class TeacherShape:
    """A teacher as registered, awards too (APP-32); the name is masked."""

    teacher_id: str
    person_id: str
    name: PersonName
    kind: Literal["workplace_mentor", "instructor"]
    attested_on: date | None
    post_since: date | None
    teaching_since: date | None
    dual_qualified: bool
    certificate_level: str | None
    title: str | None
    key_technical_staff: bool
    awards: tuple[str, ...]


@dataclass(frozen=True)
class TeacherPage:
    teachers: tuple[TeacherShape, ...]
    cursor: str | None


REGISTER_TEACHERS = command(
    "registry.register_teachers",
    RegisterTeachers,
    RowResults,
    (*PARTIES, Role.DISTRICT_OFFICER),
    "Workplace mentors and instructors with their standing, a result per row.",
)
LIST_TEACHERS = query(
    "registry.list_teachers",
    ListTeachers,
    TeacherPage,
    (*OFFICERS, *PARTIES, Role.AUDITOR, *INTERNAL),
    "An organisation's mentors and instructors, with their standing and awards.",
)
