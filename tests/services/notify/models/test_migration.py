"""What the first release mailed is still known when deliveries part from messages."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from shared.store import migrate
from shared.store.database import Database
from tests.conftest import MadeDatabase

MESSAGE = (
    "INSERT INTO messages (message_id, event_id, recipient, organisation, template, subject_id, title, body, "
    "business_date, created_at, correlation_id, delivery, attempts, next_try_at) "
    "VALUES (:id, :id, 'organisation:e-1', 'e-1', 'payment_confirmed', 'c-1', :text, :text, '2022-07-01', "
    "'2022-07-01T00:00:00.000000+00:00', 'k-1', :delivery, :attempts, :due)"
)
DUE = "2022-07-01T00:05:00.000000+00:00"


def test_messages_keep_their_deliveries(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    made = make_database("notify", dialect, migrated=False)
    migrate.upgrade("notify", made.owner_url, to="notify_0001")
    database = Database(made.owner_url)
    with database.engine.begin() as connection:
        for number, (delivery, due) in enumerate(
            [("inbox", None), ("waiting", DUE), ("delivered", None), ("failed", None)]
        ):
            values = {"id": f"m-{number}", "text": b"x", "delivery": delivery, "attempts": number, "due": due}
            connection.execute(text(MESSAGE), values)
    migrate.upgrade("notify", made.owner_url)
    with database.engine.connect() as connection:
        messages = connection.execute(text("SELECT message_id, version FROM messages ORDER BY number")).all()
        rows = connection.execute(
            text("SELECT message_id, channel, state, attempts, next_try_at FROM deliveries ORDER BY number")
        ).all()
    database.dispose()
    assert [tuple(row) for row in messages] == [(f"m-{number}", 1) for number in range(4)]
    assert [tuple(row) for row in rows] == [
        ("m-1", "mail", "waiting", 1, DUE),
        ("m-2", "mail", "delivered", 2, None),
        ("m-3", "mail", "failed", 3, None),
    ]
