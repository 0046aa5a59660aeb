"""Which changes of circumstances may be recorded, after what is on file about an enrolment (APP-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.circumstances import breaks
from services.training.learning.training_days import breaks_of
from services.training.list_rows import Fault
from services.training.lookup import enrolments_of, fault_of_day
from services.training.models import Break, Circumstance, CreditHours, Enrolment, Project
from shared.contracts.training.circumstances import CircumstanceRow, RecordCircumstances


@dataclass(frozen=True)
class History:
    """What is on file about the enrolments of a list. `last_hours`: the latest day on which one received hours."""

    enrolments: Mapping[str, Enrolment]
    breaks: Mapping[str, Sequence[Break]]
    last_hours: Mapping[str, date]
    left: Mapping[str, Circumstance]

    def open_break(self, enrolment_id: str) -> Break | None:
        """The break that an enrolment is on, whichever day it began."""
        return next((pause for pause in self.breaks.get(enrolment_id, ()) if pause.ended_on is None), None)


def history_of(session: Session, project: Project, request: RecordCircumstances) -> History:
    """Of the project's enrolments that the list names."""
    ids = [row.enrolment_id for row in request.rows]
    hours = session.execute(
        select(CreditHours.enrolment_id, func.max(CreditHours.held_on))
        .where(CreditHours.enrolment_id.in_(ids))
        .group_by(CreditHours.enrolment_id)
    )
    left = session.scalars(
        select(Circumstance).where(Circumstance.enrolment_id.in_(ids), Circumstance.kind == "withdrawal")
    )
    return History(
        enrolments=enrolments_of(session, project, ids),
        breaks=breaks_of(session, ids),
        last_hours=dict(hours.all()),
        left={each.enrolment_id: each for each in left},
    )


def row_fault(row: CircumstanceRow, known: Mapping[str, Enrolment], today: date) -> Fault | None:
    """What is wrong with the row itself."""
    if fault := fault_of_day(known.get(row.enrolment_id), "on", row.on, today, "发生"):
        return fault
    if row.kind != "return" and row.reason is None:
        return "reason", "请填写休学或退出的原因"
    if row.kind == "break" and (row.until is None or row.until <= row.on):
        return "until", "请填写预计复学日期，且晚于休学开始日"
    if row.kind != "break" and row.until is not None:
        return "until", "只有休学填写预计复学日期，请删除"
    return None


def out_of_turn(row: CircumstanceRow, history: History) -> Fault | None:
    """What doesn't fit what was recorded before: one break at a time, no hours during it or after leaving."""
    pause = history.open_break(row.enrolment_id)
    if row.kind == "return":
        return breaks.return_fault(pause, row.on)
    if pause is not None and row.on < pause.starts_on:
        return "on", f"该学籍自 {pause.starts_on} 起休学，发生日期不能早于该日，请核对"
    if row.kind == "break" and pause is not None:
        return None if row.on == pause.starts_on else ("kind", breaks.STILL_OPEN)
    known = history.breaks.get(row.enrolment_id, ())
    if row.kind == "withdrawal" and any(row.on < (past.ended_on or past.starts_on) for past in known):
        return "on", "该日之后还有休学或复学记录，退出日期不能早于这些记录，请核对"
    if row.kind == "break" and (overlap := breaks.overlap(known, row.on)):
        return "on", overlap
    last = history.last_hours.get(row.enrolment_id)
    if last is not None and (last >= row.on if row.kind == "break" else last > row.on):
        return "on", f"该学籍 {last} 还有学时记录，请核对日期"
    return None
