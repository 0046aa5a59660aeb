"""How far a speaker sees, as SQL conditions (APP-1); and cursors over numbered rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, true
from sqlalchemy.orm import InstrumentedAttribute

from shared.errors import InvalidRequest
from shared.security.permissions import ReachKind, visible
from shared.security.speaker import Speaker

DIGITS = 18
"""A row number fits into 64 bits."""


def in_district(speaker: Speaker, district: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Rows that belong to places, not to organisations: an employer sees none of them."""
    return in_reach(speaker, district)


def in_reach(
    speaker: Speaker, district: InstrumentedAttribute[str], *organisations: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """Rows of the speaker's district or of one of its organisations; all for those who see all."""
    reach = visible(speaker)
    match reach.kind:
        case ReachKind.ALL:
            return true()
        case ReachKind.DISTRICT:
            return district == reach.value
        case ReachKind.ORGANISATION if organisations:
            condition: ColumnElement[bool] = false()
            for organisation in organisations:
                condition = condition | (organisation == reach.value)
            return condition
    return false()


def after(cursor: str | None) -> int:
    """The number behind which a page begins."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= DIGITS):
        raise InvalidRequest.of(("cursor", "请原样填写上一页返回的 cursor"))
    return int(cursor)


def page(rows: list[Any], limit: int) -> tuple[list[Any], str | None]:
    """At most `limit` of the numbered rows, read one more than that, and the cursor where there are more."""
    return rows[:limit], str(rows[limit - 1].number) if len(rows) > limit else None
