"""A service of the tests' own, on the tables of `review` and one more: the kernel's line, seen from both ends.

write_note   a command: one note with a title that nobody else has, and an event told
edit_note    a command: a note that several may edit at once
copy_note    a command that first gives another service a command of its own
read_notes   a query, which may look closer than the role usually does

`NotebookService.meanwhile` is what a test lets happen in the middle of a use case.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Integer, MetaData, String, UniqueConstraint, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.bus.wire import Event
from shared.contracts.schema.declare import EventType, Method
from shared.contracts.schema.shapes import Label
from shared.kernel.service import Service, handles, hears
from shared.kernel.work import Asks, Look, Work
from shared.security.speaker import Role
from shared.store.database import Database
from shared.store.kernel_tables import NAMING, Answered, AuditRow, DecisionRow, OutboxRow
from shared.store.types import new_id
from tests.conftest import MadeDatabase
from tests.services.harness import CHAOYANG, KernelHarness

PATIENCE = 10.0
TAKEN = "已有同名笔记，请换一个标题"


class NotebookTable(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class Note(NotebookTable):
    __tablename__ = "notes"
    __table_args__ = (UniqueConstraint("title"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    edits: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it so


@dataclass(frozen=True)
class OneNote:
    title: Label


@dataclass(frozen=True)
class NoteKept:
    title: str
    edits: int


@dataclass(frozen=True)
class ReadNotes:
    closely: bool = False


@dataclass(frozen=True)
class Notes:
    count: int


@dataclass(frozen=True)
class NoteTold:
    title: Label


_WRITERS = frozenset({Role.DISTRICT_OFFICER})
# Not declared with `command`: the contracts of a running system know nothing of them.
WRITE_NOTE = Method("review", "write_note", "command", OneNote, NoteKept, _WRITERS, "")
EDIT_NOTE = Method("review", "edit_note", "command", OneNote, NoteKept, _WRITERS, "")
COPY_NOTE = Method("review", "copy_note", "command", OneNote, NoteKept, _WRITERS, "")
READ_NOTES = Method("review", "read_notes", "query", ReadNotes, Notes, _WRITERS, "")
WRITE_ELSEWHERE = Method("training", "write_note", "command", OneNote, NoteKept, frozenset({Role.MACHINE}), "")
NOTE_WRITTEN = EventType("review", "note_written", 1, NoteTold, ("notify", "training"), True, "")
NOTE_HIDDEN = EventType("review", "note_hidden", 1, NoteTold, (), False, "")
LESSON_GIVEN = EventType("training", "lesson_given", 1, NoteTold, ("review",), True, "")


def ask_elsewhere(asks: Asks, request: OneNote) -> NoteKept:
    return asks.ask(WRITE_ELSEWHERE, request)


Meanwhile = Callable[[Work], None]
"""What somebody else does while a use case runs."""


def write_note(work: Work, request: OneNote, meanwhile: Meanwhile) -> NoteKept:
    return _write(work, request.title, meanwhile)


def edit_note(work: Work, request: OneNote, meanwhile: Meanwhile) -> NoteKept:
    note = work.session.scalars(select(Note).where(Note.title == request.title)).one()
    meanwhile(work)
    note.edits += 1
    return NoteKept(note.title, note.edits)


def copy_note(work: Work, _request: OneNote, elsewhere: NoteKept, meanwhile: Meanwhile) -> NoteKept:
    return _write(work, elsewhere.title, meanwhile)


def read_notes(look: Look, request: ReadNotes) -> Notes:
    if request.closely:
        look.note("note:all", purpose="identity")
    return Notes(look.session.scalar(select(func.count()).select_from(Note)) or 0)


def lesson_given(work: Work, event: Event[NoteTold], meanwhile: Meanwhile) -> None:
    _write(work, event.data.title, meanwhile)


def _write(work: Work, title: str, meanwhile: Meanwhile) -> NoteKept:
    work.session.add(Note(title=title, edits=0))
    work.session.flush()
    work.tell(NOTE_WRITTEN, work.speaker.person, NoteTold(title), district=CHAOYANG)
    work.note(f"note:{title}")
    meanwhile(work)
    return NoteKept(title, 0)


class NotebookService(Service):
    name = "review"
    conflicts: ClassVar[Mapping[str, str]] = {"uq_notes_title": TAKEN, "notes.title": TAKEN}
    decided_about = ((Note.title, Note.id),)
    meanwhile: ClassVar[Callable[[Work], None]] = staticmethod(lambda _work: None)

    serves = (
        handles(WRITE_NOTE, write_note),
        handles(EDIT_NOTE, edit_note),
        handles(COPY_NOTE, copy_note, ask=ask_elsewhere),
        handles(READ_NOTES, read_notes),
        hears(LESSON_GIVEN, lesson_given),
    )


@dataclass
class Notebook:
    """The service on a harness, and what its database holds."""

    harness: KernelHarness
    made: MadeDatabase

    def __post_init__(self) -> None:
        self.officer = self.harness.speaker(Role.DISTRICT_OFFICER, "officer-1", district=CHAOYANG)
        self.operator = self.harness.speaker(Role.OPERATOR, "operator-1")

    @property
    def database(self) -> Database:
        return self.harness.database

    def write(self, title: str, *, request_id: str | None = None) -> NoteKept:
        return self.harness.call(self.officer, WRITE_NOTE, OneNote(title), request_id=request_id)

    def titles(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Note.title).order_by(Note.title)))

    def rows(self, table: Any, *conditions: Any) -> Any:
        """All rows of a table, in the order of their key."""
        with self.database.reading() as session:
            return session.scalars(select(table).where(*conditions).order_by(*table.__table__.primary_key)).all()

    def audit(self) -> list[AuditRow]:
        return list(self.rows(AuditRow))

    def holdings(self) -> dict[str, int]:
        """How many rows there are of everything that a command may leave behind."""
        return {
            table.__tablename__: len(self.rows(table)) for table in (Note, OutboxRow, Answered, DecisionRow, AuditRow)
        }


def notebook_on(made: MadeDatabase, folder: Any) -> Notebook:
    """The notebook's table is made by the owner; the running role may change it."""
    owner = Database(made.owner_url)
    NotebookTable.metadata.create_all(owner.engine)
    if made.dialect == "postgresql":
        with owner.engine.begin() as connection:
            connection.exec_driver_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO review")
    owner.dispose()
    return Notebook(KernelHarness(NotebookService, made.url, folder), made)


@contextmanager
def outside(url: str) -> Any:
    """A transaction of somebody else, on connections of their own."""
    other = Database(url)
    try:
        with other.transaction() as session:
            yield session
    finally:
        other.dispose()


def eventually(condition: Callable[[], bool], what: str = "it did not come about") -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def somebody_waits_for_a_lock(session: Any) -> bool:
    """On PostgreSQL, in this database."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity"
    return bool(session.connection().exec_driver_sql(f"{waiting} WHERE datname = current_database())").scalar())
