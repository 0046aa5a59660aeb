"""Comparisons before payment, what they found, and what a batch went without."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, kept

revision = "subsidy_0004"
down_revision = "subsidy_0003_books"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
PERSON = sa.String(128)
KINDS = (
    "kind IN ('deceased', 'student', 'insured_elsewhere', 'funded_elsewhere', 'past_retirement_age', "
    "'certified_before', 'certificate_twice', 'enrolled_elsewhere', 'shared_account')"
)
DECIDED = (
    "(state = 'open') = (decided_on IS NULL) AND (decided_on IS NULL) = (decided_by IS NULL) "
    "AND (decided_on IS NULL) = (decision_id IS NULL)"
)
FIXED = (
    "number", "id", "check_id", "claim_id", "project_id", "programme", "document", "district", "kind", "enrolment_id",
    "payee_id", "reference", "source", "as_of", "since", "remark", "trained_from", "trained_to", "found_on", "found_by",
)  # fmt: skip


def upgrade() -> None:
    _checks()
    _hits()
    _held_claims()


def _checks() -> None:
    op.create_table(
        "checks",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        _claim("checks"),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("checked_by", PERSON, nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("consulted", sa.Text, nullable=False),
        sa.Column("hits", sa.Integer, nullable=False),
        sa.UniqueConstraint("id", name="uq_checks_id"),
        sa.CheckConstraint("persons >= 0 AND unread >= 0 AND unread <= persons AND hits >= 0", name="ck_checks_counts"),
    )
    op.create_index("ix_checks_claim_id", "checks", ["claim_id"])
    append_only("checks")


def _hits() -> None:
    op.create_table(
        "hits",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("check_id", ID, sa.ForeignKey("checks.id", name="fk_hits_check_id"), nullable=False),
        _claim("hits"),
        sa.Column("project_id", ID, sa.ForeignKey("projects.project_id", name="fk_hits_project_id"), nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("document", sa.String(160), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("enrolment_id", ID),
        sa.Column("payee_id", ID),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("since", sa.Date),
        sa.Column("remark", sa.String(200)),
        sa.Column("trained_from", sa.Date),
        sa.Column("trained_to", sa.Date),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("found_by", PERSON, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_by", PERSON),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("decision_id", ID),
        sa.UniqueConstraint("id", name="uq_hits_id"),
        sa.CheckConstraint(KINDS, name="ck_hits_kind"),
        sa.CheckConstraint("(kind = 'shared_account') = (payee_id IS NOT NULL)", name="ck_hits_payee"),
        sa.CheckConstraint("(enrolment_id IS NULL) <> (payee_id IS NULL)", name="ck_hits_subject"),
        sa.CheckConstraint("state IN ('open', 'cleared', 'upheld')", name="ck_hits_state"),
        sa.CheckConstraint(DECIDED, name="ck_hits_decided"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> found_by", name="ck_hits_other_person"),
    )
    for column in ("claim_id", "project_id", "check_id"):
        op.create_index(f"ix_hits_{column}", "hits", [column])
    for subject in ("enrolment", "payee"):
        where = sa.text("state <> 'upheld'")
        columns = [f"{subject}_id", "kind", "reference"]
        op.create_index(
            f"uq_hits_of_{subject}", "hits", columns, unique=True, postgresql_where=where, sqlite_where=where
        )
    kept("hits", FIXED, "decided_on")


def _held_claims() -> None:
    op.create_table(
        "held_claims",
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", name="fk_held_claims_batch_id"), primary_key=True),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_held_claims_claim_id"), primary_key=True),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("held_by", PERSON, nullable=False),
        sa.Column("blocks", sa.Text, nullable=False),
        sa.Column("hits", sa.Text, nullable=False),
    )
    append_only("held_claims")


def _claim(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("claims.id", name=f"fk_{table}_claim_id")
    return sa.Column("claim_id", ID, key, nullable=False)
