"""Cases, their history and their people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only

revision = "review_0001"
down_revision = None
branch_labels = ("review",)
depends_on = "kernel_0001"

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)


def upgrade() -> None:
    _cases()
    _projects()
    _steps()
    _decisions()
    _roster_persons()
    for table in ("case_steps", "case_decisions"):
        append_only(table)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("programme", sa.String(64), nullable=False),
        sa.Column("document", sa.String(160), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("station", sa.String(80)),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("provider_id", ID, nullable=False),
        sa.Column("project_id", ID, sa.ForeignKey("cases.case_id", name="fk_cases_project_id"), nullable=False),
        sa.Column("submitted_on", sa.Date, nullable=False),
        sa.Column("approved_on", sa.Date),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("case_id", name="uq_cases_case_id"),
        sa.CheckConstraint("kind IN ('project', 'roster')", name="ck_cases_kind"),
        sa.CheckConstraint(
            "state IN ('awaiting_provider', 'in_review', 'returned', 'approved', 'rejected', 'withdrawn')",
            name="ck_cases_state",
        ),
        sa.CheckConstraint("(state = 'in_review') = (station IS NOT NULL)", name="ck_cases_station_while_in_review"),
        sa.CheckConstraint("(state = 'approved') = (approved_on IS NOT NULL)", name="ck_cases_approved_on_a_day"),
    )
    for column in ("district", "employer_id", "provider_id", "project_id"):
        op.create_index(f"ix_cases_{column}", "cases", [column])


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("case_id", ID, sa.ForeignKey("cases.case_id", name="fk_projects_case_id"), primary_key=True),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("employer_consent", sa.String(20), nullable=False),
        sa.Column("provider_consent", sa.String(20)),
        sa.Column("cooperation_agreement", sa.Boolean, nullable=False),
        sa.Column("provider_kind", sa.String(64)),
        sa.Column("employer_district", sa.String(6)),
        sa.Column("small_or_subsidiary", sa.Boolean),
        sa.Column("occupation_class", sa.String(64)),
        sa.Column("occupation_decision_id", ID),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _steps() -> None:
    op.create_table(
        "case_steps",
        sa.Column("case_id", ID, sa.ForeignKey("cases.case_id", name="fk_case_steps_case_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("station", sa.String(80)),
        sa.Column("move", sa.String(20), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("acted_on", sa.Date, nullable=False),
        sa.Column("acted_at", sa.String(32), nullable=False),
        sa.Column("opinion", sa.Text, nullable=False),
        sa.Column("co_departments", sa.Text, nullable=False),
        sa.Column("accepted", sa.Text, nullable=False),
    )


def _decisions() -> None:
    op.create_table(
        "case_decisions",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("case_id", ID, sa.ForeignKey("cases.case_id", name="fk_case_decisions_case_id"), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("subject_id", ID, nullable=False),
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
    )
    op.create_index("ix_case_decisions_case_id_round_subject_id", "case_decisions", ["case_id", "round", "subject_id"])


def _roster_persons() -> None:
    op.create_table(
        "roster_persons",
        sa.Column("case_id", ID, sa.ForeignKey("cases.case_id", name="fk_roster_persons_case_id"), primary_key=True),
        sa.Column("person_id", ID, primary_key=True),
        sa.Column(
            "project_id", ID, sa.ForeignKey("cases.case_id", name="fk_roster_persons_project_id"), nullable=False
        ),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="ck_roster_persons_state"),
        sa.CheckConstraint("state <> 'refused' OR reason <> ''", name="ck_roster_persons_refused_with_reason"),
    )
    live = sa.text("state IN ('waiting', 'accepted')")
    op.create_index(
        "uq_roster_persons_live",
        "roster_persons",
        ["project_id", "person_id"],
        unique=True,
        postgresql_where=live,
        sqlite_where=live,
    )
