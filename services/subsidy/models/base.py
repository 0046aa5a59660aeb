"""What subsidy's tables share: their base, the columns that recur, and two kinds of constraint."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, get_args

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from shared.money import Money
from shared.store.kernel_tables import NAMING
from shared.store.types import IdColumn, MoneyColumn, new_id

CodeColumn = String(64)
DistrictColumn = String(6)
DocumentColumn = String(160)
PersonColumn = String(128)
BUCKET = ("programme", "district", "fund_source", "fiscal_year")


class SubsidyTable(DeclarativeBase):
    """Base of subsidy's own tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {Money: MoneyColumn}


class InBucket:
    """Something of one budget: programme × district × fund source × fiscal year."""

    programme: Mapped[str] = mapped_column(CodeColumn)
    district: Mapped[str] = mapped_column(DistrictColumn)
    fund_source: Mapped[str] = mapped_column(CodeColumn)
    fiscal_year: Mapped[int]


class BudgetPaper(InBucket):
    """An amount by which one bucket's appropriation changes. `reference`: the paper that it rests on."""

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands in the class
        return of_budget(), CheckConstraint("amount > 0", name="amount")

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    amount: Mapped[Money]
    reference: Mapped[str] = mapped_column(String(200))
    entered_by: Mapped[str] = mapped_column(PersonColumn)
    entered_on: Mapped[date]


def of_budget() -> ForeignKeyConstraint:
    """The row's bucket has its counters."""
    return ForeignKeyConstraint(BUCKET, [f"budgets.{column}" for column in BUCKET])


def one_of(column: str, words: object) -> CheckConstraint:
    """The column holds a word of this Literal."""
    listed = ", ".join(f"'{word}'" for word in get_args(words))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def unique_where(name: str, *columns: str, where: str) -> Index:
    """Among the rows for which the condition holds, no two agree in these columns."""
    return Index(name, *columns, unique=True, postgresql_where=text(where), sqlite_where=text(where))
