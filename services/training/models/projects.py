"""Projects as review told them, who was admitted, and what was signed and filed for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.training.models.base import TrainingTable
from shared.contracts.review.cases import ProjectPlan
from shared.contracts.schema import codec
from shared.money import Money
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, JsonColumn, MoneyColumn


class Project(TrainingTable):
    """A read model of review.PROJECT_APPROVED. `state` changes by conditional update only, one step at a time."""

    __tablename__ = "projects"
    __table_args__ = (CheckConstraint("state IN ('approved', 'running', 'completed')", name="state"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    programme: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(String(160))
    district: Mapped[str] = mapped_column(String(6), index=True)
    employer_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_id: Mapped[str] = mapped_column(IdColumn, index=True)
    provider_kind: Mapped[str] = mapped_column(String(64))
    submitted_on: Mapped[date] = mapped_column(Date)
    approved_on: Mapped[date] = mapped_column(Date)
    occupation: Mapped[str] = mapped_column(String(64))
    occupation_class: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(64))
    term_years: Mapped[int] = mapped_column(Integer)
    plan_filed: Mapped[Any] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(20), default="approved")

    @property
    def plan(self) -> ProjectPlan:
        """The training plan, as it was approved."""
        return codec.read_tolerant(ProjectPlan, self.plan_filed)

    @property
    def parties(self) -> tuple[str, str]:
        """The ids of its employer and of its provider."""
        return (self.employer_id, self.provider_id)


class Admission(TrainingTable):
    """A person whom the district accepted for a project. It may be heard before the project itself."""

    __tablename__ = "admissions"

    project_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    case_id: Mapped[str] = mapped_column(IdColumn)
    approved_on: Mapped[date] = mapped_column(Date)


class TrainingAgreementRow(Numbered, TrainingTable):
    """An agreement with apprentices (APP-10); a later one replaces an earlier one for the people whom it names."""

    __tablename__ = "training_agreements"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    items: Mapped[Any] = mapped_column(JsonColumn)
    signed_on: Mapped[date] = mapped_column(Date)
    scan: Mapped[str | None] = mapped_column(String(71))


class AgreementPerson(TrainingTable):
    """Whom an agreement covers."""

    __tablename__ = "agreement_people"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("training_agreements.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)


class CooperationAgreementRow(Numbered, TrainingTable):
    """The employer's agreement with the provider (APP-10); the latest counts."""

    __tablename__ = "cooperation_agreements"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    items: Mapped[Any] = mapped_column(JsonColumn)
    signed_on: Mapped[date] = mapped_column(Date)
    fee: Mapped[Money] = mapped_column(MoneyColumn)
    scan: Mapped[str | None] = mapped_column(String(71))


class TextbookFiling(Numbered, TrainingTable):
    """Textbooks filed with the district (APP-16)."""

    __tablename__ = "textbook_filings"

    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    titles: Mapped[Any] = mapped_column(JsonColumn)
    filed_on: Mapped[date] = mapped_column(Date)
