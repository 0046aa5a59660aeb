"""Rows by the thousand: written in slices, one statement each, without an object per row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from shared.slices import slices
from shared.store.database import changed

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


def take_turns(session: Session, table: type[Any], key: Any, ids: Collection[str]) -> None:
    """Holds these rows of a table with `turns` until the transaction ends, in order of their ids."""
    for some in slices(sorted(ids), SLICE):
        session.execute(select(key).where(key.in_(some)).order_by(key).with_for_update()).all()
        changed(session, update(table).where(key.in_(some)).values(turns=table.turns + 1))
