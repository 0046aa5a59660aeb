"""Money in yuan, exact to the fen (X-8). A whole number of fen inside, a string such as "4200.00" on every wire."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self, TypeVar

Key = TypeVar("Key", bound=Hashable)
_YUAN = re.compile(r"-?(0|[1-9]\d{0,12})(\.\d{1,2})?")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An exact amount. `fen`: whole number, may be negative."""

    fen: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """From "4200", "4200.5" or "4200.00". Raises ValueError for anything else: a float never gets in."""
        if not isinstance(text, str) or not _YUAN.fullmatch(text):
            raise ValueError(f"{text!r} is no amount in yuan: write it as a string with at most two decimals")
        return cls(int(Decimal(text) * 100))

    @classmethod
    def yuan(cls, whole: int) -> Self:
        """Whole yuan."""
        return cls(whole * 100)

    @classmethod
    def sum(cls, amounts: Iterable[Money]) -> Self:
        """Of all of them; zero of none."""
        return cls(sum(amount.fen for amount in amounts))

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __neg__(self) -> Money:
        return Money(-self.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def times(self, factor: int | Decimal | Fraction) -> Money:
        """The amount × factor, rounded once, half up, to the fen."""
        exact = abs(self.fen) * abs(Fraction(factor))
        fen = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
        return Money(fen if (self.fen < 0) == (factor < 0) else -fen)


ZERO = Money(0)


def sum_by_key(amounts: Iterable[tuple[Key, Money]]) -> dict[Key, Money]:
    """The sum of the amounts of each key, in the order in which the keys come first."""
    fen: dict[Key, int] = defaultdict(int)
    for key, amount in amounts:
        fen[key] += amount.fen
    return {key: Money(total) for key, total in fen.items()}


def share(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Splits an amount by weights so that the parts add up: floor each, hand the rest out one fen by one.

    `share(Money.parse("5000.00"), [1, 1, 1])` is 1666.67, 1666.67, 1666.66.
    """
    total = sum(weights)
    if amount.fen < 0 or total <= 0 or min(weights) < 0:
        raise ValueError("a share needs an amount of 0 or more and weights of 0 or more that are not all 0")
    parts = [amount.fen * weight // total for weight in weights]
    left = amount.fen - sum(parts)
    for position in [place for place, weight in enumerate(weights) if weight][:left]:
        parts[position] += 1
    return [Money(part) for part in parts]
