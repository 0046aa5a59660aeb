"""Rows by the thousand: written in slices, one statement each, without an object per row.

insert_all      all of them, or an error
insert_new      those whose key isn't there yet
insert_absent   those that a look-up didn't find: a lost race repeats the use case
insert_each     all that the database accepts, with the reason for each that it refuses
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.exc import StaleDataError

from shared.batching import slices
from shared.store.constraints import constraint_of
from shared.store.database import execute_count

SLICE = 1000
"""Rows of one statement, and of what is held in memory at once."""

STREAM = {"yield_per": SLICE}
"""Execution options of a question with very many answers: the database hands them over slice by slice."""

Row = Mapping[str, Any]


def insert_all(session: Session, table: type[DeclarativeBase], rows: Iterable[Row]) -> None:
    """Adds the rows in their order, drawing them slice by slice."""
    drawn = iter(rows)
    while part := list(islice(drawn, SLICE)):
        session.execute(insert(table), part)


def insert_new(session: Session, table: type[DeclarativeBase], rows: Iterable[Row]) -> None:
    """Adds the rows whose key isn't there yet; two transactions that add the same make one."""
    drawn = iter(rows)
    while part := list(islice(drawn, SLICE)):
        session.execute(upsert(session, table).on_conflict_do_nothing(), part)


def upsert(session: Session, table: type[DeclarativeBase]) -> Any:
    """An insert of this dialect that can say what happens `on_conflict_…`; both dialects speak alike."""
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


def insert_absent(session: Session, table: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Inserts rows that a look-up in this transaction did not find.

    Where another call committed one of them meanwhile, the look-up was stale: the kernel does the use case again,
    and the second look-up finds what the winner wrote. So uniqueness rests on the constraint, not on the look-up.
    """
    if not rows:
        return
    try:
        session.execute(insert(table), list(rows))
    except IntegrityError:
        # `from None`: the statement's text stays out of whatever is logged.
        raise StaleDataError(f"{table.__tablename__}: written by another call meanwhile") from None


def insert_each(
    session: Session, table: type[DeclarativeBase], values: Sequence[dict[str, Any]], reasons: Mapping[str, str]
) -> dict[int, str]:
    """Inserts all that the database accepts; place → reason for what it refuses.

    `reasons`: constraint (its name, or the columns that SQLite names instead) → sentence. Any other error is raised.
    One statement where nothing is refused; else halves, so that k refused rows of n cost about k·log n statements.
    """
    refused: dict[int, str] = {}
    _insert_halves(session, table, list(enumerate(values)), reasons, refused)
    return refused


def _insert_halves(
    session: Session,
    table: type[DeclarativeBase],
    part: list[tuple[int, dict[str, Any]]],
    reasons: Mapping[str, str],
    refused: dict[int, str],
) -> None:
    if not part:
        return
    try:
        with session.begin_nested():
            session.execute(insert(table), [values for _, values in part])
    except IntegrityError as error:
        reason = _reason(error, reasons)
        if len(part) == 1:
            refused[part[0][0]] = reason
            return
        middle = len(part) // 2
        _insert_halves(session, table, part[:middle], reasons, refused)
        _insert_halves(session, table, part[middle:], reasons, refused)


def _reason(error: IntegrityError, reasons: Mapping[str, str]) -> str:
    broken = constraint_of(error)
    reason = next((reason for name, reason in reasons.items() if name in broken), None)
    if reason is None:
        raise error
    return reason


def lock_rows(session: Session, table: type[Any], key: Any, ids: Collection[str]) -> None:
    """Holds these rows of a table with `turns` until the transaction ends, in order of their ids."""
    for some in slices(sorted(ids), SLICE):
        session.execute(select(key).where(key.in_(some)).order_by(key).with_for_update()).all()
        execute_count(session, update(table).where(key.in_(some)).values(turns=table.turns + 1))
