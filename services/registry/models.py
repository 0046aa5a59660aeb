"""Registry's tables: who takes part, what is proven about them, what the dated catalogues say.

organisations         one row per unified social credit code
people                a person, nothing but a sealed name        identity_documents   several per person, sealed
digests               keyed digests by which a document is found  acquaintances        which organisation knows whom
employments           evidence, each row a new fact               insured_months, held_certificates   likewise
teachers              mentors and instructors of an organisation
catalogues            dated editions                              catalogue_entries    what stands in an edition

Columns of bytes are sealed by `vault.py`; nothing personal stands in any other column.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.money import Money
from shared.store.kernel_tables import NAMING, RowNumber
from shared.store.types import IdColumn, InstantColumn, JsonColumn, MoneyColumn, new_id


class RegistryTable(DeclarativeBase):
    """Base of registry's tables."""

    metadata = MetaData(naming_convention=NAMING)


class Organisation(RegistryTable):
    """An enterprise, a training provider, or both. `district`: of the registered address (INT-22)."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("uscc"),
        CheckConstraint("length(uscc) = 18", name="uscc_length"),
        Index("ix_organisations_district", "district"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    uscc: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(64))
    district: Mapped[str] = mapped_column(String(6))
    industry_code: Mapped[str] = mapped_column(String(10))
    small_or_subsidiary: Mapped[bool] = mapped_column(Boolean)
    four_centres: Mapped[bool] = mapped_column(Boolean)
    training_rules: Mapped[bool] = mapped_column(Boolean)
    incentive_scheme: Mapped[bool] = mapped_column(Boolean)
    provider: Mapped[Any | None] = mapped_column(JsonColumn)
    contact_email: Mapped[bytes | None] = mapped_column(LargeBinary)
    bank_account: Mapped[bytes | None] = mapped_column(LargeBinary)
    bank_name: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer, default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


class Person(RegistryTable):
    """Somebody, by an id that says nothing about them."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    name: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime] = mapped_column(InstantColumn)


class IdentityDocument(RegistryTable):
    """One identity document of a person; several may name the same person (X-1, X-2)."""

    __tablename__ = "identity_documents"
    __table_args__ = (CheckConstraint("kind IN ('resident_id', 'passport', 'residence_permit')", name="kind"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime] = mapped_column(InstantColumn)


class Digest(RegistryTable):
    """How a document is found without being read: one row per key. Its primary key makes a person unique."""

    __tablename__ = "digests"

    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("identity_documents.id"), index=True)


class Acquaintance(RegistryTable):
    """An organisation knows a person, under the phone number that it was given itself."""

    __tablename__ = "acquaintances"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(InstantColumn)


class Employment(RegistryTable):
    """How a person came to a post, and its terms (APP-2, APP-3). The newest row of a person at an employer holds."""

    __tablename__ = "employments"
    __table_args__ = (
        CheckConstraint("hiring IN ('new_hire', 'transferred', 'chosen')", name="hiring"),
        CheckConstraint("contract_with IN ('employer', 'agency')", name="contract_with"),
        CheckConstraint("contract_to IS NULL OR contract_from <= contract_to", name="contract_order"),
        CheckConstraint("monthly_wage >= 0", name="monthly_wage"),
        Index("ix_employments_person", "person_id", "organisation_id"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
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
        UniqueConstraint(
            "person_id", "occupation", "level", "certificate_number", name="uq_held_certificates_certificate"
        ),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    occupation: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(64))
    certificate_number: Mapped[str] = mapped_column(String(200))
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


class Catalogue(RegistryTable):
    """An edition of a catalogue, in force from `from_on` until the next one of its kind (APP-17)."""

    __tablename__ = "catalogues"
    __table_args__ = (
        UniqueConstraint("kind", "edition"),
        Index("ix_catalogues_kind_from_on", "kind", "from_on"),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    edition: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(InstantColumn)


class CatalogueEntry(RegistryTable):
    """One code of an edition. `level`: empty where the entry holds for every level."""

    __tablename__ = "catalogue_entries"

    catalogue_id: Mapped[str] = mapped_column(ForeignKey("catalogues.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[str] = mapped_column(String(64), primary_key=True, default="")
    amount: Mapped[Money | None] = mapped_column(MoneyColumn)


SEALED: tuple[tuple[type[RegistryTable], str, str], ...] = (
    (Person, "name", "id"),
    (IdentityDocument, "number", "id"),
    (Acquaintance, "phone", "id"),
    (Organisation, "contact_email", "id"),
    (Organisation, "bank_account", "id"),
)
"""The sealed columns, each with the column that is bound into its values."""
