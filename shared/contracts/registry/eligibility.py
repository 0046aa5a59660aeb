"""Decisions on who may take part: the parties of a project, its apprentices, its teachers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    Decided,
    DocumentIdentity,
    Level,
    Occupation,
)
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import (
    ROWS_PER_CALL,
    Id,
    Rows,
)

EligibilityStage = Literal["roster", "enrolment"]

DECISIONS_PER_CALL = 1000
"""Decisions with all their findings are long: more of them don't fit into one answer."""


@dataclass(frozen=True)
class AskOccupation:
    """Class and appraisability on the days that the document's reading names (INT-24)."""

    document: DocumentIdentity
    occupation: Occupation
    approved_on: date
    enrolled_on: date | None = None
    assessed_on: date | None = None


@dataclass(frozen=True)
class OccupationAnswer:
    """`decision_id`: null under a document that doesn't tell occupations apart: then all are one class."""

    decision_id: str | None
    occupation_class: str
    appraisable: bool


@dataclass(frozen=True)
class DecideParties:
    """Employer (APP-4, 5, 29) and provider (APP-6, 17) of a project, on the day of the application.

    `evidence_on`: the day on which papers must hold, that of the decision; null for the same day.
    """

    document: DocumentIdentity
    on: date
    employer_id: Id
    provider_id: Id
    occupation: Occupation
    evidence_on: date | None = None


@dataclass(frozen=True)
class PartiesDecided:
    employer: Decided
    provider: Decided
    employer_district: str
    provider_district: str
    provider_kind: str
    small_or_subsidiary: bool


@dataclass(frozen=True)
class Funded:
    """An occupation at a level that a person was funded for before (INT-37); training knows."""

    person_id: Id
    occupation: Occupation
    level: Level


@dataclass(frozen=True)
class DecideApprentices:
    """Whether people may be apprentices of this training (APP-2, APP-3, INT-37): a decision each.

    `stage`: the roster's review, where what can't be known yet may be left to the enrolment, or the enrolment itself
    (INT-87); null leaves nothing to a later decision. `enrolment_on`: the first day of training, or today if later.
    """

    document: DocumentIdentity
    on: date
    employer_id: Id
    enrolment_on: date
    training_ends_on: date
    occupation: Occupation
    level: Level
    person_ids: Annotated[tuple[Id, ...], Rows(DECISIONS_PER_CALL, min=1)]
    funded: Annotated[tuple[Funded, ...], Rows(ROWS_PER_CALL * 4)] = ()
    stage: EligibilityStage | None = None


@dataclass(frozen=True)
class ApprenticesDecided:
    people: tuple[Decided, ...]


@dataclass(frozen=True)
class DecideTeachers:
    """Mentors (APP-11) and instructors (APP-12) by their teacher ids."""

    document: DocumentIdentity
    on: date
    teacher_ids: Annotated[tuple[Id, ...], Rows(DECISIONS_PER_CALL, min=1)]


@dataclass(frozen=True)
class TeacherDecided:
    """`person_id`: who the teacher is; empty where an earlier release answered."""

    teacher_id: str
    kind: Literal["workplace_mentor", "instructor"]
    organisation_id: str
    decision: Decided
    person_id: str = ""


@dataclass(frozen=True)
class TeachersDecided:
    teachers: tuple[TeacherDecided, ...]


ASK_OCCUPATION = command(
    "registry.ask_occupation",
    AskOccupation,
    OccupationAnswer,
    INTERNAL,
    "Class and appraisability of an occupation, decided and kept.",
)


DECIDE_PARTIES = command(
    "registry.decide_parties", DecideParties, PartiesDecided, INTERNAL, "Employer and provider of a project, decided."
)


DECIDE_APPRENTICES = command(
    "registry.decide_apprentices", DecideApprentices, ApprenticesDecided, INTERNAL, "People for a training, decided."
)


DECIDE_TEACHERS = command(
    "registry.decide_teachers", DecideTeachers, TeachersDecided, INTERNAL, "Mentors and instructors, decided."
)
