"""A shape from a row: what both call by the same name is copied, so that nobody copies field by field."""

from __future__ import annotations

from inspect import signature
from typing import Any, TypeVar

Shape = TypeVar("Shape")


def from_row(shape: type[Shape], row: object, **own: Any) -> Shape:
    """The shape with its fields from the row's attributes of the same names; `own`: those that the row lacks, or has
    another thing under. Raises TypeError for a field that neither has, nor a default."""
    names = [name for name in signature(shape).parameters if name not in own and hasattr(row, name)]
    return shape(**{name: getattr(row, name) for name in names}, **own)
