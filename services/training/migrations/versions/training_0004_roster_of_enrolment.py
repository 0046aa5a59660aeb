"""Which roster admitted whom to which enrolment, once (INT-90); of several of before the last one keeps it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_0004"
down_revision = "training_0003"
branch_labels = None
depends_on = None

FILL = """
UPDATE enrolments SET roster_case = (
    SELECT case_id FROM admissions
    WHERE admissions.project_id = enrolments.project_id AND admissions.person_id = enrolments.person_id)
WHERE NOT EXISTS (
    SELECT 1 FROM enrolments AS later
    WHERE later.project_id = enrolments.project_id AND later.person_id = enrolments.person_id
    AND (later.starts_on > enrolments.starts_on
         OR (later.starts_on = enrolments.starts_on AND later.id > enrolments.id)))
"""


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("roster_case", sa.String(64)))
    op.execute(FILL)
    condition = sa.text("roster_case IS NOT NULL")
    op.create_index(
        "uq_enrolments_once_by_roster",
        "enrolments",
        ["project_id", "person_id", "roster_case"],
        unique=True,
        postgresql_where=condition,
        sqlite_where=condition,
    )
