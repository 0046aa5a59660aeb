"""Cursors over numbered rows."""

from __future__ import annotations

from typing import Any

from shared.errors import InvalidRequest

DIGITS = 18
"""A row number fits into 64 bits."""


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
