"""An enrolment keeps the decision on eligibility that it rests on (INT-87)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "training_0005"
down_revision = "training_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("eligibility_decision", sa.String(64)))
