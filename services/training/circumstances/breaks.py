"""Breaks in learning: begun, moved and ended; one open break of an enrolment at a time is the database's word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Update, update
from sqlalchemy.orm import Session

from services.training.list_rows import Fault
from services.training.models import Break
from shared.batching import grouped
from shared.contracts.training.circumstances import CircumstanceRow
from shared.store.bulk import insert_each
from shared.store.database import execute_count

STILL_OPEN = "该学籍正在休学，请先登记复学再登记新的休学"
_SAME_DAY = "该学籍当日已登记过休学，请核对日期"
_TAKEN = {
    "uq_breaks_open": STILL_OPEN,
    "breaks_pkey": _SAME_DAY,
    "pk_breaks": _SAME_DAY,
    "breaks.enrolment_id": STILL_OPEN,
}


def overlap(known: Iterable[Break], day: date) -> str | None:
    """Why no break can begin that day: an earlier one lasted longer, or began later."""
    last = max((pause.ended_on or pause.starts_on for pause in known), default=None)
    if last is None or (day >= last and all(pause.starts_on != day for pause in known)):
        return None
    return f"与已登记的休学（至 {last}）重叠，请核对日期"


def return_fault(pause: Break | None, day: date) -> Fault | None:
    """Why nobody can be back on that day from the open break, where there is one."""
    if pause is None:
        return "kind", "该学籍没有未结束的休学，无需登记复学；请核对"
    if day <= pause.starts_on:
        return "on", f"复学日期须晚于休学开始日（{pause.starts_on}），请核对日期"
    return None


def begin(session: Session, rows: Sequence[CircumstanceRow]) -> dict[int, str]:
    """Inserts them; place → reason for those that the database forbids."""
    values = [{"enrolment_id": row.enrolment_id, "starts_on": row.on, "until": row.until} for row in rows]
    return insert_each(session, Break, values, _TAKEN)


def move(session: Session, rows: Iterable[CircumstanceRow]) -> None:
    """Other expected ends of breaks that are open: one statement for each day, however many enrolments."""
    for day, ids in grouped((row.until, row.enrolment_id) for row in rows).items():
        execute_count(session, _open(ids).values(until=day))


def end(session: Session, rows: Iterable[CircumstanceRow]) -> None:
    """Ends whichever is open on the row's day: the first day back, or the day of leaving."""
    for day, ids in grouped((row.on, row.enrolment_id) for row in rows).items():
        end_on(session, ids, day)


def end_on(session: Session, enrolment_ids: Sequence[str], day: date) -> None:
    """Ends whichever of these enrolments' breaks is open."""
    execute_count(session, _open(enrolment_ids).values(ended_on=day))


def _open(enrolment_ids: Sequence[str]) -> Update:
    return update(Break).where(Break.enrolment_id.in_(enrolment_ids), Break.ended_on.is_(None))
