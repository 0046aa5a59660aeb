"""What happens while people learn: changes of circumstances, mentors who leave, wages, pictures, blocks, fraud."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "training_0002"
down_revision = "training_0001"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
SHORT = sa.String(20)
FILE = sa.String(71)
SUBJECT = sa.String(128)
PAIR = ["project_id", "person_id", "workplace_mentor_id", "instructor_id"]
STATES = "state IN ('in_training', 'passed', 'failed', 'left')"
WITH_ANNULLED = "state IN ('in_training', 'passed', 'failed', 'left', 'annulled')"
APPEND_ONLY = (
    "fraud_findings",
    "annulments",
    "circumstances",
    "mentor_releases",
    "wages",
    "media",
    "incentives",
    "acts",
)


def upgrade() -> None:
    _allow_annulled()
    _let_mentors_come_back()
    _recognise_from()
    _oversight()
    _circumstances()
    _conduct()
    for table in APPEND_ONLY:
        append_only(table)


def _allow_annulled() -> None:
    """SQLite can't alter a CHECK, and making `enrolments` anew would orphan what refers to it: its text is replaced.

    https://www.sqlite.org/lang_altertable.html, section 7, names this way for changes that touch no stored row.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("ck_enrolments_state", "enrolments", type_="check")
        op.create_check_constraint("ck_enrolments_state", "enrolments", WITH_ANNULLED)
        return
    version = op.get_bind().scalar(sa.text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        sa.text("UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE name = 'enrolments'").bindparams(
            old=STATES, new=WITH_ANNULLED
        )
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _let_mentors_come_back() -> None:
    """A pair that was released may be assigned again, from a later day."""
    with op.batch_alter_table("mentor_assignments") as table:
        table.drop_constraint("uq_mentor_assignments_pair", type_="unique")
        table.create_unique_constraint("uq_mentor_assignments_pair", [*PAIR, "assigned_on"])
    if op.get_bind().dialect.name == "sqlite":  # made anew there, so its guards are gone
        append_only("mentor_assignments")
    op.create_table(
        "mentor_releases",
        sa.Column("assignment_id", ID, sa.ForeignKey("mentor_assignments.id", name="fk_mentor_releases_assignment_id")),
        sa.Column("part", SHORT),
        sa.Column("from_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("assignment_id", "part"),
        sa.CheckConstraint("part IN ('workplace', 'classroom')", name="ck_mentor_releases_part"),
    )


def _recognise_from() -> None:
    with op.batch_alter_table("extra_credits") as table:
        table.add_column(sa.Column("from_enrolment_id", ID))
        table.create_foreign_key("fk_extra_credits_from_enrolment_id", "enrolments", ["from_enrolment_id"], ["id"])
        table.create_unique_constraint("uq_extra_credits_from_enrolment_id", ["from_enrolment_id"])


def _oversight() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", ID, primary_key=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("opened_on", sa.Date),
        sa.Column("lifted_on", sa.Date),
        sa.CheckConstraint("opened_on IS NOT NULL OR lifted_on IS NOT NULL", name="ck_blocks_told"),
    )
    op.create_index("ix_blocks_project_id", "blocks", ["project_id"])
    op.create_table(
        "fraud_findings",
        sa.Column("inquiry_id", ID, primary_key=True),
        sa.Column("person_id", ID, primary_key=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("confirmed_on", sa.Date, nullable=False),
    )
    op.create_index("ix_fraud_findings_project_id", "fraud_findings", ["project_id", "person_id"])
    op.create_table(
        "annulments",
        _enrolment("annulments", primary_key=True),
        sa.Column("inquiry_id", ID, nullable=False),
        sa.Column("confirmed_on", sa.Date, nullable=False),
        sa.Column("state_before", SHORT, nullable=False),
    )


def _circumstances() -> None:
    op.create_table(
        "circumstances",
        *_numbered("circumstances"),
        _enrolment("circumstances"),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("reason", SHORT),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("recorded_by", SUBJECT, nullable=False),
        sa.CheckConstraint("kind IN ('break', 'return', 'withdrawal')", name="ck_circumstances_kind"),
        sa.CheckConstraint("(kind = 'break') = (until IS NOT NULL)", name="ck_circumstances_until"),
    )
    op.create_index("ix_circumstances_enrolment_id", "circumstances", ["enrolment_id"])
    op.create_table(
        "breaks",
        _enrolment("breaks", primary_key=True),
        sa.Column("starts_on", sa.Date, primary_key=True),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.CheckConstraint("starts_on < until", name="ck_breaks_until"),
        sa.CheckConstraint("ended_on IS NULL OR starts_on <= ended_on", name="ck_breaks_period"),
    )
    still_open = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_breaks_open",
        "breaks",
        ["enrolment_id"],
        unique=True,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )


def _conduct() -> None:
    op.create_table(
        "wages",
        *_numbered("wages"),
        _enrolment("wages"),
        sa.Column("month_on", sa.Date, nullable=False),
        sa.Column("wage", sa.BigInteger, nullable=False),
        sa.Column("minimum", sa.BigInteger),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.CheckConstraint("wage >= 0", name="ck_wages_wage"),
    )
    op.create_index("ix_wages_enrolment_id", "wages", ["enrolment_id", "month_on", "number"])
    op.create_table(
        "media",
        sa.Column("id", ID, primary_key=True),
        _project("media"),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("taken_on", sa.Date, nullable=False),
        sa.Column("file", FILE, nullable=False),
        sa.Column("caption", sa.String(200), nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.UniqueConstraint("project_id", "file", name="uq_media_project_id_file"),
    )
    op.create_table(
        "incentives",
        sa.Column("id", ID, primary_key=True),
        _project("incentives"),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name="ck_incentives_amount"),
    )
    op.create_index("ix_incentives_project_id", "incentives", ["project_id"])
    op.create_table(
        "deadlines",
        sa.Column("id", ID, primary_key=True),
        _project("deadlines"),
        sa.Column("name", CODE, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("outcome", SHORT),
        sa.UniqueConstraint("project_id", "name", name="uq_deadlines_project_id_name"),
        sa.CheckConstraint("outcome IN ('met', 'dropped')", name="ck_deadlines_outcome"),
    )
    op.create_table(
        "acts",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("of_id", ID, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("person", SUBJECT, nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("acted_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_acts_project_id", "acts", ["project_id", "number"])


def _numbered(table: str) -> tuple[sa.Column[Any] | sa.UniqueConstraint, ...]:
    return (
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    )


def _enrolment(table: str, *, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("enrolments.id", name=f"fk_{table}_enrolment_id")
    return sa.Column("enrolment_id", ID, key, nullable=False, primary_key=primary_key)


def _project(table: str) -> sa.Column[str]:
    return sa.Column("project_id", ID, sa.ForeignKey("projects.id", name=f"fk_{table}_project_id"), nullable=False)
