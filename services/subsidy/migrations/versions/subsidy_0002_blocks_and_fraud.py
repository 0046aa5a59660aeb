"""Blocks, confirmed fraud, claims voided, receivables withdrawn or set off, supplementary claims."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, reworded

revision = "subsidy_0002"
down_revision = "subsidy_0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
FEN = sa.BigInteger
PARTS = ("clawback_id", "fund_source", "fiscal_year")
ROWS_CARRIED_OVER = (
    "INSERT INTO clawbacks (number, id, claim_id, project_id, programme, district, employer_id, enrolment_id, cause,"
    " payee_id, amount, opened_on, rule, clause, decision_id) SELECT number, id, claim_id, project_id, programme,"
    " district, employer_id, enrolment_id, 'result', payee_id, amount, opened_on, rule, clause, decision_id"
    " FROM clawbacks_before"
)

STATES = "state IN ('prepared', 'instructed', 'paid')"
CLAIM_STATES = "state IN ('submitted', 'returned', 'rejected', 'approved', 'in_payment', 'paid', 'closed')"
ACCOUNTS = "(kind = 'clawback' AND debit = 'receivable' AND credit = 'recoveries')"
ALL_ACCOUNTS = (
    "(kind = 'appropriation' AND debit = 'available' AND credit = 'appropriations') OR "
    "(kind = 'commitment' AND debit = 'committed' AND credit = 'available') OR "
    "(kind = 'payment' AND debit = 'paid' AND credit = 'committed') OR "
)
MORE_ACCOUNTS = (
    f"{ACCOUNTS} OR "
    "(kind = 'release' AND debit = 'available' AND credit = 'committed') OR "
    "(kind = 'withdrawal' AND debit = 'recoveries' AND credit = 'receivable') OR "
    "(kind = 'offset' AND debit = 'paid' AND credit = 'committed') OR "
    "(kind = 'recovery' AND debit = 'recovered' AND credit = 'receivable')"
)


def upgrade() -> None:
    _told()
    _claims()
    _payments()
    reworded("postings", "ck_postings_accounts", ALL_ACCOUNTS + ACCOUNTS, ALL_ACCOUNTS + MORE_ACCOUNTS)
    if op.get_bind().dialect.name == "sqlite":
        _clawbacks_of_sqlite()
    else:
        _clawbacks_of_postgresql()
    _ends_of_clawbacks()


def _told() -> None:
    op.create_table(
        "blocks",
        sa.Column("block_id", ID, primary_key=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("opened_on", sa.Date),
        sa.Column("lifted_on", sa.Date),
        sa.Column("inquiry_id", ID),
        sa.Column("persons", sa.Integer, nullable=False, server_default="0"),
        sa.CheckConstraint("opened_on IS NOT NULL OR lifted_on IS NOT NULL", name="ck_blocks_told"),
    )
    op.create_index("ix_blocks_project_id", "blocks", ["project_id"])
    op.create_table(
        "frauds",
        sa.Column("inquiry_id", ID, primary_key=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("whole_project", sa.Boolean, nullable=False),
        sa.Column("confirmed_on", sa.Date, nullable=False),
    )
    op.create_index("ix_frauds_project_id", "frauds", ["project_id"])
    inquiry = sa.ForeignKey("frauds.inquiry_id", name="fk_fraud_persons_inquiry_id")
    op.create_table(
        "fraud_persons",
        sa.Column("inquiry_id", ID, inquiry, primary_key=True),
        sa.Column("person_id", ID, primary_key=True),
    )
    append_only("frauds")
    append_only("fraud_persons")


def _claims() -> None:
    for table in ("claims", "claim_lines"):
        if op.get_bind().dialect.name == "sqlite":
            reworded(table, "", "kind VARCHAR(10)", "kind VARCHAR(16)")
        else:
            op.alter_column(table, "kind", type_=sa.String(16))
    kinds = "kind IN ('advance', 'final'{})"
    reworded("claims", "ck_claims_kind", kinds.format(""), kinds.format(", 'supplementary'"))
    reworded("claims", "ck_claims_state", CLAIM_STATES, CLAIM_STATES.replace("'closed'", "'closed', 'voided'"))
    live = "live = (state NOT IN ('returned', 'rejected'{}))"
    reworded("claims", "ck_claims_live", live.format(""), live.format(", 'voided'"))
    within = "set_off >= 0 AND set_off <= amount AND set_off <= clawback"
    column = sa.Column("set_off", FEN, sa.CheckConstraint(within, name="ck_claims_set_off"), server_default="0")
    column.nullable = False
    op.add_column("claims", column)


def _payments() -> None:
    for table in ("batches", "payments"):
        reworded(table, f"ck_{table}_state", STATES, STATES.replace("'paid'", "'paid', 'voided'"))
    checked = "({}) = (checker IS NULL)"
    unchecked = ("state = 'prepared'", "state IN ('prepared', 'voided')")
    reworded("batches", "ck_batches_checked", *(checked.format(state) for state in unchecked))


def _clawbacks_of_postgresql() -> None:
    op.add_column("clawbacks", sa.Column("cause", sa.String(10), nullable=False, server_default="result"))
    op.alter_column("clawbacks", "cause", server_default=None)
    op.create_check_constraint("ck_clawbacks_cause", "clawbacks", "cause IN ('result', 'fraud')")
    op.drop_constraint("uq_clawbacks_enrolment_id", "clawbacks")
    columns = ["enrolment_id", "cause", "claim_id"]
    op.create_unique_constraint("uq_clawbacks_enrolment_id_cause_claim_id", "clawbacks", columns)
    op.create_index("ix_clawbacks_project_id", "clawbacks", ["project_id"])


def _clawbacks_of_sqlite() -> None:
    """SQLite takes no unique constraint away from a table: both tables are made anew and their rows carried over."""
    op.drop_index("ix_clawbacks_claim_id", "clawbacks")
    op.rename_table("clawback_parts", "clawback_parts_before")
    op.rename_table("clawbacks", "clawbacks_before")
    _make_clawbacks()
    op.execute(ROWS_CARRIED_OVER)
    op.execute("INSERT INTO clawback_parts SELECT * FROM clawback_parts_before")
    op.drop_table("clawback_parts_before")
    op.drop_table("clawbacks_before")
    append_only("clawbacks")
    append_only("clawback_parts")


def _make_clawbacks() -> None:
    project = sa.ForeignKey("projects.project_id", name="fk_clawbacks_project_id")
    op.create_table(
        "clawbacks",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_clawbacks_claim_id"), nullable=False),
        sa.Column("project_id", ID, project, nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("decision_id", ID),
        sa.UniqueConstraint("id", name="uq_clawbacks_id"),
        sa.UniqueConstraint("enrolment_id", "cause", "claim_id", name="uq_clawbacks_enrolment_id_cause_claim_id"),
        sa.CheckConstraint("amount > 0", name="ck_clawbacks_amount"),
        sa.CheckConstraint("cause IN ('result', 'fraud')", name="ck_clawbacks_cause"),
    )
    op.create_index("ix_clawbacks_claim_id", "clawbacks", ["claim_id"])
    op.create_index("ix_clawbacks_project_id", "clawbacks", ["project_id"])
    clawback = sa.ForeignKey("clawbacks.id", name="fk_clawback_parts_clawback_id")
    op.create_table(
        "clawback_parts",
        sa.Column("clawback_id", ID, clawback, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("amount", FEN, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_clawback_parts_amount"),
    )


def _ends_of_clawbacks() -> None:
    op.create_table(
        "offsets",
        sa.Column("clawback_id", ID, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_offsets_claim_id"), nullable=False),
        sa.Column("paying_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.ForeignKeyConstraint(PARTS, [f"clawback_parts.{part}" for part in PARTS], name="fk_offsets_clawback_id"),
        sa.CheckConstraint("amount > 0", name="ck_offsets_amount"),
    )
    op.create_index("ix_offsets_claim_id", "offsets", ["claim_id"])
    clawback = sa.ForeignKey("clawbacks.id", name="fk_withdrawals_clawback_id")
    op.create_table(
        "withdrawals",
        sa.Column("clawback_id", ID, clawback, primary_key=True),
        sa.Column("withdrawn_on", sa.Date, nullable=False),
    )
    append_only("offsets")
    append_only("withdrawals")
