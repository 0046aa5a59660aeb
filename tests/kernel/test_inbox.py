"""The inbox: kept once, applied once, in its own time; what cannot be applied waits, and in the end waits for us."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from shared.bus.wire import Envelope, write_event
from shared.clock import now
from shared.contracts.kernel.missed_events import (
    LIST_PARKED,
    REPLAY_PARKED,
    SHOW_PARKED,
    ListParked,
    OneParked,
    ParkedEvent,
)
from shared.contracts.schema import codec
from shared.errors import Conflict, InvalidRequest, NoPolicyInForce, NotFound, SkillsError, Unavailable
from shared.kernel.inbox import HOPELESS, PAUSES
from shared.store.kernel_tables import InboxRow
from tests.kernel.notebook import LESSON_GIVEN, Notebook, NotebookService, NoteTold
from tests.together import together

OVERLONG = "x" * 65


def lesson(title: str, **changes: Any) -> Envelope:
    envelope = Envelope(
        event_id=uuid.uuid4().hex,
        name=f"training.{LESSON_GIVEN.name}",
        version=1,
        aggregate_id="course-1",
        sequence=1,
        district=None,
        occurred_at=now(),
        business_date=now().date(),
        actor={"subject": "teacher-1", "role": "training_provider"},
        correlation_id="c-1",
        data=codec.write(NoteTold(title)),
    )
    return replace(envelope, **changes)


def keep(book: Notebook, *envelopes: Envelope) -> None:
    for envelope in envelopes:
        book.harness.inbox.store(write_event(envelope))


def heard(book: Notebook, *conditions: Any) -> list[InboxRow]:
    return list(book.rows(InboxRow, *conditions))


def make_due(book: Notebook) -> None:
    """Time passes: what waits for its next try waits no longer."""
    with book.database.transaction() as session:
        session.execute(update(InboxRow).values(next_try_at=now() - timedelta(seconds=1)))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function: applying raises this, from now on; None and it succeeds again."""

    def fail_with(error: Exception | None) -> None:
        def fail(_work: Any) -> None:
            if error is not None:
                raise error

        monkeypatch.setattr(NotebookService, "meanwhile", staticmethod(fail))

    return fail_with


# --- kept and applied once -------------------------------------------------------------------------------------------


def test_a_delivery_is_kept_before_it_is_applied(book: Notebook) -> None:
    keep(book, lesson("first"))
    assert (book.harness.inbox.waiting(), book.titles()) == (1, [])
    assert book.harness.inbox.apply_batch() == 1
    assert (book.harness.inbox.waiting(), book.titles()) == (0, ["first"])


def test_a_delivery_that_is_known_is_dropped_and_counted(book: Notebook) -> None:
    def duplicates() -> float:
        return REGISTRY.get_sample_value("skills_inbox_duplicates_total", {"service": "review"}) or 0.0

    before, envelope = duplicates(), lesson("first")
    keep(book, envelope, envelope)
    book.harness.inbox.apply_batch()
    keep(book, envelope)
    assert book.harness.inbox.apply_batch() == 0
    assert (len(heard(book)), book.titles(), duplicates() - before) == (1, ["first"], 2)


def test_the_effect_and_the_mark_are_one_transaction(book: Notebook, failing: Any) -> None:
    failing(Unavailable("稍后"))
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    (row,) = heard(book)
    assert (row.applied_at, row.attempts, row.reason, book.titles()) == (None, 1, "unavailable", [])


def test_an_event_that_another_replica_has_applied_meanwhile_is_left_alone(book: Notebook) -> None:
    envelope = lesson("first")
    keep(book, envelope)
    (row,) = heard(book)
    for _ in range(2):
        book.harness.kernel.apply(envelope, row.number)
    assert (book.titles(), heard(book)[0].attempts) == (["first"], 1)


