"""The outbox: what became true is told, in order, at least once; what did not is never told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.bus.wire import Envelope, write_event
from shared.contracts.kernel.missed_events import EVENTS_SINCE, EventsSince
from shared.contracts.schema.declare import EventType
from shared.kernel.crash_points import CrashPoints
from shared.kernel.inbox import Inbox
from shared.kernel.work import Work
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import InboxRow, OutboxRow
from tests.kernel.notebook import (
    NOTE_HIDDEN,
    WRITE_NOTE,
    Notebook,
    NotebookService,
    NoteTold,
    OneNote,
    outside,
)
from tests.services.harness import CHAOYANG

Tellings = list[tuple[EventType[Any], Envelope]]


class Bus:
    """Takes what is published; `fails` says how often it will not."""

    def __init__(self, fails: int = 0) -> None:
        self.heard: list[Envelope] = []
        self.fails = fails

    def publish(self, events: Tellings) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the broker is away")
        self.heard += [envelope for _, envelope in events]

    @property
    def titles(self) -> list[str]:
        return [envelope.data["title"] for envelope in self.heard]


class DiesAfterPublishing(CrashPoints):
    """What a crash between the broker's confirm and our mark leaves behind."""

    def reached(self, boundary: str, subject: str) -> None:
        if boundary == "after_publish":
            raise KeyboardInterrupt


def since(book: Notebook, cursor: int, limit: int = 200) -> tuple[list[str], int]:
    page = book.harness.call(book.operator, EVENTS_SINCE["review"], EventsSince(cursor, limit))
    return [one.event["data"]["title"] for one in page.events], page.cursor


def test_what_is_told_is_committed_with_what_made_it_true(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def seen_by_others() -> int:
        with outside(book.made.url) as session:
            return session.scalar(select(func.count()).select_from(OutboxRow)) or 0

    before: list[int] = []
    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(lambda _work: before.append(seen_by_others())))
    book.write("first")
    assert (before, seen_by_others()) == ([0], 1)


def test_what_is_rolled_back_is_never_told(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_work: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(fail))
    with pytest.raises(Exception, match="系统内部错误"):
        book.write("first")
    assert (book.rows(OutboxRow), book.harness.outbox.unsent()) == ([], 0)


def test_an_event_says_who_made_it_true_where_when_and_in_which_order(book: Notebook) -> None:
    book.write("first")
    book.write("second")
    bus = Bus()
    assert book.harness.outbox.send_batch(bus) == 2
    one, two = bus.heard
    assert (one.name, one.version, one.aggregate_id, one.district) == ("review.note_written", 1, "officer-1", "110105")
    assert (one.sequence, two.sequence) == (1, 2)
    assert one.actor == {"subject": "officer-1", "role": "district_officer", "system": "harness", "district": "110105"}
    assert one.event_id != two.event_id and one.occurred_at.tzinfo is not None


def test_events_are_sent_in_the_order_in_which_they_were_told_and_once(book: Notebook) -> None:
    titles = [f"note {number:02}" for number in range(12)]
    for title in titles:
        book.write(title)
    bus = Bus()
    while book.harness.outbox.send_batch(bus):
        pass
    assert bus.titles == titles
    assert [row.position for row in book.rows(OutboxRow)] == list(range(1, 13))


def test_what_the_broker_did_not_take_stays_and_is_sent_later_in_order(book: Notebook) -> None:
    book.write("first")
    bus = Bus(fails=2)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            book.harness.outbox.send_batch(bus)
    assert [(row.sent_at, row.position) for row in book.rows(OutboxRow)] == [(None, None)]
    book.write("second")
    assert (book.harness.outbox.send_batch(bus), bus.titles) == (2, ["first", "second"])


def test_what_was_sent_twice_over_a_crash_is_heard_once(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    book.write("first")
    bus = Bus()
    with monkeypatch.context() as crash:
        crash.setattr(book.harness.outbox, "crash_points", DiesAfterPublishing())
        with pytest.raises(KeyboardInterrupt):
            book.harness.outbox.send_batch(bus)
    assert book.harness.outbox.send_batch(bus) == 1
    assert bus.titles == ["first", "first"]
    inbox = Inbox(book.harness.kernel)
    for envelope in bus.heard:
        inbox.store(write_event(envelope))
    assert len(book.rows(InboxRow)) == 1


def test_a_cursor_reads_all_in_order_page_by_page_and_stays_at_the_end(book: Notebook) -> None:
    for title in ("a", "b", "c"):
        book.write(title)
    assert since(book, 0) == ([], 0)  # only what was sent has a place
    book.harness.outbox.send_batch(Bus())
    assert since(book, 0, 2) == (["a", "b"], 2)
    assert since(book, 2, 2) == (["c"], 3)
    assert since(book, 3) == ([], 3)


def test_a_cursor_passes_over_what_is_not_public(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def hide(work: Work) -> None:
        work.tell(NOTE_HIDDEN, "officer-1", NoteTold("hidden"))

    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(hide))
    book.write("shown")
    book.harness.outbox.send_batch(Bus())
    assert since(book, 0) == (["shown"], 2)
    assert since(book, 1) == ([], 2)  # past it, so that the cursor cannot stay before it for ever


def test_who_commits_late_is_not_missed_by_a_cursor_that_has_gone_by(
    postgresql_book: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = postgresql_book
    told, may_commit = Event(), Event()

    def commits_late(work: Work) -> None:
        if work.speaker.subject == "late":
            told.set()
            assert may_commit.wait(10)

    late = book.harness.speaker(Role.DISTRICT_OFFICER, "late", district=CHAOYANG)
    monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(commits_late))
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(book.harness.call, late, WRITE_NOTE, OneNote("late"))
        assert told.wait(10)
        book.write("early")
        book.harness.outbox.send_batch(Bus())
        assert since(book, 0) == (["early"], 1)
        may_commit.set()
        written.result(timeout=20)
    book.harness.outbox.send_batch(Bus())
    assert [row.data["title"] for row in book.rows(OutboxRow)] == ["late", "early"]  # it was numbered first
    assert since(book, 1) == (["late"], 2)


def test_positions_have_no_gaps_however_many_commit_while_they_are_sent(postgresql_book: Notebook) -> None:
    book, bus = postgresql_book, Bus()
    officers = [book.harness.speaker(Role.DISTRICT_OFFICER, f"officer-{n}", district=CHAOYANG) for n in range(4)]

    def write_ten(officer: Speaker) -> None:
        for number in range(10):
            book.harness.call(officer, WRITE_NOTE, OneNote(f"{officer.subject} {number}"))

    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(write_ten, officer) for officer in officers]
        while not all(one.done() for one in writing):
            book.harness.outbox.send_batch(bus)
        for one in writing:
            one.result()
    book.harness.outbox.send_batch(bus)
    assert sorted(row.position for row in book.rows(OutboxRow)) == list(range(1, 41))
    assert len(bus.heard) == 40
    assert since(book, 0)[0] == bus.titles


def test_what_no_inbox_confirmed_is_sent_again_after_a_restart_without_its_broker(book: Notebook) -> None:
    for title in ("by both", "by one", "by none"):
        book.write(title)
    bus = Bus()
    book.harness.outbox.send_batch(bus)
    both, one, _none = [envelope.event_id for envelope in bus.heard]
    before = [row.position for row in book.rows(OutboxRow)]
    book.harness.outbox.send_again_unheard({"notify": {both, one}, "training": {both}})
    again = Bus()
    book.harness.outbox.send_batch(again)
    assert again.titles == ["by one", "by none"]
    assert [row.position for row in book.rows(OutboxRow)] == before  # whoever reads by cursor sees none twice
