"""The base of registry's tables."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.store.kernel_tables import NAMING


class RegistryTable(DeclarativeBase):
    """Base of registry's tables."""

    metadata = MetaData(naming_convention=NAMING)
