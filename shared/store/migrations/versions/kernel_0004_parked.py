"""What is parked is counted without reading all that was ever heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "kernel_0004"
down_revision = "kernel_0003"
branch_labels = None
depends_on = None

PARKED = sa.text("parked_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_inbox_parked", "inbox", ["number"], postgresql_where=PARKED, sqlite_where=PARKED)
