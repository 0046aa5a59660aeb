"""The kernel's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "kernel_0001"
down_revision = None
branch_labels = ("kernel",)
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
INSTANT = sa.String(32)
ID = sa.String(64)


def upgrade() -> None:
    _messages()
    _requests_and_decisions()
    _audit()
    _files()
    _duties()
    for table in ("decisions", "seals", "heads", "documents", "files"):
        append_only(table)


def _messages() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("aggregate_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("district", sa.String(6)),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("position", sa.BigInteger),
        sa.UniqueConstraint("event_id", name="uq_outbox_event_id"),
        sa.UniqueConstraint("aggregate_id", "sequence", name="uq_outbox_aggregate_id_sequence"),
        sa.UniqueConstraint("position", name="uq_outbox_position"),
    )
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_outbox_unsent", "outbox", ["number"], postgresql_where=unsent, sqlite_where=unsent)
    op.create_table(
        "inbox",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_try_at", INSTANT, nullable=False),
        sa.Column("applied_at", INSTANT),
        sa.Column("parked_at", INSTANT),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("event_id", name="uq_inbox_event_id"),
    )
    waiting = sa.text("applied_at IS NULL AND parked_at IS NULL")
    op.create_index("ix_inbox_waiting", "inbox", ["number"], postgresql_where=waiting, sqlite_where=waiting)


def _requests_and_decisions() -> None:
    op.create_table(
        "requests",
        sa.Column("system", sa.String(128), primary_key=True),
        sa.Column("subject", sa.String(128), primary_key=True),
        sa.Column("request_id", sa.String(64), primary_key=True),
        sa.Column("method", sa.String(80), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("answered_at", INSTANT, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("document", sa.String(160), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.UniqueConstraint("id", name="uq_decisions_id"),
    )
    op.create_index("ix_decisions_subject_id", "decisions", ["subject_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.String(80), nullable=False),
        sa.Column("objects", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(80)),
        sa.Column("request_id", sa.String(64)),
        sa.Column("correlation_id", sa.String(64), nullable=False),
        sa.UniqueConstraint("id", name="uq_audit_id"),
    )
    op.create_table(
        "seals",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("audit_id", ID, sa.ForeignKey("audit.id", name="fk_seals_audit_id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("sealed_at", INSTANT, nullable=False),
        sa.UniqueConstraint("audit_id", name="uq_seals_audit_id"),
    )
    op.create_table(
        "heads",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("chain", sa.String(20), nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("signed", sa.Text, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.UniqueConstraint("chain", "sequence", name="uq_heads_chain_sequence"),
    )
    append_only("audit")


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", ID, primary_key=True),
        sa.Column("file", sa.String(71), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("organisation", ID, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.UniqueConstraint("file", "district", "organisation", name="uq_files_file_district_organisation"),
    )


def _duties() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(80), primary_key=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("duty", sa.String(40), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
    )
    op.create_table(
        "business_clock",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("today", sa.Date, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_business_clock_one_row"),
    )
