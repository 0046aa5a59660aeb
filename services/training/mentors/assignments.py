"""Two mentors for every apprentice (APP-11, APP-12): registry says who is eligible, training who guides whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from services.training.decisions import said
from services.training.models import MentorAssignment, MentorRelease, Project
from services.training.projects import activity_log
from services.training.projects.access import admitted, own_project
from shared.batching import slices
from shared.contracts.common import RowResults
from shared.contracts.registry.eligibility import DECIDE_TEACHERS, DECISIONS_PER_CALL, DecideTeachers, TeacherDecided
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.preparation import AssignMentors, MentorRow
from shared.errors import InvalidRequest
from shared.kernel.work import Asks, Work
from shared.policy.findings import Outcome
from shared.store.bulk import insert_each
from shared.store.types import new_id

Teachers = Mapping[tuple[str, date], TeacherDecided]
"""By teacher id and first day of guiding; who is missing is unknown to registry."""

_PAIR_KNOWN = "该学员自当日起已配备过这两位导师；导师离任后又返回的，请填写新的起始日期"
_PAIRED = dict.fromkeys(("uq_mentor_assignments_pair", "mentor_assignments.project_id"), _PAIR_KNOWN)


def ask(asks: Asks, request: AssignMentors) -> Teachers:
    """Decides every teacher named, once for each day on which somebody begins with it."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
    named: dict[date, set[str]] = {}
    for row in request.rows:
        if _day_fault(row, project, asks.today) is None:
            named.setdefault(row.from_on or asks.today, set()).update((row.workplace_mentor_id, row.instructor_id))
    return {
        (teacher.teacher_id, day): teacher
        for day, ids in named.items()
        for part in slices(sorted(ids), DECISIONS_PER_CALL)
        for teacher in _decide(asks, project, day, part)
    }


def _decide(asks: Asks, project: Project, day: date, ids: tuple[str, ...]) -> list[TeacherDecided]:
    """Registry refuses a question with unknown ids whole: halves of it find them, and only their rows are lost."""
    try:
        answer = asks.ask(DECIDE_TEACHERS, DecideTeachers(project.document, day, ids))
        return list(answer.teachers)
    except InvalidRequest:
        if len(ids) == 1:
            return []
        middle = len(ids) // 2
        return _decide(asks, project, day, ids[:middle]) + _decide(asks, project, day, ids[middle:])


def assign(work: Work, request: AssignMentors, teachers: Teachers) -> RowResults:
    """A person may be given several pairs, successors too. `unchanged`: just that pair is guiding by then."""
    project = own_project(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: (row.person_id, row.workplace_mentor_id, row.instructor_id), "person_id")
    people = admitted(work.session, project.id, tuple({row.person_id for row in request.rows}))
    rows.refuse_where(lambda row: _day_fault(row, project, work.today))
    rows.refuse_where(lambda row: _fault(row, row.from_on or work.today, project, people, teachers))
    _leave_known(work, project, rows)
    new = rows.waiting()
    values = [_values(work, project, row, teachers) for _, row in new]
    refused = insert_each(work.session, MentorAssignment, values, _PAIRED)
    for place, (at, _) in enumerate(new):
        if place in refused:
            rows.refuse(at, "person_id", refused[place])
        else:
            rows.accept(at, values[place]["id"])
    activity_log.keep(work, project.id, "mentors_assigned", len(rows.accepted()))
    return rows.results()


def _day_fault(row: MentorRow, project: Project, today: date) -> tuple[str, str] | None:
    if row.from_on is None:
        return None
    if row.from_on > today:
        return "from_on", f"起始日期晚于今天（{today}），请在到任后登记"
    if row.from_on < project.approved_on:
        return "from_on", f"起始日期早于项目获批日（{project.approved_on}），请核对日期"
    return None


def _fault(
    row: MentorRow, day: date, project: Project, people: Mapping[str, object], teachers: Teachers
) -> tuple[str, str] | None:
    if row.person_id not in people:
        return "person_id", "该人员不在本项目已通过审核的名单中，请先通过名单审核"
    mentor = _teacher_fault(teachers.get((row.workplace_mentor_id, day)), "workplace_mentor", project.employer_id)
    if mentor:
        return "workplace_mentor_id", mentor
    instructor = _teacher_fault(teachers.get((row.instructor_id, day)), "instructor", project.provider_id)
    return ("instructor_id", instructor) if instructor else None


_KINDS = {"workplace_mentor": ("企业导师", "本企业"), "instructor": ("培训机构教师", "本项目的培训机构")}


def _teacher_fault(teacher: TeacherDecided | None, kind: str, organisation_id: str) -> str | None:
    name, place = _KINDS[kind]
    if teacher is None or teacher.organisation_id != organisation_id:
        return f"{name}不是{place}登记的人员，请先登记或改选"
    if teacher.kind != kind:
        return f"该人员不是以{name}身份登记的，请改选或补充登记"
    if teacher.decision.verdict == "met":
        return None
    return said(finding for finding in teacher.decision.findings if finding.outcome == Outcome.UNMET)


def _leave_known(work: Work, project: Project, rows: RowAnswers[MentorRow]) -> None:
    """Pairs of whom nobody was released, where they began no later than the row asks for."""
    people = [row.person_id for _, row in rows.waiting()]
    released = select(MentorRelease.assignment_id)
    known = {
        (pair.person_id, pair.workplace_mentor_id, pair.instructor_id): pair
        for pair in work.session.scalars(
            select(MentorAssignment)
            .where(
                MentorAssignment.project_id == project.id,
                MentorAssignment.person_id.in_(people),
                MentorAssignment.id.not_in(released),
            )
            .order_by(MentorAssignment.assigned_on.desc())
        )
    }
    for at, row in rows.waiting():
        pair = known.get((row.person_id, row.workplace_mentor_id, row.instructor_id))
        if pair is not None and pair.assigned_on <= (row.from_on or work.today):
            rows.unchanged(at, pair.id)


def _values(work: Work, project: Project, row: MentorRow, teachers: Teachers) -> dict[str, Any]:
    day = row.from_on or work.today
    return {
        "id": new_id(),
        "project_id": project.id,
        "person_id": row.person_id,
        "workplace_mentor_id": row.workplace_mentor_id,
        "instructor_id": row.instructor_id,
        "mentor_decision": teachers[row.workplace_mentor_id, day].decision.decision_id,
        "instructor_decision": teachers[row.instructor_id, day].decision.decision_id,
        "assigned_on": day,
    }
