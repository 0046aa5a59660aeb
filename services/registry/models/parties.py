"""Organisations, people, and by what they are found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import RegistryTable
from shared.store.types import IdColumn, InstantColumn, JsonColumn, new_id


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


class AccountDigest(RegistryTable):
    """How organisations with the same bank account are found without one being read: one row per key."""

    __tablename__ = "account_digests"
    __table_args__ = (Index("ix_account_digests_organisation_id", "organisation_id"),)

    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class Acquaintance(RegistryTable):
    """An organisation knows a person, under the phone number that it was given itself."""

    __tablename__ = "acquaintances"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(InstantColumn)
