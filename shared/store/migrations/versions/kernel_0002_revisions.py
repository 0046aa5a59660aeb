"""Documents are remembered by id and revision; what was known before revisions is each document's first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "kernel_0002"
down_revision = "kernel_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents_by_revision",
        sa.Column("document_id", sa.String(80), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "revision", name="pk_documents"),
    )
    op.execute("INSERT INTO documents_by_revision SELECT document_id, 1, content_hash, seen_at FROM documents")
    op.drop_table("documents")  # its guards go with it
    op.rename_table("documents_by_revision", "documents")
    append_only("documents")
