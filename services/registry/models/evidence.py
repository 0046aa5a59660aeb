"""What is proven about people, and who teaches them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import RegistryTable
from shared.money import Money
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, InstantColumn, JsonColumn, MoneyColumn, new_id


class Employment(Numbered, RegistryTable):
    """How a person came to a post, and its terms (APP-2, APP-3). The newest row of a person at an employer holds."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("hiring IN ('new_hire', 'transferred', 'chosen')", name="hiring"),
        CheckConstraint("contract_with IN ('employer', 'agency')", name="contract_with"),
        CheckConstraint("contract_to IS NULL OR contract_from <= contract_to", name="contract_order"),
        CheckConstraint("monthly_wage >= 0", name="monthly_wage"),
        Index("ix_employments_person", "person_id", "organisation_id"),
    )

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    post: Mapped[str] = mapped_column(String(200))
    hiring: Mapped[str] = mapped_column(String(20))
    dispatched: Mapped[bool] = mapped_column(Boolean)
    skilled_post: Mapped[bool] = mapped_column(Boolean)
    contract_from: Mapped[date | None] = mapped_column(Date)
    contract_to: Mapped[date | None] = mapped_column(Date)
    contract_with: Mapped[str] = mapped_column(String(10))
    monthly_wage: Mapped[Money] = mapped_column(MoneyColumn)
    recorded_at: Mapped[datetime] = mapped_column(InstantColumn)


class InsuredMonth(RegistryTable):
    """A month of social insurance in the city, such as 2022-06, and who paid it."""

    __tablename__ = "insured_months"
    __table_args__ = (
        CheckConstraint("insured_by IN ('employer', 'agency')", name="insured_by"),
        CheckConstraint("length(month) = 7", name="month_length"),
    )

    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    insured_by: Mapped[str] = mapped_column(String(10), primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(InstantColumn)


class HeldCertificate(RegistryTable):
    """A certificate that a person held before the training (INT-37)."""

    __tablename__ = "held_certificates"
    __table_args__ = (
        UniqueConstraint("person_id", "occupation", "level", "number_key", name="uq_held_certificates_certificate"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    occupation: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(64))
    certificate_number: Mapped[str] = mapped_column(String(200), default="")
    number_key: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(InstantColumn)


class Teacher(RegistryTable):
    """A workplace mentor (APP-11) or an instructor (APP-12) of an organisation."""

    __tablename__ = "teachers"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id", "kind"),
        CheckConstraint("kind IN ('workplace_mentor', 'instructor')", name="kind"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    attested_on: Mapped[date | None] = mapped_column(Date)
    post_since: Mapped[date | None] = mapped_column(Date)
    teaching_since: Mapped[date | None] = mapped_column(Date)
    dual_qualified: Mapped[bool] = mapped_column(Boolean)
    certificate_level: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str | None] = mapped_column(String(64))
    key_technical_staff: Mapped[bool] = mapped_column(Boolean)
    awards: Mapped[Any] = mapped_column(JsonColumn)
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so
