"""Workplace mentors and instructors: people of an organisation, with what is attested of them (APP-11, APP-12)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from services.registry.access import known_to, organisation_in_reach
from services.registry.models import Teacher
from shared.contracts.common import RowResults
from shared.contracts.registry.teachers import RegisterTeachers, TeacherRow
from shared.contracts.row_answers import RowAnswers
from shared.kernel.work import Work
from shared.store.bulk import insert_absent
from shared.store.by_name import values_of
from shared.store.types import new_id


def register_teachers(work: Work, request: RegisterTeachers) -> RowResults:
    """New teachers, or what is on file of them written anew; a result's id is the teacher's. Raises NotFound for an
    organisation out of reach.
    """
    organisation = organisation_in_reach(work, request.organisation_id)
    answers = RowAnswers(request.rows)
    ids = {row.person_id for row in request.rows}
    known = known_to(work.session, organisation.id, ids)
    on_file = _on_file(work, organisation.id, ids)
    first: dict[tuple[str, str], int] = {}
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(request.rows):
        key = (row.person_id, row.kind)
        teacher = on_file.get(key)
        if row.person_id not in known:
            answers.refuse(place, "person_id", "该人员未在本单位登记，请先登记人员，再登记导师或教师")
        elif first.setdefault(key, place) != place:
            answers.refuse(place, "person_id", f"与第 {request.rows[first[key]].row} 行重复，请只保留一行")
        elif teacher is None:
            teacher_id = new_id()
            made = {"id": teacher_id, "organisation_id": organisation.id, "version": 1}
            rows.append(made | _values(row))
            answers.accept(place, teacher_id)
        else:
            (answers.accept if _rewrite(teacher, _values(row)) else answers.unchanged)(place, teacher.id)
    insert_absent(work.session, Teacher, rows)
    return answers.results()


def _on_file(work: Work, organisation_id: str, people: Collection[str]) -> dict[tuple[str, str], Teacher]:
    asked = select(Teacher).where(Teacher.organisation_id == organisation_id, Teacher.person_id.in_(people))
    return {(one.person_id, one.kind): one for one in work.session.scalars(asked)}


def _values(row: TeacherRow) -> dict[str, Any]:
    return values_of(Teacher, row, awards=list(row.awards))


def _rewrite(teacher: Teacher, values: dict[str, Any]) -> bool:
    """Whether anything on file was different, and now is not."""
    different = {field: value for field, value in values.items() if getattr(teacher, field) != value}
    for field, value in different.items():
        setattr(teacher, field, value)
    return bool(different)
