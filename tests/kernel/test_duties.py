"""The loops: one holder at a time, taken over when it is gone, and none of them ends for an error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from shared.clock import now
from shared.kernel import background_loops
from shared.kernel.background_loops import LEASE, Duty
from shared.kernel.service import EveryCommit
from shared.store.kernel_tables import Lease
from tests.kernel.notebook import Notebook, eventually


def duty(book: Notebook, holder: str, work: Callable[[], int], **more: Any) -> Duty:
    return Duty("sealing", "review", book.database, holder, work, 0.01, **more)


@contextmanager
def running(*loops: Duty) -> Iterator[None]:
    with ExitStack() as ending:
        for one in loops:
            thread = threading.Thread(target=one.run)
            thread.start()
            ending.callback(thread.join, 10)
            ending.callback(one.stop)
        yield


def lease(book: Notebook) -> Lease:
    (row,) = book.rows(Lease)
    return row  # type: ignore[no-any-return]


def expire(book: Notebook) -> None:
    """The holder has not renewed for longer than a lease."""
    with book.database.transaction() as session:
        session.execute(update(Lease).values(until=now() - timedelta(seconds=1)))


def test_two_that_start_at_once_never_both_hold(book: Notebook) -> None:
    for _ in range(10):
        with book.database.transaction() as session:
            session.connection().exec_driver_sql("DELETE FROM leases")
        contenders = [duty(book, f"replica-{number}", lambda: 0) for number in range(4)]
        held: list[str] = []
        start = threading.Barrier(len(contenders))

        def contend(one: Duty, start: threading.Barrier = start, held: list[str] = held) -> None:
            start.wait(10)
            if one._holds_lease():
                held.append(one.holder)

        threads = [threading.Thread(target=contend, args=(one,)) for one in contenders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert held == [lease(book).holder]


def test_two_running_replicas_never_work_at_once(book: Notebook) -> None:
    inside, rounds, both = threading.Lock(), {"a": 0, "b": 0}, []

    def work(name: str) -> int:
        if not inside.acquire(blocking=False):
            both.append(name)
            return 0
        rounds[name] += 1
        inside.release()
        return 0

    with running(duty(book, "a", lambda: work("a")), duty(book, "b", lambda: work("b"))):
        eventually(lambda: sum(rounds.values()) > 20)
        assert 0 in rounds.values()  # the other one waits all the time; at the end the lease is given back
    assert both == []


def test_a_lease_that_is_no_longer_renewed_is_taken_over(book: Notebook) -> None:
    gone, heir = duty(book, "gone", lambda: 0), duty(book, "heir", lambda: 0)
    assert gone._holds_lease() and not heir._holds_lease()
    expire(book)
    assert heir._holds_lease()
    gone._renew_after = 0.0
    assert not gone._holds_lease()
    assert lease(book).holder == "heir"


def test_a_holder_renews_long_before_its_lease_ends(book: Notebook) -> None:
    with running(duty(book, "a", lambda: 0)):
        eventually(lambda: bool(book.rows(Lease)))
        first = lease(book).until
        assert first - now() <= LEASE
    holder = duty(book, "a", lambda: 0)
    assert holder._holds_lease()
    until = lease(book).until
    holder._renew_after = 0.0  # half a lease has gone by
    assert holder._holds_lease() and lease(book).until > until


def test_a_lease_is_given_back_at_the_end_so_that_nobody_waits_for_it(book: Notebook) -> None:
    with running(duty(book, "a", lambda: 0)):
        eventually(lambda: bool(book.rows(Lease)))
    assert lease(book).until <= now()
    assert duty(book, "b", lambda: 0)._holds_lease()


def test_who_ends_gives_back_nobody_elses_lease(book: Notebook) -> None:
    gone, heir = duty(book, "gone", lambda: 0), duty(book, "heir", lambda: 0)
    gone._holds_lease()
    expire(book)
    heir._holds_lease()
    until = lease(book).until
    gone._give_back()
    assert lease(book).until == until


@pytest.mark.parametrize("error", [ValueError("x"), OperationalError("x", {}, Exception())])
def test_a_round_that_raises_does_not_end_the_loop(book: Notebook, error: Exception) -> None:
    rounds: list[int] = []

    def work() -> int:
        rounds.append(1)
        if len(rounds) == 1:
            raise error
        return 0

    failing = duty(book, "a", work)
    with running(failing):
        eventually(lambda: bool(rounds))
        failing.waker.wake()
        eventually(lambda: len(rounds) > 2)


def test_a_loop_that_did_something_runs_again_at_once(book: Notebook) -> None:
    waiting = [1] * 50

    def work() -> int:
        return waiting.pop() if waiting else 0

    with running(Duty("sealing", "review", book.database, "a", work, 3600.0)):
        eventually(lambda: not waiting)


def test_a_sleeping_loop_is_woken_and_waking_twice_is_waking_once(book: Notebook) -> None:
    rounds: list[int] = []

    def work() -> int:
        rounds.append(1)
        return 0

    sleeper = Duty("sealing", "review", book.database, "a", work, 3600.0)
    with running(sleeper):
        eventually(lambda: len(rounds) == 1)
        sleeper.waker.wake()
        eventually(lambda: len(rounds) == 2)
    sleeper.waker.wake()
    sleeper.waker.wake()
    assert sleeper.waker.sleep(0.01)
    assert not sleeper.waker.sleep(0.01)


def test_a_loop_wakes_in_time_for_what_is_due_before_its_pause_is_over(book: Notebook) -> None:
    patient = Duty("inbox", "review", book.database, "a", lambda: 0, 3600.0, next_in=lambda: 0.02)
    assert patient.until_next_round() == 0.02
    patient.next_in = lambda: None
    assert patient.until_next_round() == 3600.0


def test_whoever_holds_a_lease_keeps_it_through_a_long_pause(book: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_loops, "RENEWED_AFTER", 0.01)
    rounds: list[int] = []

    def work() -> int:
        rounds.append(1)
        return 0

    holder = Duty("sealing", "review", book.database, "a", work, 3600.0)
    with running(holder):
        eventually(lambda: bool(book.rows(Lease)))
        first = lease(book).until
        eventually(lambda: lease(book).until > first, "the lease was not renewed while its holder slept")
        assert not duty(book, "b", lambda: 0)._holds_lease()
    assert rounds == [1]


@pytest.mark.parametrize("error", [ValueError("x"), OperationalError("x", {}, Exception())])
def test_a_renewal_that_raises_ends_neither_the_sleep_nor_the_end_of_a_loop(
    book: Notebook, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(background_loops, "RENEWED_AFTER", 0.01)
    holder = Duty("sealing", "review", book.database, "a", lambda: 0, 3600.0)
    assert holder._holds_lease()

    def fail() -> None:
        holder.stopping = True
        raise error

    monkeypatch.setattr(holder.database, "transaction", fail)
    holder._sleep(0.05)
    holder._give_back()
    assert holder.stopping


def test_what_every_replica_does_needs_no_lease(book: Notebook) -> None:
    rounds: list[str] = []

    def by(name: str) -> Duty:
        def work() -> int:
            rounds.append(name)
            return 0

        return Duty("measuring", "review", book.database, name, work, 0.01, leased=False)

    with running(by("a"), by("b")):
        eventually(lambda: {"a", "b"} <= set(rounds))
    assert book.rows(Lease) == []


def test_a_commit_wakes_a_loop_that_it_can_give_work_to_and_no_other(book: Notebook) -> None:
    reminding = duty(book, "a", lambda: 0, woken_by={"notify.move_clock"})
    on_its_clock, sending = duty(book, "a", lambda: 0), duty(book, "a", lambda: 0, woken_by=EveryCommit())
    for name in ("subsidy.appropriate", "notify.move_clock"):
        for one in (reminding, on_its_clock, sending):
            one.committed(name)
        woken = [one.waker.sleep(0) for one in (reminding, on_its_clock, sending)]
        assert woken == [name == "notify.move_clock", False, True]
