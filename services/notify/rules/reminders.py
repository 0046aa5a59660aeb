"""Which reminder of a deadline is due (X-13): pure, by the business date.

    REMINDER_DAYS=30,7,1,0     days before; 0 is the day itself

Each is made once. Where the date jumps past several, only the latest one still makes sense; once the day has passed
there is one message that it has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shared.settings import SettingsError

PASSED = -1
"""Stands for the reminder after the day."""

DAYS_MAX = 366


@dataclass(frozen=True)
class Span:
    """The deadlines for which one reminder is the latest: due from `first` to `last`, both included."""

    days_before: int
    first: date | None
    last: date


def days_of(text: str) -> tuple[int, ...]:
    """REMINDER_DAYS, most days first. Raises SettingsError."""
    entries = [entry.strip() for entry in text.split(",")]
    if not all(entry.isdecimal() and int(entry) <= DAYS_MAX for entry in entries):
        raise SettingsError(f"REMINDER_DAYS={text!r}: write days from 0 to {DAYS_MAX} such as 30,7,1,0")
    return tuple(sorted({int(entry) for entry in entries}, reverse=True))


def spans(today: date, days: Sequence[int]) -> tuple[Span, ...]:
    """One span per reminder. `days`: most first. Beyond the first of them nothing is due yet."""
    bounds = [*days, PASSED]
    ahead = [
        Span(days_before, today + timedelta(days=fewer + 1), today + timedelta(days=days_before))
        for days_before, fewer in pairwise(bounds)
    ]
    return (*ahead, Span(PASSED, None, today - timedelta(days=1)))


def reminder_due(due_on: date, today: date, days: Sequence[int]) -> int | None:
    """The reminder that is the latest for one deadline; None where it is still too early."""
    for span in spans(today, days):
        if (span.first is None or span.first <= due_on) and due_on <= span.last:
            return span.days_before
    return None