def test_an_event_that_replicas_apply_at_the_same_moment_is_applied_once(postgresql_book: Notebook) -> None:
    book = postgresql_book
    for title in ("first", "second", "third"):
        envelope = lesson(title)
        keep(book, envelope)
        number = heard(book)[-1].number
        applied = partial(book.harness.kernel.apply, envelope, number)
        assert together(8, lambda _, applied=applied: applied()) == [None] * 8
    assert [row.attempts for row in heard(book)] == [1, 1, 1]


def test_events_are_applied_in_the_order_of_their_arrival(book: Notebook) -> None:
    titles = [f"lesson {number}" for number in range(5)]
    keep(book, *(lesson(title) for title in titles))
    book.harness.inbox.apply_batch()
    assert [line.objects for line in book.audit()] == [[f"note:{title}"] for title in titles]


def test_an_event_acts_with_the_services_identity_and_the_recorded_subject(book: Notebook) -> None:
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    (line,) = book.audit()
    assert line.actor == {"subject": "review", "role": "machine", "system": "review", "on_behalf_of": "teacher-1"}
    assert (line.action, line.correlation_id) == ("training.lesson_given", "c-1")


def test_an_event_of_a_newer_teller_is_read_for_what_is_known_of_it(book: Notebook) -> None:
    wire = codec.write(lesson("first")) | {"added_later": {"a": 1}}
    wire["data"] |= {"colour": "red"}
    book.harness.inbox.store(codec.dumps(wire))
    book.harness.inbox.apply_batch()
    assert book.titles() == ["first"]


def test_a_round_stops_between_two_events_when_it_is_told_to(book: Notebook) -> None:
    keep(book, lesson("first"), lesson("second"))
    answers = iter([True, False])
    assert book.harness.inbox.apply_batch(lambda: next(answers)) == 1
    assert book.titles() == ["first"]


# --- what cannot be read ---------------------------------------------------------------------------------------------


UNREADABLE = (
    b"{ no event",
    b"",
    b"[]",
    b"\xff\xfe\x00",
    b'{"event_id":"e-1"}',
    b'"\\u0000"',
    write_event(lesson("a", event_id=OVERLONG)).encode(),
    write_event(lesson("a", event_id="")).encode(),
    write_event(lesson("a", name="x" * 81)).encode(),
    write_event(lesson("a", event_id="nul-\x00")).encode(),
)


def test_what_is_no_event_is_parked_at_once_with_its_reason(book: Notebook) -> None:
    for body in UNREADABLE:
        book.harness.inbox.store(body)
    rows = heard(book)
    assert len(rows) == len(UNREADABLE)
    assert all(row.parked_at and row.reason == "not an event of this bus" for row in rows)
    assert book.harness.inbox.apply_batch() == 0


def test_an_event_that_this_service_does_not_hear_is_not_lost(book: Notebook) -> None:
    keep(book, lesson("first", name="training.never_declared"))
    book.harness.inbox.apply_batch()
    assert heard(book)[0].reason == "not_found"


# --- what cannot be applied ------------------------------------------------------------------------------------------


def test_each_try_waits_longer_and_after_the_last_one_it_is_parked(book: Notebook, failing: Any) -> None:
    failing(NotFound("先来后到"))
    keep(book, lesson("first"))
    for tried, pause in enumerate(PAUSES, start=1):
        before = now()
        assert book.harness.inbox.apply_batch() == 1
        after = now()
        (row,) = heard(book)
        assert (row.attempts, row.parked_at, row.reason) == (tried, None, "not_found")
        assert before <= row.next_try_at - timedelta(seconds=pause) <= after
        assert book.harness.inbox.apply_batch() == 0  # not before its time
        make_due(book)
    book.harness.inbox.apply_batch()
    (row,) = heard(book)
    assert row.parked_at is not None and row.attempts == len(PAUSES) + 1
    assert (book.harness.inbox.parked(), book.harness.inbox.waiting(), book.titles()) == (1, 0, [])


