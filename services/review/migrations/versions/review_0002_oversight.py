"""Oversight: blocks, matters, acts, and whom an inquiry is about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, kept

revision = "review_0002"
down_revision = "review_0001"
branch_labels = None
depends_on = None

ID = sa.String(64)
STATES = {
    "objection": ("open", "upheld", "dismissed"),
    "audit": ("passed", "failed", "settled"),
    "evaluation": ("passed", "failed"),
    "inspection": ("told", "acknowledged"),
    "summons": ("summoned", "mending", "refused", "reported", "suspended", "remedied", "closed"),
    "fraud_inquiry": ("open", "confirmed", "cleared"),
}


def upgrade() -> None:
    _blocks()
    _matters()
    _acts()
    _inquiry_persons()
    kept("blocks", ("block_id", "project_id", "kind", "opened_on", "opened_by"), ended="lifted_on")
    for table in ("oversight_acts", "inquiry_persons"):
        append_only(table)


def _blocks() -> None:
    op.create_table(
        "blocks",
        sa.Column("block_id", ID, primary_key=True),
        sa.Column("project_id", ID, sa.ForeignKey("cases.case_id", name="fk_blocks_project_id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("opened_by", sa.String(128), nullable=False),
        sa.Column("lifted_on", sa.Date),
        sa.Column("lifted_by", sa.String(128)),
        sa.CheckConstraint(
            "kind IN ('objection', 'audit_finding', 'suspension', 'fraud_inquiry')", name="ck_blocks_kind"
        ),
        sa.CheckConstraint("(lifted_on IS NULL) = (lifted_by IS NULL)", name="ck_blocks_lifted_by_somebody"),
    )
    op.create_index("ix_blocks_project_id", "blocks", ["project_id"])


def _matters() -> None:
    listed = {kind: ", ".join(f"'{state}'" for state in states) for kind, states in STATES.items()}
    of_its_kind = " OR ".join(f"(kind = '{kind}' AND state IN ({states}))" for kind, states in listed.items())
    op.create_table(
        "oversight_matters",
        sa.Column("matter_id", ID, primary_key=True),
        sa.Column(
            "project_id", ID, sa.ForeignKey("cases.case_id", name="fk_oversight_matters_project_id"), nullable=False
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("opened_at", sa.String(32), nullable=False),
        sa.Column("opened_by", sa.String(128), nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("moved_on", sa.Date, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("block_id", ID, sa.ForeignKey("blocks.block_id", name="fk_oversight_matters_block_id")),
        sa.Column("decision_id", ID),
        sa.Column("acts", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("block_id", name="uq_oversight_matters_block_id"),
        sa.CheckConstraint(of_its_kind, name="ck_oversight_matters_state_of_its_kind"),
    )
    op.create_index("ix_oversight_matters_project_id", "oversight_matters", ["project_id"])
    open_summons = sa.text("kind = 'summons' AND state <> 'closed'")
    op.create_index(
        "uq_oversight_matters_open_summons",
        "oversight_matters",
        ["project_id"],
        unique=True,
        postgresql_where=open_summons,
        sqlite_where=open_summons,
    )


def _acts() -> None:
    op.create_table(
        "oversight_acts",
        sa.Column(
            "matter_id",
            ID,
            sa.ForeignKey("oversight_matters.matter_id", name="fk_oversight_acts_matter_id"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column(
            "project_id", ID, sa.ForeignKey("cases.case_id", name="fk_oversight_acts_project_id"), nullable=False
        ),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("acted_at", sa.String(32), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_index("ix_oversight_acts_project_id", "oversight_acts", ["project_id"])


def _inquiry_persons() -> None:
    op.create_table(
        "inquiry_persons",
        sa.Column(
            "matter_id",
            ID,
            sa.ForeignKey("oversight_matters.matter_id", name="fk_inquiry_persons_matter_id"),
            primary_key=True,
        ),
        sa.Column("person_id", ID, primary_key=True),
        sa.Column("row", sa.Integer, nullable=False),
    )
