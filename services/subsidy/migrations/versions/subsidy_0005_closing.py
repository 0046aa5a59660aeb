"""Money taken back from a budget; closed months and years, and the guard that nothing is posted into them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "subsidy_0005"
down_revision = "subsidy_0004"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
DISTRICT = sa.String(6)
PERSON = sa.String(128)
FEN = sa.BigInteger
BUCKET = ("programme", "district", "fund_source", "fiscal_year")
BOOKS = ("programme", "district")
BEARS_NOTHING_NEW = (
    "'appropriation', 'reduction', 'commitment', 'release', 'carry_in', 'payment', 'offset', 'refill', 'unrefill'"
)
"""Kinds that a closed year refuses: those that use, free or change its budget, but for what closing itself posts."""
CLOSED = (
    "EXISTS (SELECT 1 FROM books WHERE books.programme = NEW.programme AND books.district = NEW.district "  # noqa: S608
    "AND (NEW.accounted_on < books.open_from "
    f"OR (NEW.fiscal_year < books.open_year AND NEW.kind IN ({BEARS_NOTHING_NEW}))))"
)


def upgrade() -> None:
    _reductions()
    _closings()
    op.create_index("ix_postings_accounted_on", "postings", ["programme", "district", "accounted_on"])
    for table in ("reductions", "closings", "frozen_balances"):
        append_only(table)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER closed_period BEFORE INSERT ON postings WHEN {CLOSED} "
            "BEGIN SELECT RAISE(ABORT, 'closed_period'); END"
        )
    else:
        _closed_period_of_postgresql()


def _reductions() -> None:
    op.create_table(
        "reductions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("entered_by", PERSON, nullable=False),
        sa.Column("entered_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(BUCKET, [f"budgets.{column}" for column in BUCKET], name="fk_reductions_programme"),
        sa.CheckConstraint("amount > 0", name="ck_reductions_amount"),
    )


def _closings() -> None:
    op.create_table(
        "closings",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("closed_on", sa.Date, nullable=False),
        sa.Column("closed_by", PERSON, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("carried", FEN, nullable=False),
        sa.Column("lapsed", FEN, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("last_posting", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(BOOKS, [f"books.{column}" for column in BOOKS], name="fk_closings_programme"),
        sa.UniqueConstraint("id", name="uq_closings_id"),
        sa.UniqueConstraint("programme", "district", "period", name="uq_closings_programme_district_period"),
        sa.CheckConstraint("carried >= 0 AND lapsed >= 0 AND claims >= 0", name="ck_closings_amounts"),
    )
    closing = sa.ForeignKey("closings.id", name="fk_frozen_balances_closing_id")
    op.create_table(
        "frozen_balances",
        sa.Column("closing_id", ID, closing, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("account", sa.String(20), primary_key=True),
        sa.Column("amount", FEN, nullable=False),
    )


def _closed_period_of_postgresql() -> None:
    """The row of the books is held, so that no posting slips in while they are being closed."""
    op.execute(
        "CREATE FUNCTION closed_period() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM 1 FROM books WHERE books.programme = NEW.programme AND books.district = NEW.district FOR SHARE; "
        f"IF {CLOSED} THEN RAISE EXCEPTION 'closed_period' "
        "USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'closed_period'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER closed_period BEFORE INSERT ON postings FOR EACH ROW EXECUTE FUNCTION closed_period()")
