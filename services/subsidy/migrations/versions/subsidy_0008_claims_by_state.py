"""Claims of a programme and district in a state are found without reading all that were settled before."""

from __future__ import annotations

from alembic import op

revision = "subsidy_0008"
down_revision = "subsidy_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_claims_state", "claims", ["programme", "district", "state"])
