"""Training's tables, and the guards of X-1 in both dialects."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "training_0001"
down_revision = None
branch_labels = ("training",)
depends_on = "kernel_0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
SHORT = sa.String(20)
FILE = sa.String(71)
SUBJECT = sa.String(128)

LIVE = "state IN ('in_training', 'passed')"
OVERLAP = "ex_enrolments_funded_overlap"


def upgrade() -> None:
    _read_models()
    _agreements()
    _mentors()
    _enrolments()
    _forbid_overlaps()
    _progress()
    for table in (
        "training_agreements",
        "agreement_people",
        "cooperation_agreements",
        "textbook_filings",
        "mentor_assignments",
        "credit_hours",
        "assessments",
        "certificates",
    ):
        append_only(table)


def _read_models() -> None:
    op.create_table(
        "projects",
        sa.Column("id", ID, primary_key=True),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("document", sa.String(160), nullable=False),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("provider_id", ID, nullable=False),
        sa.Column("provider_kind", CODE, nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
        sa.Column("occupation", CODE, nullable=False),
        sa.Column("occupation_class", CODE, nullable=False),
        sa.Column("level", CODE, nullable=False),
        sa.Column("term_years", sa.Integer, nullable=False),
        sa.Column("plan_filed", sa.Text, nullable=False),
        sa.Column("state", SHORT, nullable=False),
        sa.CheckConstraint("state IN ('approved', 'running', 'completed')", name="ck_projects_state"),
    )
    for column in ("district", "employer_id", "provider_id"):
        op.create_index(f"ix_projects_{column}", "projects", [column])
    op.create_table(
        "admissions",
        sa.Column("project_id", ID, primary_key=True),
        sa.Column("person_id", ID, primary_key=True),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("approved_on", sa.Date, nullable=False),
    )


def _agreements() -> None:
    op.create_table(
        "training_agreements",
        *_filed("training_agreements"),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("scan", FILE),
    )
    op.create_table(
        "agreement_people",
        sa.Column("agreement_id", ID, sa.ForeignKey("training_agreements.id", name="fk_agreement_people_agreement_id")),
        sa.Column("person_id", ID),
        sa.PrimaryKeyConstraint("agreement_id", "person_id"),
    )
    op.create_table(
        "cooperation_agreements",
        *_filed("cooperation_agreements"),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("signed_on", sa.Date, nullable=False),
        sa.Column("fee", sa.BigInteger, nullable=False),
        sa.Column("scan", FILE),
    )
    op.create_table(
        "textbook_filings",
        *_filed("textbook_filings"),
        sa.Column("titles", sa.Text, nullable=False),
        sa.Column("filed_on", sa.Date, nullable=False),
    )
    for table in ("training_agreements", "cooperation_agreements", "textbook_filings"):
        op.create_index(f"ix_{table}_project_id", table, ["project_id"])


def _filed(table: str) -> tuple[sa.Column[Any] | sa.UniqueConstraint, ...]:
    """What every paper filed for a project begins with."""
    return (
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("projects.id", name=f"fk_{table}_project_id"), nullable=False),
        sa.UniqueConstraint("id", name=f"uq_{table}_id"),
    )


def _mentors() -> None:
    op.create_table(
        "mentor_assignments",
        sa.Column("id", ID, primary_key=True),
        sa.Column(
            "project_id", ID, sa.ForeignKey("projects.id", name="fk_mentor_assignments_project_id"), nullable=False
        ),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("workplace_mentor_id", ID, nullable=False),
        sa.Column("instructor_id", ID, nullable=False),
        sa.Column("mentor_decision", ID, nullable=False),
        sa.Column("instructor_decision", ID, nullable=False),
        sa.Column("assigned_on", sa.Date, nullable=False),
        sa.UniqueConstraint(
            "project_id",
            "person_id",
            "workplace_mentor_id",
            "instructor_id",
            name="uq_mentor_assignments_pair",
        ),
    )


def _enrolments() -> None:
    op.create_table(
        "course_runs",
        sa.Column("id", ID, primary_key=True),
        sa.Column("project_id", ID, sa.ForeignKey("projects.id", name="fk_course_runs_project_id"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.UniqueConstraint("id", "project_id", name="uq_course_runs_id_project_id"),
        sa.UniqueConstraint("project_id", name="uq_course_runs_project_id"),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("exclusion_group", CODE, nullable=False),
        sa.Column("funded", sa.Boolean, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("state", SHORT, nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id", "project_id"], ["course_runs.id", "course_runs.project_id"], name="fk_enrolments_run_id"
        ),
        sa.CheckConstraint("starts_on < ends_on", name="ck_enrolments_period"),
        sa.CheckConstraint("state IN ('in_training', 'passed', 'failed', 'left')", name="ck_enrolments_state"),
    )
    live = sa.text(LIVE)
    op.create_index(
        "uq_enrolments_live_in_run",
        "enrolments",
        ["run_id", "person_id"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )
    op.create_index("ix_enrolments_person_id", "enrolments", ["person_id"])
    op.create_index("ix_enrolments_project_id", "enrolments", ["project_id", "id"])


def _forbid_overlaps() -> None:
    """X-1(b): no two live funded enrolments of a person overlap within an exclusion group."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            f"ALTER TABLE enrolments ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist "
            "(person_id WITH =, exclusion_group WITH =, daterange(starts_on, ends_on) WITH &&) "
            f"WHERE (funded AND {LIVE})"
        )
        return
    for action in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER {OVERLAP}_{action.lower()} BEFORE {action} ON enrolments "  # noqa: S608 - own constants
            f"WHEN NEW.funded AND NEW.{LIVE} AND EXISTS (SELECT 1 FROM enrolments AS other "
            "WHERE other.id <> NEW.id AND other.person_id = NEW.person_id "
            f"AND other.exclusion_group = NEW.exclusion_group AND other.funded AND other.{LIVE} "
            "AND other.starts_on < NEW.ends_on AND NEW.starts_on < other.ends_on) "
            f"BEGIN SELECT RAISE(ABORT, '{OVERLAP}'); END"
        )


