"""Teachers who leave (APP-11): from a day on they guide nobody in a project, and who is left alone is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import exists, or_, select

from services.training.list_rows import day_fault, finish
from services.training.mentors.guidance import CLASSROOM, NOBODY, WORKPLACE, Part, guides_of
from services.training.models import MentorAssignment, MentorRelease, Project
from services.training.projects.access import project_in_reach
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.preparation import ReleaseMentors, ReleaseRow
from shared.kernel.work import Work
from shared.security.speaker import Role
from shared.store.bulk import insert_all

_TEACHER = {WORKPLACE: MentorAssignment.workplace_mentor_id, CLASSROOM: MentorAssignment.instructor_id}
_NAMES = {WORKPLACE: "企业导师", CLASSROOM: "培训机构教师"}

Guided = Mapping[tuple[Part, str], list[MentorAssignment]]
"""The assignments that a teacher still has, by what it teaches and its id."""


def release_mentors(work: Work, request: ReleaseMentors) -> RowResults:
    """Ends every assignment that a teacher has in the project; the answer of a row says who needs a successor."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: row.teacher_id, "teacher_id")
    rows.refuse_where(lambda row: day_fault("from_on", row.from_on, work.today, "离任"))
    guided = _guided(work, project, [row.teacher_id for _, row in rows.waiting()])
    _answer_released(work, project, rows, guided)
    _store_releases(work, [row for _, row in rows.waiting()], guided)
    _accept(work, project, rows, guided)
    return finish(work, project, rows, "mentors_released")


def _parts(work: Work) -> tuple[Part, ...]:
    """A provider speaks for its own instructors only."""
    return (CLASSROOM,) if work.speaker.acting_role is Role.TRAINING_PROVIDER else (WORKPLACE, CLASSROOM)


def _guided(work: Work, project: Project, teachers: Collection[str]) -> Guided:
    found: dict[tuple[Part, str], list[MentorAssignment]] = defaultdict(list)
    for part in _parts(work):
        released = exists().where(MentorRelease.assignment_id == MentorAssignment.id, MentorRelease.part == part)
        mine = select(MentorAssignment).where(
            MentorAssignment.project_id == project.id, _TEACHER[part].in_(teachers), ~released
        )
        for assignment in work.session.scalars(mine):
            teacher = assignment.workplace_mentor_id if part == WORKPLACE else assignment.instructor_id
            found[part, teacher].append(assignment)
    return found


def _answer_released(work: Work, project: Project, rows: RowAnswers[ReleaseRow], guided: Guided) -> None:
    """Who has nobody left here was released before, or never taught here."""
    alone = [row.teacher_id for _, row in rows.waiting() if not _all_of(guided, row.teacher_id)]
    known = work.session.execute(
        select(MentorAssignment.workplace_mentor_id, MentorAssignment.instructor_id, MentorRelease.from_on)
        .join(MentorRelease, MentorRelease.assignment_id == MentorAssignment.id)
        .where(
            MentorAssignment.project_id == project.id,
            or_(*(_TEACHER[part].in_(alone) & (MentorRelease.part == part) for part in _parts(work))),
        )
        .distinct()
    )
    before = {(teacher, day) for mentor, instructor, day in known for teacher in (mentor, instructor)}
    for at, row in rows.waiting():
        if _all_of(guided, row.teacher_id):
            continue
        if (row.teacher_id, row.from_on) in before:
            rows.unchanged(at, row.teacher_id)
        else:
            rows.refuse(at, "teacher_id", "该人员不是本项目在任的导师或教师，请核对编号")


def _all_of(guided: Guided, teacher_id: str) -> list[tuple[Part, MentorAssignment]]:
    return [(part, each) for part in (WORKPLACE, CLASSROOM) for each in guided.get((part, teacher_id), ())]


def _store_releases(work: Work, rows: Iterable[ReleaseRow], guided: Guided) -> None:
    values = (
        {"assignment_id": assignment.id, "part": part, "from_on": row.from_on}
        for row in rows
        for part, assignment in _all_of(guided, row.teacher_id)
    )
    insert_all(work.session, MentorRelease, values)


def _accept(work: Work, project: Project, rows: RowAnswers[ReleaseRow], guided: Guided) -> None:
    """Says of each teacher how many learners have nobody in its part today."""
    people = {assignment.person_id for assignments in guided.values() for assignment in assignments}
    now = guides_of(work.session, project.id, sorted(people))
    for at, row in rows.waiting():
        alone: dict[Part, set[str]] = defaultdict(set)
        for part, assignment in _all_of(guided, row.teacher_id):
            if not now.get(assignment.person_id, NOBODY).on(part, work.today):
                alone[part].add(assignment.person_id)
        needed = "；".join(f"{len(ids)} 名学员需配备接替的{_NAMES[part]}" for part, ids in alone.items())
        rows.accept(at, row.teacher_id, needed or None)
