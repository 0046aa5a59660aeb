"""Deliveries part from messages; channels, versions of templates, deadlines and their reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "notify_0002"
down_revision = "notify_0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.String(32)
ID = sa.String(64)


def upgrade() -> None:
    _set_aside()
    _messages()
    _deliveries()
    _bring_back()
    _channels()
    _templates()
    _deadlines()


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", INSTANT),
        sa.Column("reason", sa.String(60)),
        sa.Column("receipt", sa.String(100)),
        sa.Column("receipt_at", INSTANT),
        sa.UniqueConstraint("delivery_id", name="uq_deliveries_delivery_id"),
        sa.UniqueConstraint("message_id", "channel", name="uq_deliveries_message_id_channel"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name="fk_deliveries_message_id"),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'failed', 'no_address')", name=op.f("ck_deliveries_state")
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (next_try_at IS NOT NULL)", name=op.f("ck_deliveries_waiting_is_due")
        ),
        sa.CheckConstraint(
            "(state = 'delivered') = (receipt_at IS NOT NULL)", name=op.f("ck_deliveries_delivered_has_receipt")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_deliveries_attempts")),
    )
    _partial_index("ix_deliveries_due", ["channel", "next_try_at"], "state = 'waiting'")
    _partial_index("ix_deliveries_undelivered", ["number"], "state <> 'delivered'")


def _set_aside() -> None:
    """SQLite makes `messages` anew, which nothing may point at meanwhile: what was mailed waits elsewhere."""
    op.execute(
        "CREATE TABLE mailed AS SELECT number, message_id, delivery, attempts, next_try_at, created_at "
        "FROM messages WHERE delivery <> 'inbox'"
    )


def _bring_back() -> None:
    """When a mail was taken wasn't kept: it counts from the message's own moment."""
    op.execute(
        "INSERT INTO deliveries "
        "(delivery_id, message_id, channel, urgent, state, attempts, next_try_at, receipt_at) "
        "SELECT message_id, message_id, 'mail', FALSE, delivery, attempts, next_try_at, "
        "CASE WHEN delivery = 'delivered' THEN created_at END FROM mailed ORDER BY number"
    )
    op.drop_table("mailed")


def _messages() -> None:
    op.drop_index("ix_messages_due", table_name="messages")
    # SQLite makes the table anew; the checks that go with the columns are left out of the old one here.
    with op.batch_alter_table("messages", copy_from=_old_messages()) as table:
        for column in ("delivery", "attempts", "next_try_at"):
            table.drop_column(column)
        table.add_column(sa.Column("district", sa.String(6)))
        # What was written before there were versions is of the first one.
        table.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))


def _old_messages() -> sa.Table:
    unread = sa.text("read_at IS NULL")
    table = sa.Table(
        "messages",
        sa.MetaData(),
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("organisation", ID),
        sa.Column("template", sa.String(60), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("title", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("read_at", INSTANT),
        sa.Column("delivery", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", INSTANT),
        sa.UniqueConstraint("message_id", name="uq_messages_message_id"),
        sa.UniqueConstraint("event_id", "recipient", name="uq_messages_event_id_recipient"),
    )
    sa.Index("ix_messages_recipient_number", table.c.recipient, table.c.number)
    sa.Index("ix_messages_unread", table.c.recipient, postgresql_where=unread, sqlite_where=unread)
    return table


def _channels() -> None:
    op.create_table(
        "channel_choices",
        sa.Column("recipient", sa.String(80), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("mail", sa.Boolean, nullable=False),
        sa.Column("webhook", sa.Boolean, nullable=False),
    )
    op.create_table(
        "webhook_targets",
        sa.Column("key_id", ID, primary_key=True),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("url", sa.LargeBinary, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("replaced_at", INSTANT),
    )
    live = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_webhook_targets_live",
        "webhook_targets",
        ["recipient"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )


def _templates() -> None:
    op.create_table(
        "templates",
        sa.Column("template", sa.String(60), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    append_only("templates")


def _deadlines() -> None:
    op.create_table(
        "deadlines",
        sa.Column("deadline_id", ID, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("document", sa.String(160), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("party", sa.String(20), nullable=False),
        sa.Column("organisation", ID),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
    )
    op.create_index("ix_deadlines_due_on", "deadlines", ["due_on"])
    op.create_table(
        "deadline_closings",
        sa.Column("deadline_id", ID, primary_key=True),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
    )
    op.create_table(
        "reminders",
        sa.Column("deadline_id", ID, primary_key=True),
        sa.Column("due_on", sa.Date, primary_key=True),
        sa.Column("days_before", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
    )
    append_only("reminders")


def _partial_index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "deliveries", columns, postgresql_where=where, sqlite_where=where)
