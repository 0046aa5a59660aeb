"""Dated catalogues and what stands in them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.models.base import RegistryTable
from shared.money import Money
from shared.store.kernel_tables import Numbered
from shared.store.types import InstantColumn, MoneyColumn


class Catalogue(Numbered, RegistryTable):
    """An edition of a catalogue, in force from `from_on` until the next one of its kind (APP-17)."""

    __tablename__ = "catalogues"
    __table_args__ = (
        UniqueConstraint("kind", "edition"),
        Index("ix_catalogues_kind_from_on", "kind", "from_on"),
    )

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
