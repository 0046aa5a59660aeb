"""The enrolments that the rows of a list are about, their results, and what is said where nothing can be recorded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.list_rows import Fault, day_fault
from services.training.models import Assessment, Enrolment, Project

NO_ENROLMENT: Fault = ("enrolment_id", "本项目没有这个学籍，请核对学籍编号")
NOT_IN_TRAINING: Fault = (
    "enrolment_id",
    "该学籍已有考核结果、已退出或已作废，不能再登记；如有遗漏请联系属地人社部门",
)


def enrolments_of(session: Session, project: Project, ids: Sequence[str]) -> dict[str, Enrolment]:
    """Those of the project among these ids, by id."""
    found = session.scalars(select(Enrolment).where(Enrolment.project_id == project.id, Enrolment.id.in_(ids)))
    return {enrolment.id: enrolment for enrolment in found}


def results_of(session: Session, enrolment_ids: Sequence[str]) -> dict[str, Assessment]:
    """By enrolment; who has none yet is missing."""
    found = session.scalars(select(Assessment).where(Assessment.enrolment_id.in_(enrolment_ids)))
    return {result.enrolment_id: result for result in found}


def fault_of_day(enrolment: Enrolment | None, field: str, day: date, today: date, word: str) -> Fault | None:
    """A row's fault where there is no enrolment, or the day hasn't come or lies before the enrolment began."""
    if enrolment is None:
        return NO_ENROLMENT
    return day_fault(field, day, today, word, since=("学籍开始日", enrolment.starts_on))
