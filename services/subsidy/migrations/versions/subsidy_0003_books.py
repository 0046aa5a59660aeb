"""The books of each district, and what a posting can be: its kinds, the day in whose month it counts, its claim."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "subsidy_0003_books"
down_revision = "subsidy_0003"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
DISTRICT = sa.String(6)
DOCUMENT = sa.String(160)
PERSON = sa.String(128)
FEN = sa.BigInteger
OPENED_BOOKS = """
INSERT INTO books (programme, district, open_from, open_year, turns)
SELECT DISTINCT programme, district, CAST('2000-01-01' AS {date}), 2000, 0 FROM budgets
"""


def upgrade() -> None:
    _postings()
    _books()


def _postings() -> None:
    """`accounted_on`, and the kinds of posting that there are now. The guard is lifted for that, and put back."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("CREATE TABLE postings_before AS SELECT * FROM postings")
    op.drop_table("postings")
    bucket = ("programme", "district", "fund_source", "fiscal_year")
    op.create_table(
        "postings",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("posted_on", sa.Date, nullable=False),
        sa.Column("accounted_on", sa.Date, nullable=False),
        sa.Column("posted_by", PERSON, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("debit", sa.String(20), nullable=False),
        sa.Column("credit", sa.String(20), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("projects.project_id", name="fk_postings_project_id")),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_postings_claim_id")),
        sa.Column("fact_id", ID, nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(bucket, [f"budgets.{one}" for one in bucket], name="fk_postings_programme"),
        sa.UniqueConstraint(
            "kind", "fact_id", "fund_source", "fiscal_year", name="uq_postings_kind_fact_id_fund_source_fiscal_year"
        ),
        sa.CheckConstraint("amount > 0", name="ck_postings_amount"),
        sa.CheckConstraint(_accounts(), name="ck_postings_accounts"),
        sa.CheckConstraint(
            "claim_id IS NOT NULL OR kind IN ('appropriation', 'reduction', 'lapse')", name="ck_postings_claim"
        ),
    )
    columns = "posted_by, kind, debit, credit, amount, programme, district, fund_source, fiscal_year, project_id,"
    columns += " claim_id, fact_id, rule, clause, document"
    op.execute(
        f"INSERT INTO postings (number, posted_on, accounted_on, {columns}) "  # noqa: S608 - names of ours
        f"SELECT number, posted_on, posted_on, {columns} FROM postings_before ORDER BY number"
    )
    op.drop_table("postings_before")
    if not on_sqlite:
        op.execute(
            "SELECT setval(pg_get_serial_sequence('postings', 'number'), MAX(number)) FROM postings HAVING COUNT(*) > 0"
        )
    op.create_index("ix_postings_project_id", "postings", ["project_id"])
    append_only("postings")


def _books() -> None:
    op.create_table(
        "books",
        sa.Column("programme", CODE, primary_key=True),
        sa.Column("district", DISTRICT, primary_key=True),
        sa.Column("open_from", sa.Date, nullable=False),
        sa.Column("open_year", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
    )
    date = "TEXT" if op.get_bind().dialect.name == "sqlite" else "DATE"
    op.execute(OPENED_BOOKS.format(date=date))


def _accounts() -> str:
    accounts = {
        "appropriation": ("available", "appropriations"),
        "reduction": ("appropriations", "available"),
        "lapse": ("appropriations", "available"),
        "commitment": ("committed", "available"),
        "release": ("available", "committed"),
        "carry_out": ("available", "committed"),
        "carry_in": ("committed", "available"),
        "payment": ("paid", "committed"),
        "offset": ("paid", "committed"),
        "return": ("committed", "paid"),
        "refill": ("available", "paid"),
        "unrefill": ("paid", "available"),
        "clawback": ("receivable", "recoveries"),
        "withdrawal": ("recoveries", "receivable"),
        "recovery": ("recovered", "receivable"),
        "repayment": ("recovered", "receivable"),
        "reversal": ("receivable", "recovered"),
        "write_off": ("written_off", "receivable"),
    }
    return " OR ".join(f"(kind = '{kind}' AND debit = '{a}' AND credit = '{b}')" for kind, (a, b) in accounts.items())
