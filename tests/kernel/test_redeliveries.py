"""A call that came again is counted before it is handled, forgotten afterwards, and refused beyond the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from shared.clock import now
from shared.errors import Unavailable
from shared.kernel.redeliveries import KEPT, Delivery, Redeliveries
from shared.kernel.rejections import undecodable
from shared.store.database import Database
from shared.store.kernel_tables import Redelivered
from tests.kernel.notebook import WRITE_NOTE, Notebook

CALL = Delivery(WRITE_NOTE.route, "portal", "amq.rabbitmq.reply-to.1", "c-1", b'{"name": "secret"}')


def redeliveries(book: Notebook, limit: int = 3) -> Redeliveries:
    return Redeliveries(book.harness.kernel, limit)


def test_a_call_may_come_again_as_often_as_the_limit_says_and_no_more(book: Notebook) -> None:
    counted = redeliveries(book)
    assert [counted.refusal(CALL) for _ in range(3)] == [None] * 3
    assert isinstance(counted.refusal(CALL), Unavailable)
    (row,) = book.audit()
    assert (row.action, row.outcome, row.actor) == (WRITE_NOTE.route, "given_up", {"user": "portal"})
    assert row.objects == [f"bytes:{len(CALL.body)}"]


def test_with_a_limit_of_nought_what_came_again_is_never_handled(book: Notebook) -> None:
    assert isinstance(redeliveries(book, limit=0).refusal(CALL), Unavailable)


def test_a_call_that_was_survived_is_forgotten(book: Notebook) -> None:
    counted = redeliveries(book, limit=1)
    for _ in range(5):
        assert counted.refusal(CALL) is None
        counted.forget(CALL)
    assert book.rows(Redelivered) == []


def test_whatever_its_sender_gave_it_makes_it_another_call(book: Notebook) -> None:
    others = (
        replace(CALL, route="review.edit_note"),
        replace(CALL, user=None),
        replace(CALL, reply_to="amq.rabbitmq.reply-to.2"),
        replace(CALL, correlation_id="c-2"),
        replace(CALL, body=b"{}"),
    )
    counted = redeliveries(book, limit=1)
    assert [counted.refusal(one) for one in (CALL, *others)] == [None] * 6
    assert isinstance(counted.refusal(CALL), Unavailable)


def test_a_body_that_a_transport_has_decoded_is_the_same_body(book: Notebook) -> None:
    counted = redeliveries(book, limit=1)
    assert counted.refusal(CALL) is None
    assert isinstance(counted.refusal(replace(CALL, body=CALL.content.decode())), Unavailable)


def test_nothing_of_a_call_stands_in_the_table(book: Notebook) -> None:
    redeliveries(book).refusal(CALL)
    (row,) = book.rows(Redelivered)
    assert len(row.digest) == 64 and row.deliveries == 1
    assert set(Redelivered.__table__.columns.keys()) == {"digest", "deliveries", "first_at", "last_at"}


def test_a_count_goes_with_its_time(book: Notebook) -> None:
    counted = redeliveries(book)
    counted.refusal(CALL)
    with book.database.transaction() as session:
        session.execute(update(Redelivered).values(last_at=now() - KEPT - timedelta(seconds=1)))
    counted.refusal(replace(CALL, correlation_id="c-2"))
    (row,) = book.rows(Redelivered)
    assert row.last_at > now() - KEPT


def test_while_the_database_is_away_what_came_again_is_not_handled(book: Notebook, tmp_path: Path) -> None:
    counted = redeliveries(book)
    counted.kernel.database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder' / 'x.db'}")
    assert isinstance(counted.refusal(CALL), Unavailable)
    counted.forget(CALL)  # raises nothing


def test_what_cannot_be_decoded_is_audited_by_user_and_size_alone(book: Notebook) -> None:
    undecodable(book.harness.kernel, "call", "portal", 17)
    undecodable(book.harness.kernel, "event", None, 0)
    told = [(row.action, row.outcome, row.actor, row.objects, row.request_id) for row in book.audit()]
    assert told == [
        ("unknown", "undecodable", {"user": "portal"}, ["bytes:17"], None),
        ("unknown", "undecodable", {}, ["bytes:0"], None),
    ]
