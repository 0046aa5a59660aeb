"""A race that was lost is run again from the start, and whoever loses every one is told to repeat the request id."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm.exc import StaleDataError

from shared.errors import Unavailable
from shared.kernel.retry import ATTEMPTS
from shared.store.kernel_tables import OutboxRow
from tests.kernel.conftest import MakeBook
from tests.kernel.notebook import (
    EDIT_NOTE,
    Note,
    Notebook,
    NotebookService,
    NoteKept,
    OneNote,
    eventually,
    outside,
    somebody_waits_for_a_lock,
)

SECRET = "11010519491231002X"
NOTHING = {"notes": 0, "outbox": 0, "requests": 0, "decisions": 0, "audit": 0}


def happening(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(happens))


def test_a_race_that_was_lost_in_the_outbox_is_run_again(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def collide_once(work: Any) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            mine = work.session.scalars(select(OutboxRow)).one()
            kept = ("name", "version", "aggregate_id", "sequence", "occurred_at", "business_date", "actor", "data")
            fields = {name: getattr(mine, name) for name in (*kept, "correlation_id")}
            work.session.add(OutboxRow(**fields))
            work.session.flush()

    happening(monkeypatch, collide_once)
    assert book.write("first") == NoteKept("first", 0)
    assert len(rounds) == 2
    assert book.holdings() == {"notes": 1, "outbox": 1, "requests": 1, "decisions": 0, "audit": 1}


def test_two_that_tell_of_one_thing_at_once_are_numbered_one_after_the_other(
    postgresql_book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = postgresql_book
    rounds: list[int] = []

    def until_the_other_waits(work: Any) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            eventually(lambda: somebody_waits_for_a_lock(work.session), "the second did not meet the first")

    happening(monkeypatch, until_the_other_waits)
    with ThreadPoolExecutor(2) as pool:
        for written in [pool.submit(book.write, title) for title in ("one", "two")]:
            written.result(timeout=20)
    assert [row.sequence for row in book.rows(OutboxRow)] == [1, 2]
    assert len(rounds) == 2  # the loser came to its numbered event only once: it had waited before


def test_who_read_what_another_has_changed_since_decides_again(
    postgresql_book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = postgresql_book
    rounds: list[int] = []

    def overtake_once(_work: Any) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            with outside(book.made.url) as session:
                session.execute(update(Note).values(edits=10, version=Note.version + 1))

    book.write("first")
    happening(monkeypatch, overtake_once)
    assert book.harness.call(book.officer, EDIT_NOTE, OneNote("first")) == NoteKept("first", 11)
    assert len(rounds) == 2


def test_who_finds_the_file_locked_by_another_process_tries_again(
    make_book: MakeBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book("sqlite")
    rounds: list[int] = []
    released = Event()
    transaction = book.database.transaction

    def counted() -> Any:
        rounds.append(1)
        assert len(rounds) == 1 or released.wait(10)
        return transaction()

    monkeypatch.setattr(book.database, "transaction", counted)
    with ThreadPoolExecutor(1) as pool:
        with outside(book.made.url) as session:
            session.add(Note(title="theirs", edits=0))
            session.flush()
            written = pool.submit(book.write, "mine")
            eventually(lambda: len(rounds) == 2, "it did not try again")
        released.set()
        assert written.result(timeout=20) == NoteKept("mine", 0)
    assert book.titles() == ["mine", "theirs"]


def test_who_loses_every_race_is_told_to_repeat(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    def lose(_work: Any) -> None:
        rounds.append(1)
        raise StaleDataError(SECRET)

    happening(monkeypatch, lose)
    with pytest.raises(Unavailable, match="request_id"):
        book.write("first")
    assert len(rounds) == ATTEMPTS
    assert book.holdings() == NOTHING | {"audit": 1}
