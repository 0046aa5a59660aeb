"""What the bank said line by line, returns, and set-offs that were posted; batches of which nothing was paid.

What was confirmed before becomes a line that was typed from a receipt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, kept, reworded

revision = "subsidy_0006"
down_revision = "subsidy_0005"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
PERSON = sa.String(128)
FEN = sa.BigInteger
LINE = ("district", "payment_id", "outcome", "amount", "moved_on", "bank_reference")
FIXED = ("number", "id", "statement", *LINE, "reason", "kind", "recorded_on", "recorded_by")
APPLIED = "applied_on IS NOT NULL AND outcome <> 'unknown'"
OPEN = "applied_on IS NULL AND explained_on IS NULL"

CONFIRMED = """
INSERT INTO bank_lines (id, district, payment_id, outcome, amount, moved_on, bank_reference, reason, recorded_on,
    recorded_by, applied_on)
SELECT payments.id || '-line', batches.district, payments.id, 'paid', payments.amount, payments.paid_on,
    payments.bank_reference, '', postings.posted_on, postings.posted_by, postings.posted_on
FROM payments JOIN batches ON batches.id = payments.batch_id
JOIN postings ON postings.kind = 'payment' AND postings.fact_id = payments.id
WHERE payments.state = 'paid'
"""
SETTLED = """
INSERT INTO settled_offsets (offset_id, fund_source, fiscal_year, amount, settled_on)
SELECT offsets.id, discharges.fund_source, MAX(claim_funding.fiscal_year), SUM(discharges.amount),
    MAX(COALESCE(claims.paid_on, claims.decided_on))
FROM offsets JOIN claims ON claims.id = offsets.claim_id
JOIN discharges ON discharges.way = 'offset' AND discharges.fact_id = offsets.id
JOIN claim_funding ON claim_funding.claim_id = offsets.claim_id
    AND claim_funding.fund_source = discharges.fund_source AND claim_funding.live
WHERE claims.state IN ('paid', 'closed') GROUP BY offsets.id, discharges.fund_source
"""


def upgrade() -> None:
    within = "state IN ('prepared', 'instructed', 'paid', 'rejected', 'voided')"
    reworded("batches", "ck_batches_state", "state IN ('prepared', 'instructed', 'paid', 'voided')", within)
    _lines()
    _returns()
    _settled_offsets()
    op.execute(CONFIRMED)
    op.execute(SETTLED)
    kept("bank_lines", FIXED, "explained_on")
    append_only("payment_returns")
    append_only("settled_offsets")


def _lines() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("statement", sa.String(200)),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("moved_on", sa.Date, nullable=False),
        sa.Column("bank_reference", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("kind", sa.String(20)),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("recorded_by", PERSON, nullable=False),
        sa.Column("applied_on", sa.Date),
        sa.Column("explanation", sa.Text),
        sa.Column("explained_on", sa.Date),
        sa.Column("explained_by", PERSON),
        sa.UniqueConstraint("id", name="uq_bank_lines_id"),
        sa.UniqueConstraint(*LINE, name="uq_bank_lines_once"),
        sa.CheckConstraint("outcome IN ('paid', 'rejected', 'unknown', 'returned')", name="ck_bank_lines_outcome"),
        sa.CheckConstraint(
            "kind IN ('stray', 'amount', 'paid_twice', 'contradiction', 'voided')", name="ck_bank_lines_kind"
        ),
        sa.CheckConstraint("kind IS NOT NULL OR applied_on IS NOT NULL", name="ck_bank_lines_applied_or_listed"),
        sa.CheckConstraint("applied_on IS NULL OR explained_on IS NULL", name="ck_bank_lines_one_end"),
        sa.CheckConstraint(
            "(explained_on IS NULL) = (explained_by IS NULL) AND (explained_on IS NULL) = (explanation IS NULL)",
            name="ck_bank_lines_explained",
        ),
    )
    _index_where("uq_bank_lines_applied", ("payment_id", "outcome"), APPLIED, unique=True)
    _index_where("ix_bank_lines_open", ("number",), OPEN)


def _returns() -> None:
    payment = sa.ForeignKey("payments.id", name="fk_payment_returns_payment_id")
    line = sa.ForeignKey("bank_lines.id", name="fk_payment_returns_line_id")
    op.create_table(
        "payment_returns",
        sa.Column("payment_id", ID, payment, primary_key=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, line, nullable=False),
        sa.Column("returned_on", sa.Date, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("recorded_by", PERSON, nullable=False),
        sa.UniqueConstraint("id", name="uq_payment_returns_id"),
        sa.UniqueConstraint("line_id", name="uq_payment_returns_line_id"),
    )


def _settled_offsets() -> None:
    offset = sa.ForeignKey("offsets.id", name="fk_settled_offsets_offset_id")
    op.create_table(
        "settled_offsets",
        sa.Column("offset_id", ID, offset, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("settled_on", sa.Date, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_settled_offsets_amount"),
    )


def _index_where(name: str, columns: tuple[str, ...], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, "bank_lines", list(columns), unique=unique, postgresql_where=where, sqlite_where=where)