def test_pauses_grow(book: Notebook) -> None:
    assert list(PAUSES) == sorted(set(PAUSES))


def test_the_loop_knows_when_the_next_try_is_due(book: Notebook, failing: Any) -> None:
    assert book.harness.inbox.next_try_in() is None
    failing(NotFound("先来后到"))
    keep(book, lesson("first"))
    assert book.harness.inbox.next_try_in() == 0.0
    book.harness.inbox.apply_batch()
    due = book.harness.inbox.next_try_in()
    assert due is not None and 0.0 < due <= PAUSES[0]


def test_what_comes_right_in_time_is_applied(book: Notebook, failing: Any) -> None:
    failing(NotFound("先来后到"))
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    failing(None)
    make_due(book)
    book.harness.inbox.apply_batch()
    assert (book.titles(), heard(book)[0].attempts) == (["first"], 2)


@pytest.mark.parametrize("kind", HOPELESS, ids=lambda kind: kind.code)
def test_what_no_other_try_can_mend_is_parked_at_once(book: Notebook, failing: Any, kind: type[SkillsError]) -> None:
    failing(kind("不行"))
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    (row,) = heard(book)
    assert (row.parked_at is not None, row.attempts, row.reason) == (True, 1, kind.code)


@pytest.mark.parametrize("error", [NotFound("x"), Conflict("x"), NoPolicyInForce("x"), Unavailable("x"), KeyError("x")])
def test_what_may_be_a_matter_of_order_or_of_a_part_that_is_down_is_tried_again(
    book: Notebook, failing: Any, error: Exception
) -> None:
    failing(error)
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    assert heard(book)[0].parked_at is None


def test_an_event_of_the_wrong_shape_is_parked_and_those_around_it_go_on(book: Notebook) -> None:
    keep(book, lesson("first"), lesson("poison", data={"titel": 5}), lesson("second"))
    book.harness.inbox.apply_batch()
    assert (book.titles(), book.harness.inbox.parked(), book.harness.inbox.waiting()) == (["first", "second"], 1, 0)


def test_the_reason_quotes_nothing_of_an_unexpected_error(book: Notebook, failing: Any) -> None:
    failing(ValueError("11010519491231002X"))
    keep(book, lesson("first"))
    book.harness.inbox.apply_batch()
    assert heard(book)[0].reason == "ValueError"


# --- what operators do -----------------------------------------------------------------------------------------------


def test_an_operator_sees_what_is_parked_and_why_mends_the_cause_and_replays_it(book: Notebook, failing: Any) -> None:
    envelope = lesson("first")
    failing(InvalidRequest.of(("x", "y")))
    keep(book, envelope)
    book.harness.inbox.apply_batch()
    (parked,) = book.harness.call(book.operator, LIST_PARKED["review"], ListParked()).parked
    expected = ParkedEvent(envelope.event_id, envelope.name, 1, parked.parked_at, "invalid_request")
    assert parked == expected
    shown = book.harness.call(book.operator, SHOW_PARKED["review"], OneParked(envelope.event_id))
    assert codec.loads(shown.body) == codec.write(envelope)
    failing(None)
    book.harness.call(book.operator, REPLAY_PARKED["review"], OneParked(envelope.event_id))
    (row,) = heard(book)
    assert (row.parked_at, row.attempts, row.reason) == (None, 0, None)
    book.harness.inbox.apply_batch()
    assert (book.titles(), book.harness.inbox.parked()) == (["first"], 0)


def test_what_is_not_parked_is_neither_shown_nor_replayed(book: Notebook) -> None:
    envelope = lesson("first")
    keep(book, envelope)
    book.harness.inbox.apply_batch()
    with pytest.raises(NotFound):
        book.harness.call(book.operator, SHOW_PARKED["review"], OneParked(envelope.event_id))
    with pytest.raises(NotFound):
        book.harness.call(book.operator, REPLAY_PARKED["review"], OneParked(envelope.event_id))
    assert book.titles() == ["first"]
