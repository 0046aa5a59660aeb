"""Units of policy values, and how a written value becomes an exact quantity.

yuan...                          Money     5000, "4200.50"
share, points                    Fraction  85%, "0.85"     (points: percentage points, 5%)
months, years, calendar_year, ...   int       12
ratio                            whole numbers  [1, 3, 6]
codes                            names     [qualification, skill_level]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from shared.money import Money

Quantity = Money | Fraction | int | tuple[int, ...] | tuple[str, ...]

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")


class UnitFault(ValueError):
    """What is written can't be read in its unit; the message says, in Chinese, how to write it."""


def _money(written: Any) -> Money:
    amount = Money.yuan(written) if _is_whole(written) else Money.parse(written)
    if amount.fen < 0:
        raise UnitFault("金额不能为负")
    return amount


def _fraction(written: Any) -> Fraction:
    if _is_whole(written):
        return Fraction(written)
    if isinstance(written, str) and (percent := _PERCENT.fullmatch(written)):
        return Fraction(percent[1]) / 100
    if isinstance(written, str) and _DECIMAL.fullmatch(written):
        return Fraction(written)
    raise UnitFault('请写成百分比，如 85%，或加引号的小数，如 "0.85"')


def _share(written: Any) -> Fraction:
    share = _fraction(written)
    if not 0 <= share <= 1:
        raise UnitFault("比例应在 0% 至 100% 之间")
    return share


def _whole(written: Any) -> int:
    if not _is_whole(written) or written < 0:
        raise UnitFault("请写成不小于 0 的整数")
    return int(written)


def _ratio(written: Any) -> tuple[int, ...]:
    if not isinstance(written, list) or not written or not all(_is_whole(part) and part > 0 for part in written):
        raise UnitFault("请把各部分写成列表，如 [1, 3, 6]")
    return tuple(written)


def _codes(written: Any) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(code, str) for code in written):
        raise UnitFault("请写成代码的列表，如 [qualification, special_ability]")
    return tuple(written)


def _is_whole(written: Any) -> bool:
    return isinstance(written, int) and not isinstance(written, bool)


UNITS: dict[str, Callable[[Any], Quantity]] = {
    "yuan": _money,
    "yuan_per_person": _money,
    "yuan_per_person_year": _money,
    "yuan_per_month": _money,
    "share": _share,
    "points": _share,
    "months": _whole,
    "years": _whole,
    "calendar_year": _whole,
    "days": _whole,
    "working_days": _whole,
    "minutes": _whole,
    "credits": _whole,
    "class_hours": _whole,
    "class_hours_per_credit": _whole,
    "persons": _whole,
    "person_times": _whole,
    "ratio": _ratio,
    "codes": _codes,
}


def quantity(unit: str, written: Any) -> Quantity:
    """A written value in its unit. Raises UnitFault, or the ValueError or TypeError of an amount that is none."""
    return UNITS[unit](written)


def shown(unit: str, value: Quantity) -> str:
    """A quantity as people read it: `5000.00`, `85%`, `1:3:6`, `12`."""
    if isinstance(value, Fraction):
        return f"{percent(value)}"
    if isinstance(value, tuple):
        return (":" if unit == "ratio" else ", ").join(str(part) for part in value)
    return str(value)


def percent(share: Fraction) -> str:
    """A share as people read it, exact where it can be: 17/20 is `85%`, 1/3 is `1/3`."""
    hundredfold = share * 10000
    if hundredfold.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    whole, rest = divmod(hundredfold.numerator, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"
