"""Pages of a list, each going on where the one before ended: by the keys of its last row, never by a count.

A list is sorted by keys that together are unique and that its rows show anyway, such as (day, id). A cursor is the
keys of a page's last row: it says nothing of rows that its holder can't see, it needs no look-up, and every page's
query carries the reach of its own speaker, so that a cursor from elsewhere opens nothing.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, true, tuple_
from sqlalchemy import Row as SelectedRow
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.errors import InvalidRequest

Row = TypeVar("Row")
OfRow = TypeVarTuple("OfRow")
Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Key = str | int | date | datetime
INT_MAX = 2**63


class PageRequest(Protocol):
    """Which page of a list is asked for. `cursor`: as the page before answered it; `limit`: rows at the most."""

    @property
    def cursor(self) -> str | None: ...
    @property
    def limit(self) -> int: ...


@dataclass(frozen=True)
class PageOf:
    """A page that no request asks for just so."""

    cursor: str | None
    limit: int


def read_page(
    session: Session, wanted: Select[Row], request: PageRequest, *columns: Column, descending: bool = False
) -> tuple[Sequence[Row], str | None]:
    """One page of the objects of one table, in the order of its `columns`. Raises InvalidRequest as `behind`."""
    rows = session.scalars(_from_cursor(wanted, request, columns, descending=descending)).all()
    return page(rows, request.limit, lambda row: tuple(getattr(row, str(column.key)) for column in columns))


def read_rows(
    session: Session, wanted: Select[*OfRow], request: PageRequest, *columns: Column, descending: bool = False
) -> tuple[Sequence[SelectedRow[*OfRow]], str | None]:
    """The same of rows, of which the `columns` are a part, or their whole object is."""
    rows = session.execute(_from_cursor(wanted, request, columns, descending=descending)).all()
    return page(rows, request.limit, lambda row: tuple(_value(row, column) for column in columns))


def page(rows: Sequence[Row], limit: int, keys: Callable[[Row], tuple[Key, ...]]) -> tuple[Sequence[Row], str | None]:
    """At most `limit` of the rows, of which one more was read than is shown, and the cursor where there are more."""
    shown = rows[:limit]
    return shown, cursor_of(*keys(shown[-1])) if len(rows) > limit else None


def behind(cursor: str | None, *columns: Column, descending: bool = False) -> ColumnElement[bool]:
    """Rows behind a cursor in ascending order of `columns`, or in descending; all rows without one. Raises
    InvalidRequest for a wrong cursor."""
    if cursor is None:
        return true()
    keys = _keys(cursor, [column.type.python_type for column in columns])
    row, place = tuple_(*columns), tuple_(*keys, types=[column.type for column in columns])
    return row < place if descending else row > place


def keys_of(cursor: str | None, *kinds: type) -> tuple[Key, ...] | None:
    """The keys in a cursor, for a list that isn't a table's; None without one. Raises InvalidRequest as `behind`."""
    return None if cursor is None else tuple(_keys(cursor, kinds))


def cursor_of(*keys: Key) -> str:
    """The place behind a row with these keys: letters, digits, `-` and `_` only."""
    plain = [key.isoformat() if isinstance(key, date) else key for key in keys]
    return urlsafe_b64encode(json.dumps(plain, separators=(",", ":")).encode()).decode().rstrip("=")


def _from_cursor(
    wanted: Select[*OfRow], request: PageRequest, columns: Sequence[Column], *, descending: bool
) -> Select[*OfRow]:
    """One row more than is shown: where it comes, there is another page."""
    order = [column.desc() for column in columns] if descending else columns
    chosen = wanted.where(behind(request.cursor, *columns, descending=descending))
    return chosen.order_by(*order).limit(request.limit + 1)


def _value(row: SelectedRow[*OfRow], column: Any) -> Key:
    """What a row has under the name of a column, or in the object that has this column."""
    name = str(column.key)
    found: Key = getattr(row if name in row._fields else row._mapping[column.class_], name)
    return found


def _keys(cursor: str, kinds: Sequence[type]) -> list[Key]:
    try:
        plain = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return [_key(kind, value) for kind, value in zip(kinds, plain, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise InvalidRequest.of(("cursor", "没有此游标，请原样填写上一页返回的 cursor")) from None


def _key(kind: type, value: Any) -> Key:
    """The value as its column holds it. Raises ValueError, TypeError or OverflowError for what it can't hold."""
    if issubclass(kind, date):
        parsed: date = kind.fromisoformat(value)
        if isinstance(parsed, datetime) and parsed.tzinfo is None:
            raise ValueError("an instant has a time zone")
        return parsed.astimezone(UTC) if isinstance(parsed, datetime) else parsed
    if kind is int and type(value) is int and abs(value) < INT_MAX:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value.encode().decode():
        return value
    raise TypeError(kind)
