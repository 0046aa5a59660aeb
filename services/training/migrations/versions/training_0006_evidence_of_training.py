"""Why somebody has so many hours in a day; each party's half of the joint assessment; departures from the plan; who a
teacher is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "training_0006"
down_revision = "training_0005"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)


def upgrade() -> None:
    op.add_column("credit_hours", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "assessment_halves",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column(
            "enrolment_id",
            ID,
            sa.ForeignKey("enrolments.id", name="fk_assessment_halves_enrolment_id_enrolments"),
            nullable=False,
        ),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("assessed_on", sa.Date, nullable=False),
        sa.Column("pass_certificate", sa.String(64)),
        sa.Column("recorded_by", sa.String(128), nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.CheckConstraint("side IN ('employer', 'training_provider')", name="ck_assessment_halves_side"),
    )
    op.create_index("ix_assessment_halves_enrolment_id", "assessment_halves", ["enrolment_id", "side", "number"])
    append_only("assessment_halves")
    op.create_table(
        "plan_departures",
        sa.Column(
            "enrolment_id",
            ID,
            sa.ForeignKey("enrolments.id", name="fk_plan_departures_enrolment_id_enrolments"),
            primary_key=True,
        ),
        sa.Column("compared", sa.Text, nullable=False),
        sa.Column("found_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("taken_up_by", sa.String(128)),
        sa.Column("taken_up_on", sa.Date),
        sa.CheckConstraint("(taken_up_by IS NULL) = (reason IS NULL)", name="ck_plan_departures_reasoned"),
        sa.CheckConstraint("(taken_up_by IS NULL) = (taken_up_on IS NULL)", name="ck_plan_departures_dated"),
    )
    op.add_column("mentor_assignments", sa.Column("mentor_person_id", ID))
    op.add_column("mentor_assignments", sa.Column("instructor_person_id", ID))
    op.create_index("ix_mentor_assignments_mentor_person_id", "mentor_assignments", ["mentor_person_id"])
    op.create_index("ix_mentor_assignments_instructor_person_id", "mentor_assignments", ["instructor_person_id"])
