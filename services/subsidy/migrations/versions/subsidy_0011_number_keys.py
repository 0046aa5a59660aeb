"""One transfer counts once however it is written: lines of the bank's and repayments are unique by the keys of their
numbers. What was written stays beside them; of stored rows that are the same by their keys, each later one keeps a key
of its own, so that none is lost.

On both tables the column that was unique is the one that stays so: SQLite can't take a table's constraint away.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.number_keys import number_key, payment_key
from shared.store.distinct_keys import distinct_keys, fill
from shared.store.migration_guards import kept, unkept

revision = "subsidy_0011"
down_revision = "subsidy_0010"
branch_labels = None
depends_on = None

LINE = ("district", "payment_id", "outcome", "amount", "moved_on", "reference_key")
WRITTEN = ("payment_named", "bank_reference")
FIXED_LINE = ("number", "id", "statement", *LINE, *WRITTEN, "reason", "kind", "recorded_on", "recorded_by")
FIXED_REPAYMENT = (
    *("id", "demand_id", "district", "amount", "received_on", "bank_reference", "reference_key"),
    *("recorded_on", "recorded_by"),
)
STANDS = sa.text("reversed_on IS NULL")


def upgrade() -> None:
    _bank_lines()
    _repayments()


def _bank_lines() -> None:
    unkept("bank_lines")
    op.execute("ALTER TABLE bank_lines RENAME COLUMN bank_reference TO reference_key")
    for column in WRITTEN:
        op.add_column("bank_lines", sa.Column(column, sa.String(64), nullable=False, server_default=""))
    op.execute("UPDATE bank_lines SET bank_reference = reference_key, payment_named = payment_id")
    rows = _rows("SELECT number, district, payment_id, outcome, amount, moved_on, bank_reference FROM bank_lines")
    fill("bank_lines", "number", "payment_id", {row.number: payment_key(row.payment_id) for row in rows})
    told = [(row.number, (row.district, payment_key(row.payment_id), *row[3:6]), row.bank_reference) for row in rows]
    fill("bank_lines", "number", "reference_key", distinct_keys(told, number_key))
    op.create_index("ix_bank_lines_reference", "bank_lines", ["district", "reference_key"])
    kept("bank_lines", FIXED_LINE, "explained_on")


def _repayments() -> None:
    unkept("repayments")
    op.add_column("repayments", sa.Column("reference_key", sa.String(64), nullable=False, server_default=""))
    rows = _rows("SELECT id, district, bank_reference, reversed_on FROM repayments")
    standing = [(row.id, (row.district,), row.bank_reference) for row in rows if row.reversed_on is None]
    reversed_ones = {row.id: number_key(row.bank_reference) for row in rows if row.reversed_on is not None}
    fill("repayments", "id", "reference_key", distinct_keys(standing, number_key) | reversed_ones)
    op.drop_index("uq_repayments_reference", "repayments")
    op.create_index(
        "uq_repayments_reference",
        "repayments",
        ["district", "reference_key"],
        unique=True,
        postgresql_where=STANDS,
        sqlite_where=STANDS,
    )
    kept("repayments", FIXED_REPAYMENT, "reversed_on")


def _rows(query: str) -> Sequence[sa.Row[tuple[object, ...]]]:
    """The oldest first, of the bank's lines those that were applied: the same line again finds its effect."""
    order = "applied_on IS NULL, number" if "bank_lines" in query else "recorded_on, id"
    return op.get_bind().execute(sa.text(f"{query} ORDER BY {order}")).all()
