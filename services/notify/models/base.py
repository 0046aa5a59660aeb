"""The base of notify's tables."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.store.kernel_tables import NAMING


class NotifyTable(DeclarativeBase):
    """Base of notify's tables."""

    metadata = MetaData(naming_convention=NAMING)
