"""The values of a document by type: what a caller expects of a figure is checked against the unit in the file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from shared.errors import NoPolicyInForce
from shared.money import Money
from shared.policy.units import Quantity

Kind = TypeVar("Kind", Money, Fraction, int, tuple[Any, ...])


class TypedValues(ABC):
    """What knows figures by key, day and facts: a document, or what one rule function sees of it."""

    __slots__ = ()

    @abstractmethod
    def quantity(self, key: str, on: date, **facts: str | bool) -> Quantity:
        """The figure in force that day for those facts."""

    def money(self, key: str, on: date, **facts: str | bool) -> Money:
        """As `quantity`, for yuan. Raises NoPolicyInForce where the unit is another."""
        return _typed(self.quantity(key, on, **facts), Money, key)

    def share(self, key: str, on: date, **facts: str | bool) -> Fraction:
        """As `money`, for a share of 1."""
        return _typed(self.quantity(key, on, **facts), Fraction, key)

    def whole(self, key: str, on: date, **facts: str | bool) -> int:
        """As `money`, for a whole number."""
        return _typed(self.quantity(key, on, **facts), int, key)

    def codes(self, key: str, on: date, **facts: str | bool) -> tuple[str, ...]:
        """As `money`, for a list of codes."""
        return tuple(str(code) for code in _typed(self.quantity(key, on, **facts), tuple, key))

    def parts(self, key: str, on: date, **facts: str | bool) -> tuple[int, ...]:
        """As `money`, for a list of whole numbers."""
        return tuple(int(part) for part in _typed(self.quantity(key, on, **facts), tuple, key))


def _typed(value: Quantity, kind: type[Kind], key: str) -> Kind:
    if not isinstance(value, kind):
        raise NoPolicyInForce(f"{key} 的单位与用法不符：请按文档核对其 unit", value=key)
    return value
