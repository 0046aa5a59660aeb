"""Who failed or left, as training tells it; and demands that open then (INT-88)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import reworded

revision = "subsidy_0009"
down_revision = "subsidy_0008"
branch_labels = None
depends_on = None

CAUSES = "cause IN ('result', {}'fraud', 'check')"


def upgrade() -> None:
    op.create_table(
        "ended_enrolments",
        sa.Column("enrolment_id", sa.String(64), primary_key=True),
        sa.Column("project_id", sa.String(64), nullable=False, index=True),
        sa.Column("enrolled_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(8), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("appraisable", sa.Boolean(), nullable=False),
        sa.Column("months_trained", sa.Integer(), nullable=False),
        sa.Column("leaving_reason", sa.String(16), nullable=False),
        sa.Column("earns", sa.BigInteger()),
        sa.Column("decision_id", sa.String(64)),
        sa.CheckConstraint("result IN ('failed', 'left')", name="ck_ended_enrolments_result"),
        sa.CheckConstraint("(earns IS NULL) = (decision_id IS NULL)", name="ck_ended_enrolments_decided"),
        sa.CheckConstraint("earns >= 0", name="ck_ended_enrolments_earns"),
    )
    for table in ("demands", "clawbacks"):
        reworded(table, f"ck_{table}_cause", CAUSES.format(""), CAUSES.format("'outcome', "))
