"""Who guides whom on which day: assignments of mentors, less their releases (APP-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from services.training.models import MentorAssignment, MentorRelease

Part = Literal["workplace", "classroom"]
WORKPLACE: Part = "workplace"
CLASSROOM: Part = "classroom"


@dataclass(frozen=True)
class Guidance:
    """A teacher's time with one person: from `since` to the day before `until`, None while it goes on."""

    teacher_id: str
    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether the teacher guides on that day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass
class Guides:
    """One person's workplace mentors and instructors, of all times."""

    of: dict[Part, list[Guidance]] = field(default_factory=lambda: {WORKPLACE: [], CLASSROOM: []})

    def on(self, part: Part, day: date) -> int:
        """How many teachers guide the person that day, each counted once."""
        return len({guidance.teacher_id for guidance in self.of[part] if guidance.covers(day)})


NOBODY = Guides()


def guides_of(session: Session, project_id: str, person_ids: Sequence[str]) -> Mapping[str, Guides]:
    """By person; who never had a mentor is missing."""
    mentor, instructor = aliased(MentorRelease), aliased(MentorRelease)
    rows = session.execute(
        select(
            MentorAssignment.person_id,
            MentorAssignment.workplace_mentor_id,
            MentorAssignment.instructor_id,
            MentorAssignment.assigned_on,
            mentor.from_on,
            instructor.from_on,
        )
        .outerjoin(mentor, (mentor.assignment_id == MentorAssignment.id) & (mentor.part == WORKPLACE))
        .outerjoin(instructor, (instructor.assignment_id == MentorAssignment.id) & (instructor.part == CLASSROOM))
        .where(MentorAssignment.project_id == project_id, MentorAssignment.person_id.in_(person_ids))
    )
    found: dict[str, Guides] = {}
    for person_id, mentor_id, instructor_id, since, mentor_until, instructor_until in rows:
        guides = found.setdefault(person_id, Guides())
        guides.of[WORKPLACE].append(Guidance(mentor_id, since, mentor_until))
        guides.of[CLASSROOM].append(Guidance(instructor_id, since, instructor_until))
    return found
