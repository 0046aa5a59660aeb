"""One service's database: PostgreSQL, or an SQLite file in the embedded system. Same constraints, same code.

A write transaction is one `with database.transaction() as session`. On SQLite one lock per database lets a single
writer in: SQLite has one writer anyway, and a second one that waited inside SQLite would freeze the whole process.
Nothing inside a transaction may yield: no RPC, no sleep, no network but the database's own.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, UpdateBase, create_engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

SERIALISATION_FAILURES = {"40001", "40P01", "55P03"}


class Database:
    """An engine and its sessions. `url`: "sqlite:///path/to/file.db" or "postgresql+psycopg2://…"."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.engine = _engine(url, pool_size)
        self.dialect = self.engine.dialect.name
        self._writer = threading.Lock() if self.dialect == "sqlite" else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One write transaction: committed at the end, rolled back when anything is raised."""
        with self._writer, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is always rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.expunge_all()  # what was read stays readable after the session
                session.rollback()

    def dispose(self) -> None:
        """Closes its connections; a later session opens new ones."""
        self.engine.dispose()


def execute_count(session: Session, statement: UpdateBase) -> int:
    """Runs a conditional update or delete and says how many rows it changed: 0 means that the condition failed."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount


def is_repeatable(error: Exception) -> bool:
    """True where the same use case, done again from the start, may succeed: it lost a race, it did no wrong."""
    if isinstance(error, StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    code = getattr(error.orig, "pgcode", None)
    return code in SERIALISATION_FAILURES or "database is locked" in str(error.orig)


def is_disconnect(error: Exception) -> bool:
    """True where the database went away: the caller may repeat the request id."""
    return isinstance(error, (OperationalError, InterfaceError)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _engine(url: str, pool_size: int) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            pool_size=pool_size,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 0.1},
        )
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text must not carry personal data into a log
        isolation_level="READ COMMITTED",
        connect_args={"connect_timeout": 5, "options": "-c lock_timeout=10s -c timezone=UTC"},
    )


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, so that savepoints work
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")
