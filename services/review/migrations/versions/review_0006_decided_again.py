"""A case's decisions keep their day, and a project the provider's district: both come with every review step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "review_0006"
down_revision = "review_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_decisions", sa.Column("decided_on", sa.Date))
    op.add_column("cases", sa.Column("provider_district", sa.String(6)))
    op.create_index("ix_cases_provider_district", "cases", ["provider_district"])
