"""Tables of review: what was applied for, where it stands, and what everybody said about it.

cases            one application or roster: where it stands, whose it is, which document governs it
projects         what an employer applied for, and what is known of the two parties; one row for a project's case
case_steps       the history: who did what, when, with which words; only ever added to
case_decisions   every decision about a case and its people, ours and other services', by reference; only added to
roster_persons   who signed up, and what became of each
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.review.models.base import ReviewTable
from shared.contracts.review.cases import CaseKind, CaseState, Consent
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, InstantColumn, JsonColumn, new_id

_LIVE = text("state IN ('waiting', 'accepted')")
EVER_ACCEPTED = ("accepted", "released")
"""States of somebody whom the last station accepted, whatever became of the enrolment since."""


class Case(ReviewTable):
    """`project_id`: its own id for a project, the project's for a roster. `round`: 1, one more each resubmission.
    `provider_district`: of a project, the provider's own, as registry said it with its last decisions (INT-22)."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("kind IN ('project', 'roster')", name="kind"),
        CheckConstraint(
            "state IN ('awaiting_provider', 'in_review', 'returned', 'approved', 'rejected', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'in_review') = (station IS NOT NULL)", name="station_while_in_review"),
        CheckConstraint("(state = 'approved') = (approved_on IS NOT NULL)", name="approved_on_a_day"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    kind: Mapped[CaseKind] = mapped_column(String(20))
    programme: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(String(160))
    state: Mapped[CaseState] = mapped_column(String(20))
    station: Mapped[str | None] = mapped_column(String(80))
    district: Mapped[str] = mapped_column(String(6), index=True)
    employer_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_district: Mapped[str | None] = mapped_column(String(6), index=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), index=True)
    submitted_on: Mapped[date] = mapped_column(Date)
    approved_on: Mapped[date | None] = mapped_column(Date)
    round: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


class Project(ReviewTable):
    """`plan`: the contract's ProjectPlan, of which `occupation`, `level` and `places` (its head count) are repeated to
    be searched and counted; `signed_up`: how many stand on live rosters. Null is not known yet: no provider has
    joined, or nobody approved.
    """

    __tablename__ = "projects"
    __table_args__ = (
        CheckConstraint("signed_up >= 0 AND signed_up <= places", name="places"),
        Index("ix_projects_occupation_level", "occupation", "level"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    plan: Mapped[Any] = mapped_column(JsonColumn)
    occupation: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(64))
    places: Mapped[int] = mapped_column(Integer)
    signed_up: Mapped[int] = mapped_column(Integer, default=0)
    employer_consent: Mapped[Consent] = mapped_column(String(20))
    provider_consent: Mapped[Consent | None] = mapped_column(String(20))
    cooperation_agreement: Mapped[bool] = mapped_column(Boolean)
    provider_kind: Mapped[str | None] = mapped_column(String(64))
    employer_district: Mapped[str | None] = mapped_column(String(6))
    small_or_subsidiary: Mapped[bool | None] = mapped_column(Boolean)
    occupation_class: Mapped[str | None] = mapped_column(String(64))
    occupation_decision_id: Mapped[str | None] = mapped_column(IdColumn)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Step(ReviewTable):
    """One line of a case's history. `station`: null for what the parties do; `accepted`: rule → reason."""

    __tablename__ = "case_steps"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    round: Mapped[int] = mapped_column(Integer)
    station: Mapped[str | None] = mapped_column(String(80))
    move: Mapped[str] = mapped_column(String(20))
    person: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(40))
    acted_on: Mapped[date] = mapped_column(Date)
    acted_at: Mapped[datetime] = mapped_column(InstantColumn)
    opinion: Mapped[str] = mapped_column(Text)
    co_departments: Mapped[Any] = mapped_column(JsonColumn)
    accepted: Mapped[Any] = mapped_column(JsonColumn)


class CaseDecision(ReviewTable):
    """A decision as the case holds it: the newest of a name and subject in the present round counts. `decided_on`: null
    from before it was kept."""

    __tablename__ = "case_decisions"
    __table_args__ = (Index("ix_case_decisions_case_id_round_subject_id", "case_id", "round", "subject_id"),)

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"))
    round: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[str] = mapped_column(IdColumn)
    decision_id: Mapped[str] = mapped_column(IdColumn)
    verdict: Mapped[str] = mapped_column(String(20))
    findings: Mapped[Any] = mapped_column(JsonColumn)
    decided_on: Mapped[date | None] = mapped_column(Date)


class RosterPerson(ReviewTable):
    """A person of a roster. Waiting or accepted, a person stands on one roster of a project only.

    `released`: was accepted, and the enrolment has ended: may stand on another roster (INT-90).
    """

    __tablename__ = "roster_persons"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'released')", name="state"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="refused_with_reason"),
        Index(
            "uq_roster_persons_live",
            "project_id",
            "person_id",
            unique=True,
            postgresql_where=_LIVE,
            sqlite_where=_LIVE,
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("cases.case_id"))
    row: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
