"""What review's tables stand on."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.store.kernel_tables import NAMING


class ReviewTable(DeclarativeBase):
    """Base of review's tables."""

    metadata = MetaData(naming_convention=NAMING)
