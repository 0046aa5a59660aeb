"""Two mentors for every apprentice (APP-11, APP-12): registry says who is eligible, training who guides whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from services.training.decisions import said
from services.training.list_rows import Fault, answer_known, day_fault, finish, insert_waiting
from services.training.mentors.two_roles import TeacherPersons, refuse_two_roles
from services.training.models import MentorAssignment, MentorRelease, Project
from services.training.projects.access import admitted, own_project
from shared.batching import slices
from shared.contracts.common import RowResults
from shared.contracts.registry.eligibility import DECIDE_TEACHERS, DECISIONS_PER_CALL, DecideTeachers, TeacherDecided
from shared.contracts.row_answers import RowAnswers
from shared.contracts.training.preparation import AssignMentors, MentorRow
from shared.errors import InvalidRequest
from shared.kernel.work import Asks, Work
from shared.policy.findings import Outcome
from shared.store.by_name import values_of
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


def assign_mentors(work: Work, request: AssignMentors, teachers: Teachers) -> RowResults:
    """A person may be given several pairs, successors too. `unchanged`: just that pair is guiding by then."""
    project = own_project(work.session, work.speaker, request.project_id)
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(_pair, "person_id")
    people = admitted(work.session, project.id, tuple({row.person_id for row in request.rows}))
    rows.refuse_where(lambda row: _day_fault(row, project, work.today))
    rows.refuse_where(lambda row: _fault(row, row.from_on or work.today, project, people, teachers))
    refuse_two_roles(work, project, rows, lambda row: _persons(row, row.from_on or work.today, teachers))
    _answer_guiding(work, project, rows)
    insert_waiting(
        work.session,
        MentorAssignment,
        rows,
        lambda row: _values(project, row, row.from_on or work.today, teachers),
        ("person_id", _PAIRED),
    )
    return finish(work, project, rows, "mentors_assigned")


def _persons(row: MentorRow, day: date, teachers: Teachers) -> TeacherPersons:
    return TeacherPersons(
        teachers[row.workplace_mentor_id, day].person_id or None, teachers[row.instructor_id, day].person_id or None
    )


def _pair(of: MentorRow | MentorAssignment) -> tuple[str, str, str]:
    return (of.person_id, of.workplace_mentor_id, of.instructor_id)


def _day_fault(row: MentorRow, project: Project, today: date) -> Fault | None:
    if row.from_on is None:
        return None
    return day_fault("from_on", row.from_on, today, "起始", since=("项目获批日", project.approved_on), after="到任")


def _fault(
    row: MentorRow, day: date, project: Project, people: Mapping[str, object], teachers: Teachers
) -> Fault | None:
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


def _answer_guiding(work: Work, project: Project, rows: RowAnswers[MentorRow]) -> None:
    """Pairs of whom nobody was released, where they began no later than the row asks for."""
    guiding = select(MentorAssignment).where(
        MentorAssignment.project_id == project.id,
        MentorAssignment.person_id.in_([row.person_id for _, row in rows.waiting()]),
        MentorAssignment.id.not_in(select(MentorRelease.assignment_id)),
    )
    earliest_last = work.session.scalars(guiding.order_by(MentorAssignment.assigned_on.desc()))
    known = {_pair(pair): pair for pair in earliest_last}
    answer_known(
        rows,
        lambda row: known.get(_pair(row)),
        lambda row, pair: pair.assigned_on <= (row.from_on or work.today),
    )


def _values(project: Project, row: MentorRow, day: date, teachers: Teachers) -> dict[str, Any]:
    return values_of(
        MentorAssignment,
        row,
        id=new_id(),
        project_id=project.id,
        mentor_decision=teachers[row.workplace_mentor_id, day].decision.decision_id,
        instructor_decision=teachers[row.instructor_id, day].decision.decision_id,
        assigned_on=day,
        mentor_person_id=_persons(row, day, teachers).mentor,
        instructor_person_id=_persons(row, day, teachers).instructor,
    )
