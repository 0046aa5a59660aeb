"""What all of training's tables share."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from shared.store.kernel_tables import NAMING


class TrainingTable(DeclarativeBase):
    """Base of training's tables."""

    metadata = MetaData(naming_convention=NAMING)
