"""A bank reference stands once in a district; how set-offs end, both approvers' words.

Nothing could be recorded as repaid before this revision, so repayments and reversals are made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, kept

revision = "subsidy_0007"
down_revision = "subsidy_0006"
branch_labels = None
depends_on = None

ID = sa.String(64)
PERSON = sa.String(128)
FEN = sa.BigInteger
FIXED = ("id", "demand_id", "district", "amount", "received_on", "bank_reference", "recorded_on", "recorded_by")


def upgrade() -> None:
    op.drop_table("reversals")
    op.drop_table("repayments")
    _repayments()
    _reversals()
    _offset_ends()
    op.add_column("write_offs", sa.Column("first_words", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_write_offs_demand_id", "write_offs", ["demand_id"])


def _repayments() -> None:
    op.create_table(
        "repayments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("demand_id", ID, sa.ForeignKey("demands.id", name="fk_repayments_demand_id"), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("bank_reference", sa.String(64), nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("recorded_by", PERSON, nullable=False),
        sa.Column("reversed_on", sa.Date),
        sa.CheckConstraint("amount > 0", name="ck_repayments_amount"),
    )
    stands = sa.text("reversed_on IS NULL")
    op.create_index(
        "uq_repayments_reference",
        "repayments",
        ["district", "bank_reference"],
        unique=True,
        postgresql_where=stands,
        sqlite_where=stands,
    )
    op.create_index("ix_repayments_demand_id", "repayments", ["demand_id"])
    kept("repayments", FIXED, "reversed_on")


def _reversals() -> None:
    repayment = sa.ForeignKey("repayments.id", name="fk_reversals_repayment_id")
    op.create_table(
        "reversals",
        sa.Column("id", ID, primary_key=True),
        sa.Column("repayment_id", ID, repayment, nullable=False),
        sa.Column("reversed_on", sa.Date, nullable=False),
        sa.Column("reversed_by", PERSON, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.UniqueConstraint("repayment_id", name="uq_reversals_repayment_id"),
    )
    append_only("reversals")


def _offset_ends() -> None:
    op.create_table(
        "offset_ends",
        sa.Column("offset_id", ID, sa.ForeignKey("offsets.id", name="fk_offset_ends_offset_id"), primary_key=True),
        sa.Column("outcome", sa.String(10), primary_key=True),
        sa.Column("refills_from", sa.Integer),
        sa.Column("ended_on", sa.Date, nullable=False),
        sa.Column("ended_by", PERSON, nullable=False),
        sa.CheckConstraint("outcome IN ('settled', 'dropped')", name="ck_offset_ends_outcome"),
    )
    append_only("offset_ends")
