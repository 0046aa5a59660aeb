"""A case's decisions keep their day: those of registry are made again on the day of every review step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0006"
down_revision = "review_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_decisions", sa.Column("decided_on", sa.Date))
