"""Nobody in two roles (APP-11): an apprentice guides nobody, and one person isn't both mentors of an apprentice."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.training.mentors.guidance import CLASSROOM, WORKPLACE
from services.training.models import Admission, Enrolment, MentorAssignment, MentorRelease, Project
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.preparation import MentorRow
from shared.kernel.work import Work

_BOTH = "同一人不能兼任一名学员的企业导师和培训机构教师（双导师），请改选其中一位"
_APPRENTICE = "该人员本身是在培学员，不能担任导师或教师，请改选"
GUIDES = "该人员是在任的导师或教师，不能同时作为学员；请先办理离任并配备接替人员"


@dataclass(frozen=True)
class TeacherPersons:
    """Who the two teachers of a pair are; None where nobody knows."""

    mentor: str | None
    instructor: str | None


def refuse_two_roles(
    work: Work, project: Project, rows: RowAnswers[MentorRow], persons: Callable[[MentorRow], TeacherPersons]
) -> None:
    """Refuses pairs of one person, also beside another pair of the same apprentice, and those with an apprentice."""
    named = {at: persons(row) for at, row in rows.waiting()}
    everybody = {id for pair in named.values() for id in (pair.mentor, pair.instructor) if id}
    apprentices = _apprentices(work.session, project, everybody)
    guiding = _guiding(work.session, project, [row.person_id for _, row in rows.waiting()])
    for at, row in rows.waiting():
        pair = named[at]
        mentors, instructors = guiding.setdefault(row.person_id, (set(), set()))
        if pair.mentor in apprentices:
            rows.refuse(at, "workplace_mentor_id", _APPRENTICE)
        elif pair.instructor in apprentices:
            rows.refuse(at, "instructor_id", _APPRENTICE)
        elif ({pair.mentor} - {None}) & (instructors | {pair.instructor}):
            rows.refuse(at, "workplace_mentor_id", _BOTH)
        elif ({pair.instructor} - {None}) & mentors:
            rows.refuse(at, "instructor_id", _BOTH)
        else:
            mentors.add(pair.mentor)
            instructors.add(pair.instructor)


def guiding_now(session: Session, programme: str, people: Collection[str]) -> set[str]:
    """Those of these people who guide somebody, in whatever project of the programme."""
    found: set[str] = set()
    for part, person in (
        (WORKPLACE, MentorAssignment.mentor_person_id),
        (CLASSROOM, MentorAssignment.instructor_person_id),
    ):
        released = exists().where(MentorRelease.assignment_id == MentorAssignment.id, MentorRelease.part == part)
        ended = exists().where(
            Enrolment.project_id == MentorAssignment.project_id,
            Enrolment.person_id == MentorAssignment.person_id,
            Enrolment.state != "in_training",
        )
        here = Project.programme == programme
        chosen = (
            select(person)
            .join(Project, Project.id == MentorAssignment.project_id)
            .where(person.in_(people), here, ~released, ~ended)
            .distinct()
        )
        found |= {id for id in session.scalars(chosen) if id}
    return found


def _apprentices(session: Session, project: Project, people: Collection[str]) -> set[str]:
    """Those of these people who are admitted to the project, or in training in its programme."""
    admitted = select(Admission.person_id).where(Admission.project_id == project.id, Admission.person_id.in_(people))
    training = select(Enrolment.person_id).where(
        Enrolment.programme == project.programme, Enrolment.person_id.in_(people), Enrolment.state == "in_training"
    )
    return set(session.scalars(admitted)) | set(session.scalars(training))


def _guiding(
    session: Session, project: Project, people: Collection[str]
) -> dict[str, tuple[set[str | None], set[str | None]]]:
    """By apprentice, who its mentors and its instructors are that nobody released."""
    found: dict[str, tuple[set[str | None], set[str | None]]] = {}
    pairs = select(MentorAssignment).where(
        MentorAssignment.project_id == project.id, MentorAssignment.person_id.in_(people)
    )
    held = session.scalars(pairs).all()
    released = {
        (gone.assignment_id, gone.part)
        for gone in session.scalars(
            select(MentorRelease).where(MentorRelease.assignment_id.in_([pair.id for pair in held]))
        )
    }
    for pair in held:
        mentors, instructors = found.setdefault(pair.person_id, (set(), set()))
        if (pair.id, WORKPLACE) not in released:
            mentors.add(pair.mentor_person_id)
        if (pair.id, CLASSROOM) not in released:
            instructors.add(pair.instructor_person_id)
    return found
