"""Public notices: what is published of a case, for which days, and which objections name it. A sixth kind of matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, kept, reworded

revision = "review_0004"
down_revision = "review_0003"
branch_labels = None
depends_on = None

ID = sa.String(64)
FIXED = ("notice_id", "case_id", "title", "published_at", "from_on", "to_on", "working_days")
KINDS = "kind IN ('objection', 'audit_finding', 'suspension', 'fraud_inquiry'{})"
STATES = (
    "(kind = 'objection' AND state IN ('open', 'upheld', 'dismissed')) OR "
    "(kind = 'audit' AND state IN ('passed', 'failed', 'settled')) OR "
    "(kind = 'evaluation' AND state IN ('passed', 'failed')) OR "
    "(kind = 'inspection' AND state IN ('told', 'acknowledged')) OR "
    "(kind = 'summons' AND state IN "
    "('summoned', 'mending', 'refused', 'reported', 'suspended', 'remedied', 'closed')) OR "
    "(kind = 'fraud_inquiry' AND state IN ('open', 'confirmed', 'cleared'))"
)
OF_NOTICES = " OR (kind = 'public_notice' AND state IN ('open', 'closed', 'withdrawn'))"


def upgrade() -> None:
    reworded("blocks", "ck_blocks_kind", KINDS.format(""), KINDS.format(", 'public_notice'"))
    reworded("oversight_matters", "ck_oversight_matters_state_of_its_kind", STATES, STATES + OF_NOTICES)
    _notices()
    _objections()
    kept("notices", FIXED, ended="ended_on")
    append_only("notice_objections")


def _notices() -> None:
    of_matter = sa.ForeignKey("oversight_matters.matter_id", name="fk_notices_notice_id")
    op.create_table(
        "notices",
        sa.Column("notice_id", ID, of_matter, primary_key=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.case_id", name="fk_notices_case_id"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("published_at", sa.String(200), nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.Column("to_on", sa.Date, nullable=False),
        sa.Column("working_days", sa.Integer, nullable=False),
        sa.Column("objections", sa.Integer, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.CheckConstraint("working_days > 0 AND from_on < to_on", name="ck_notices_days"),
        sa.CheckConstraint("objections >= 0", name="ck_notices_objections"),
    )
    is_open = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_notices_open", "notices", ["case_id"], unique=True, postgresql_where=is_open, sqlite_where=is_open
    )


def _objections() -> None:
    of_matter = sa.ForeignKey("oversight_matters.matter_id", name="fk_notice_objections_objection_id")
    of_notice = sa.ForeignKey("notices.notice_id", name="fk_notice_objections_notice_id")
    op.create_table(
        "notice_objections",
        sa.Column("objection_id", ID, of_matter, primary_key=True),
        sa.Column("notice_id", ID, of_notice, nullable=False),
    )
    op.create_index("ix_notice_objections_notice_id", "notice_objections", ["notice_id"])
