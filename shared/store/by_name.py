"""What rows, contracts and events have in common, taken over by name and not field by field.

shape_of(ProjectLine, project, enrolled=3)     a contract's dataclass out of a row, or of another contract
values_of(CreditHours, request_row, id=…)      a table's values out of a request's row
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import DeclarativeBase

from shared.contracts.schema.hints import has_default

Shape = TypeVar("Shape")


def shape_of(kind: type[Shape], source: object, /, **more: Any) -> Shape:
    """The dataclass with `more`, and every field besides from the attribute of `source` that bears its name.

    Raises AttributeError for a field without a default that neither knows.
    """
    wanted = _fields(kind)  # type: ignore[arg-type] # any class can be remembered
    others = ((name, is_needed) for name, is_needed in wanted if name not in more)
    named = (name for name, is_needed in others if is_needed or hasattr(source, name))
    return kind(**{name: getattr(source, name) for name in named}, **more)


def values_of(table: type[DeclarativeBase], source: object, /, **more: Any) -> dict[str, Any]:
    """Values of one row to be inserted: `more`, and of the table's other columns those that `source` knows by name."""
    return {name: getattr(source, name) for name in _columns(table) - more.keys() if hasattr(source, name)} | more


@cache
def _fields(kind: type[Any]) -> tuple[tuple[str, bool], ...]:
    """The names of a dataclass's fields, and whether each must be given."""
    return tuple((field.name, not has_default(field)) for field in fields(kind))


@cache
def _columns(table: type[DeclarativeBase]) -> frozenset[str]:
    return frozenset(column.key for column in inspect(table).column_attrs)
