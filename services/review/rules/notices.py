"""Public notices (公示): how long one stands, what may be done on which day, and what ends it (X-11).

open ──close, after its last day, every objection answered──▶ closed
  └─withdraw──▶ withdrawn
"""

from __future__ import annotations

from datetime import date

from shared.calendar import WorkingDays
from shared.errors import Conflict, InvalidRequest


def length(least: int | None, asked: int | None) -> int:
    """How many working days: the officer's number, never fewer than the document's `least`, which stands where he gives
    none. Raises InvalidRequest where neither says."""
    if asked is None and least is None:
        raise InvalidRequest.of(("working_days", "政策文件未规定公示天数，请填写公示的工作日天数"))
    if asked is not None and least is not None and asked < least:
        raise InvalidRequest.of(("working_days", f"政策文件规定公示不少于 {least} 个工作日，请填写 {least} 或以上"))
    return asked or least or 0


def last_day(from_on: date, working_days: int, calendar: WorkingDays) -> date:
    """The last working day of a notice; the day of publication isn't counted, as civil law counts days.

    Raises Unavailable naming a year without data (X-12).
    """
    return calendar.add_working_days(from_on, working_days)


def check_objected_in_time(from_on: date, to_on: date, today: date) -> None:
    """Raises Conflict for an objection outside the days of a notice; the last one is within (INT-14)."""
    if not from_on <= today <= to_on:
        raise Conflict(
            f"公示期为 {from_on} 至 {to_on}，今日不在公示期内，请不填 notice_id，按项目受理异议",
            from_on=from_on.isoformat(),
            to_on=to_on.isoformat(),
        )


def check_closes(to_on: date, today: date, *, objections: int, standing: int) -> None:
    """Raises Conflict where a notice can't be closed: it isn't over yet, or `standing` of its objections await an
    answer. One that was upheld doesn't stand."""
    if today <= to_on:
        raise Conflict(f"公示期至 {to_on}（含当日），请在次日以后办理结束", to_on=to_on.isoformat())
    if standing:
        raise Conflict(
            f"公示期间收到 {objections} 件异议，还有 {standing} 件未答复，请全部答复后再结束公示",
            objections=objections,
            standing=standing,
        )
