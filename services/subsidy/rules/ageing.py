"""How long a demand is overdue: a matter of the day alone, by the last notice's day until which it was to be paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from shared.contracts.subsidy.receivables import Age


class Days(NamedTuple):
    """Days overdue, both included; None: without end."""

    first: int | None
    last: int | None


AGES: Mapping[Age, Days] = {
    "not_due": Days(None, 0),
    "up_to_30": Days(1, 30),
    "up_to_90": Days(31, 90),
    "up_to_365": Days(91, 365),
    "over_365": Days(366, None),
}
"""Every age, the youngest first. Of what nobody set a day for, nothing is due yet."""


class DueDays(NamedTuple):
    """The days on which what is of an age was due, both included; None: without end."""

    first: date | None
    last: date | None


def overdue_days(due_on: date | None, today: date) -> int:
    """0 up to and on the day itself."""
    return max(0, (today - due_on).days) if due_on else 0


def age_of(due_on: date | None, today: date) -> Age:
    """Of a demand that is to be paid until that day."""
    days = overdue_days(due_on, today)
    return next(age for age, span in AGES.items() if span.last is None or days <= span.last)


def due_days(age: Age, today: date) -> DueDays:
    """Between which days it was due, if today it is of that age."""
    span = AGES[age]
    first = None if span.last is None else today - timedelta(days=span.last)
    last = None if span.first is None else today - timedelta(days=span.first)
    return DueDays(first, last)
