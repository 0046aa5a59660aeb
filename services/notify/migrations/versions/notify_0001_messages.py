"""Messages, and the document of each project."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "notify_0001"
down_revision = None
branch_labels = ("notify",)
depends_on = "kernel_0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.String(32)
ID = sa.String(64)


def upgrade() -> None:
    op.create_table(
        "messages",
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
        sa.CheckConstraint(
            "delivery IN ('inbox', 'waiting', 'delivered', 'failed')", name=op.f("ck_messages_delivery")
        ),
        sa.CheckConstraint(
            "delivery <> 'waiting' OR (organisation IS NOT NULL AND next_try_at IS NOT NULL)",
            name=op.f("ck_messages_waiting_is_due"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_messages_attempts")),
    )
    op.create_index("ix_messages_recipient_number", "messages", ["recipient", "number"])
    _partial_index("ix_messages_unread", "recipient", "read_at IS NULL")
    _partial_index("ix_messages_due", "next_try_at", "delivery = 'waiting'")
    op.create_table(
        "projects",
        sa.Column("project_id", ID, primary_key=True),
        sa.Column("document", sa.String(160), nullable=False),
    )
    append_only("projects")


def _partial_index(name: str, column: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "messages", [column], postgresql_where=where, sqlite_where=where)
