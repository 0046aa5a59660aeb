"""Subsidy's tables: budgets and their ledger, claims, payments, clawbacks, and what other services told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "subsidy_0001"
down_revision = None
branch_labels = ("subsidy",)
depends_on = "kernel_0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
DISTRICT = sa.String(6)
DOCUMENT = sa.String(160)
PERSON = sa.String(128)
FEN = sa.BigInteger
BUCKET = ["programme", "district", "fund_source", "fiscal_year"]
BUDGET = [f"budgets.{column}" for column in BUCKET]


def upgrade() -> None:
    _told()
    _budgets()
    _claims()
    _lines()
    _payments()
    _clawbacks()
    _postings()
    for table in ("appropriations", "claim_funding", "clawbacks", "clawback_parts", "postings"):
        append_only(table)


def _told() -> None:
    op.create_table(
        "projects",
        sa.Column("project_id", ID, primary_key=True),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("entrusted_employer_id", ID),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
        sa.Column("occupation", CODE, nullable=False),
        sa.Column("occupation_class", CODE, nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("term_years", sa.Integer, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
    )
    op.create_table(
        "project_enrolments",
        sa.Column("enrolment_id", ID, primary_key=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("enrolled_on", sa.Date, nullable=False),
        sa.UniqueConstraint("project_id", "enrolment_id", name="uq_project_enrolments_project_id_enrolment_id"),
    )
    op.create_table(
        "completed_runs",
        sa.Column("project_id", ID, primary_key=True),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("completed_on", sa.Date, nullable=False),
    )


def _budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("programme", CODE, primary_key=True),
        sa.Column("district", DISTRICT, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("appropriated", FEN, nullable=False),
        sa.Column("committed", FEN, nullable=False),
        sa.Column("paid", FEN, nullable=False),
        sa.CheckConstraint("committed >= 0", name="ck_budgets_committed"),
        sa.CheckConstraint("paid >= 0", name="ck_budgets_paid"),
        sa.CheckConstraint("committed + paid <= appropriated", name="ck_budgets_within_appropriation"),
    )
    op.create_table(
        "appropriations",
        sa.Column("id", ID, primary_key=True),
        *_bucket(),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("entered_by", PERSON, nullable=False),
        sa.Column("entered_on", sa.Date, nullable=False),
        sa.ForeignKeyConstraint(BUCKET, BUDGET, name="fk_appropriations_programme"),
        sa.CheckConstraint("amount > 0", name="ck_appropriations_amount"),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("projects.project_id", name="fk_claims_project_id"), nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("applicant", PERSON, nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("approver", PERSON),
        sa.Column("opinion", sa.Text),
        sa.Column("paid_on", sa.Date),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("entitlement", FEN, nullable=False),
        sa.Column("clawback", FEN, nullable=False),
        sa.Column("missing", FEN, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("funding_decision_id", ID),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.UniqueConstraint("id", name="uq_claims_id"),
        sa.UniqueConstraint("id", "kind", "live", name="uq_claims_id_kind_live"),
        sa.CheckConstraint("kind IN ('advance', 'final')", name="ck_claims_kind"),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'rejected', 'approved', 'in_payment', 'paid', 'closed')",
            name="ck_claims_state",
        ),
        sa.CheckConstraint("live = (state NOT IN ('returned', 'rejected'))", name="ck_claims_live"),
        sa.CheckConstraint(
            "amount >= 0 AND entitlement >= 0 AND clawback >= 0 AND missing >= 0", name="ck_claims_amounts"
        ),
        sa.CheckConstraint("approver IS NULL OR approver <> applicant", name="ck_claims_other_person"),
        sa.CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="ck_claims_paid_on"),
    )
    op.create_index("ix_claims_project_id", "claims", ["project_id"])


def _lines() -> None:
    op.create_table(
        "claim_lines",
        sa.Column("id", ID, primary_key=True),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("entitlement", FEN, nullable=False),
        sa.Column("clawback", FEN, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id", "kind", "live"],
            ["claims.id", "claims.kind", "claims.live"],
            name="fk_claim_lines_claim_id",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["project_id", "enrolment_id"],
            ["project_enrolments.project_id", "project_enrolments.enrolment_id"],
            name="fk_claim_lines_project_id",
        ),
        sa.UniqueConstraint("claim_id", "number", name="uq_claim_lines_claim_id_number"),
        sa.UniqueConstraint("decision_id", name="uq_claim_lines_decision_id"),
        sa.CheckConstraint(
            "amount >= 0 AND clawback >= 0 AND (amount = 0 OR clawback = 0)", name="ck_claim_lines_amounts"
        ),
    )
    live = sa.text("live")
    op.create_index(
        "uq_claim_lines_paid_once",
        "claim_lines",
        ["enrolment_id", "kind"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )
    op.create_table(
        "claim_funding",
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_claim_funding_claim_id"), primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.UniqueConstraint(
            "claim_id",
            "fund_source",
            "fiscal_year",
            "amount",
            name="uq_claim_funding_claim_id_fund_source_fiscal_year_amount",
        ),
        sa.CheckConstraint("amount > 0", name="ck_claim_funding_amount"),
    )


def _payments() -> None:
    states = "state IN ('prepared', 'instructed', 'paid')"
    op.create_table(
        "batches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("maker", PERSON, nullable=False),
        sa.Column("prepared_on", sa.Date, nullable=False),
        sa.Column("checker", PERSON),
        sa.Column("instructed_on", sa.Date),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.CheckConstraint(states, name="ck_batches_state"),
        sa.CheckConstraint("checker IS NULL OR checker <> maker", name="ck_batches_other_person"),
        sa.CheckConstraint("(state = 'prepared') = (checker IS NULL)", name="ck_batches_checked"),
    )
    reserved = ("claim_id", "fund_source", "fiscal_year", "amount")
    op.create_table(
        "payments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", name="fk_payments_batch_id"), nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("paid_on", sa.Date),
        sa.Column("bank_reference", sa.String(64)),
        sa.ForeignKeyConstraint(
            reserved, [f"claim_funding.{column}" for column in reserved], name="fk_payments_claim_id"
        ),
        sa.UniqueConstraint("claim_id", "fund_source", name="uq_payments_claim_id_fund_source"),
        sa.CheckConstraint(states, name="ck_payments_state"),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND bank_reference IS NOT NULL)", name="ck_payments_paid"
        ),
    )
    op.create_index("ix_payments_batch_id", "payments", ["batch_id"])


def _clawbacks() -> None:
    op.create_table(
        "clawbacks",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_clawbacks_claim_id"), nullable=False),
        sa.Column(
            "project_id", ID, sa.ForeignKey("projects.project_id", name="fk_clawbacks_project_id"), nullable=False
        ),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("decision_id", ID),
        sa.UniqueConstraint("id", name="uq_clawbacks_id"),
        sa.UniqueConstraint("enrolment_id", name="uq_clawbacks_enrolment_id"),
        sa.CheckConstraint("amount > 0", name="ck_clawbacks_amount"),
    )
    op.create_index("ix_clawbacks_claim_id", "clawbacks", ["claim_id"])
    op.create_table(
        "clawback_parts",
        sa.Column(
            "clawback_id", ID, sa.ForeignKey("clawbacks.id", name="fk_clawback_parts_clawback_id"), primary_key=True
        ),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("amount", FEN, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_clawback_parts_amount"),
    )


def _postings() -> None:
    op.create_table(
        "postings",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("posted_on", sa.Date, nullable=False),
        sa.Column("posted_by", PERSON, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("debit", sa.String(20), nullable=False),
        sa.Column("credit", sa.String(20), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        *_bucket(),
        sa.Column("project_id", ID, sa.ForeignKey("projects.project_id", name="fk_postings_project_id")),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_postings_claim_id")),
        sa.Column("fact_id", ID, nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(BUCKET, BUDGET, name="fk_postings_programme"),
        sa.UniqueConstraint(
            "kind", "fact_id", "fund_source", "fiscal_year", name="uq_postings_kind_fact_id_fund_source_fiscal_year"
        ),
        sa.CheckConstraint("amount > 0", name="ck_postings_amount"),
        sa.CheckConstraint(
            "(kind = 'appropriation' AND debit = 'available' AND credit = 'appropriations') OR "
            "(kind = 'commitment' AND debit = 'committed' AND credit = 'available') OR "
            "(kind = 'payment' AND debit = 'paid' AND credit = 'committed') OR "
            "(kind = 'clawback' AND debit = 'receivable' AND credit = 'recoveries')",
            name="ck_postings_accounts",
        ),
    )
    op.create_index("ix_postings_project_id", "postings", ["project_id"])


def _bucket() -> tuple[sa.Column[str], sa.Column[str], sa.Column[str], sa.Column[int]]:
    """The four columns that say which budget row bears an amount."""
    return (
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
    )
