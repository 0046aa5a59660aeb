"""Registers of other offices, edition by edition: who stands in them, and since when."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import RegistryTable
from shared.store.kernel_tables import Numbered
from shared.store.types import IdColumn, new_id

STILL = date.max
"""Stands for the end of what still holds, so that one comparison finds every overlap and no row stands twice."""


class Register(Numbered, RegistryTable):
    """A register of one office as it stood on a day; of each kind, keeper and source the newest counts.

    `kept_by`: the district whose officers import it; empty for the city's. Each keeps its own.
    """

    __tablename__ = "registers"
    __table_args__ = (
        UniqueConstraint("kind", "source", "kept_by", "as_of", name="uq_registers_edition"),
        CheckConstraint("kind IN ('deceased', 'student', 'insured_elsewhere', 'funded_elsewhere')", name="kind"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(200))
    as_of: Mapped[date] = mapped_column(Date)
    kept_by: Mapped[str] = mapped_column(String(6))
    imported_on: Mapped[date] = mapped_column(Date)


class RegisterSubject(RegistryTable):
    """Somebody in an edition, registered here or not: a sealed number, and digests that find it."""

    __tablename__ = "register_subjects"
    __table_args__ = (
        CheckConstraint("kind IN ('resident_id', 'passport', 'residence_permit')", name="kind"),
        Index("ix_register_subjects_register_id", "register_id"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    register_id: Mapped[str] = mapped_column(ForeignKey("registers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    number: Mapped[bytes] = mapped_column(LargeBinary)


class RegisterDigest(RegistryTable):
    """One row per key and subject, of the same digests as `digests`: joined, they say whose document it is.

    Its primary key makes somebody stand once in an edition.
    """

    __tablename__ = "register_digests"

    key_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    register_id: Mapped[str] = mapped_column(ForeignKey("registers.id"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("register_subjects.id"), index=True)


class RegisterEntry(RegistryTable):
    """What an edition says of somebody. `to_on`: STILL where it still holds; `remark`: empty where there is none."""

    __tablename__ = "register_entries"
    __table_args__ = (
        UniqueConstraint("subject_id", "from_on", "to_on", "remark", name="uq_register_entries_row"),
        CheckConstraint("from_on <= to_on", name="period"),
    )

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    subject_id: Mapped[str] = mapped_column(ForeignKey("register_subjects.id"))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date, default=STILL)
    remark: Mapped[str] = mapped_column(String(200), default="")
