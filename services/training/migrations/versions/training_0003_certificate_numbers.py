"""A certificate's number is looked up in every programme at once (X-1)."""

from __future__ import annotations

from alembic import op

revision = "training_0003"
down_revision = "training_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_certificates_number_key", "certificates", ["number_key"])