def _progress() -> None:
    op.create_table(
        "credit_hours",
        sa.Column("id", ID, primary_key=True),
        _enrolment("credit_hours"),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("part", SHORT, nullable=False),
        sa.Column("content", SHORT, nullable=False),
        sa.Column("mode", SHORT, nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("class_hours", sa.Integer, nullable=False),
        sa.Column("media", FILE),
        sa.CheckConstraint("class_hours > 0", name="ck_credit_hours_class_hours"),
        sa.UniqueConstraint(
            "enrolment_id", "held_on", "part", "content", "mode", "topic", name="uq_credit_hours_enrolment_id_session"
        ),
    )
    op.create_table(
        "extra_credits",
        sa.Column("id", ID, primary_key=True),
        _enrolment("extra_credits"),
        sa.Column("kind", SHORT, nullable=False),
        sa.Column("credits", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("proposed_by", SUBJECT, nullable=False),
        sa.Column("proposed_on", sa.Date, nullable=False),
        sa.Column("approved_by", SUBJECT),
        sa.Column("approved_on", sa.Date),
        sa.CheckConstraint("credits > 0", name="ck_extra_credits_credits"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="ck_extra_credits_two_persons"),
    )
    op.create_index("ix_extra_credits_enrolment_id", "extra_credits", ["enrolment_id"])
    op.create_table(
        "assessments",
        _enrolment("assessments", primary_key=True),
        sa.Column("result", SHORT, nullable=False),
        sa.Column("assessed_on", sa.Date, nullable=False),
        sa.Column("pass_certificate", CODE),
        sa.Column("leaving_reason", SHORT, nullable=False),
        sa.Column("appraisable", sa.Boolean, nullable=False),
        sa.Column("occupation_decision", ID),
    )
    op.create_table(
        "certificates",
        sa.Column("id", ID, primary_key=True),
        _enrolment("certificates"),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("number", CODE, nullable=False),
        sa.Column("number_key", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("occupation", CODE, nullable=False),
        sa.Column("level", CODE),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("self_issued", sa.Boolean, nullable=False),
        sa.Column("issuer_registered", sa.Boolean, nullable=False),
        sa.UniqueConstraint("programme", "number_key", name="uq_certificates_programme_number_key"),
    )
    op.create_index("ix_certificates_enrolment_id", "certificates", ["enrolment_id"])


def _enrolment(table: str, *, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey("enrolments.id", name=f"fk_{table}_enrolment_id")
    return sa.Column("enrolment_id", ID, key, nullable=False, primary_key=primary_key)
