"""What subsidy's tables share: their base, and the columns that recur."""

from __future__ import annotations

from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase

from shared.store.kernel_tables import NAMING

CodeColumn = String(64)
DistrictColumn = String(6)
DocumentColumn = String(160)
PersonColumn = String(128)
BUCKET = ("programme", "district", "fund_source", "fiscal_year")


class SubsidyTable(DeclarativeBase):
    """Base of subsidy's own tables."""

    metadata = MetaData(naming_convention=NAMING)
