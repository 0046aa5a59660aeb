"""Events that aren't applied as they say: of a version that isn't known here, or told by another than their owner."""

from __future__ import annotations

import pytest

from shared.bus.wire import write_event
from shared.contracts.kernel.missed_events import REPLAY_PARKED, OneParked
from shared.kernel.inbox import UNREADABLE
from tests.kernel.notebook import Notebook
from tests.kernel.test_inbox import heard, keep, lesson, make_due


def test_an_event_of_a_newer_version_waits_for_a_newer_process_and_those_behind_it_go_on(book: Notebook) -> None:
    keep(book, lesson("newer", version=2), lesson("first"))
    book.harness.inbox.apply_batch()
    assert book.titles() == ["first"]
    newer, _ = heard(book)
    assert (newer.applied_at, newer.parked_at, newer.reason) == (None, None, "not_found")


@pytest.mark.parametrize("exchange", ["review.events", "", "amq.topic"])
def test_an_event_that_another_than_its_owner_told_is_parked_and_leaves_its_id_free(
    book: Notebook, exchange: str
) -> None:
    forged = lesson("forged", event_id="e-1")
    book.harness.inbox.store(write_event(forged), exchange)
    book.harness.inbox.store(write_event(lesson("true", event_id="e-1")), "training.events")
    book.harness.inbox.apply_batch()
    assert (book.titles(), book.harness.inbox.parked()) == (["true"], 1)


def test_a_forged_event_that_is_replayed_is_parked_again(book: Notebook) -> None:
    book.harness.inbox.store(write_event(lesson("forged")), "review.events")
    (row,) = heard(book)
    book.harness.call(book.operator, REPLAY_PARKED["review"], OneParked(row.event_id))
    make_due(book)
    book.harness.inbox.apply_batch()
    assert (row.name, book.titles(), book.harness.inbox.parked()) == (UNREADABLE, [], 1)
