"""What a database is sent, counted: costs that are told by numbers, not by times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from shared.store.database import Database


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def sends(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", sends)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", sends)
