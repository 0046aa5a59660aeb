"""The accounts on the auditor's sheet, the acts that only move budgets, and the calendar of closing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.services.subsidy.driver import SOURCES
from tests.services.subsidy.model.papers import Place

MOVES = {
    "appropriate": ("available", "appropriations"),
    "reduce": ("appropriations", "available"),
    "lapse": ("appropriations", "available"),
    "commit": ("committed", "available"),
    "release": ("available", "committed"),
    "carry out": ("available", "committed"),
    "carry in": ("committed", "available"),
    "pay": ("paid", "committed"),
    "return": ("committed", "paid"),
    "ask back": ("receivable", "recoveries"),
    "withdraw": ("recoveries", "receivable"),
    "come back": ("recovered", "receivable"),
    "recover": ("recovered", "receivable"),
    "stand again": ("receivable", "recovered"),
    "refill": ("available", "paid"),
    "unrefill": ("paid", "available"),
    "bear": ("paid", "committed"),
    "give up": ("written_off", "receivable"),
}
"""To which account an act moves an amount, and from which."""

MONTH_WINDOW, YEAR_WINDOW = timedelta(days=10), timedelta(days=20)
"""How long after its end a month or a year may still be corrected."""


class Accounts:
    """`fen`: what stands in each account of each source and year, debits less credits.

    `open_month`: first day of the first month that isn't closed; `open_year`: the first such fiscal year.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.fen: Counter[tuple[str, int, str]] = Counter()
        self.open_month, self.open_year = today.replace(day=1), today.year

    def move(self, what: str, place: Place, fen: int) -> None:
        debit, credit = MOVES[what]
        self.fen[*place, debit] += fen
        self.fen[*place, credit] -= fen

    def free(self, place: Place) -> int:
        return self.fen[*place, "available"]

    def appropriate(self, _: int, fen: int) -> bool:
        self.move("appropriate", (SOURCES[fen % 2], self.today.year), fen + 1)
        return True

    def reduce(self, _: int, fen: int) -> bool:
        """Never below what is committed and paid."""
        place = (SOURCES[fen % 2], self.today.year)
        if fen + 1 > self.free(place):
            return False
        self.move("reduce", place, fen + 1)
        return True

    def next_month(self, _: int, __: int) -> bool:
        """Its 25th: by then every window of the month before is over."""
        self.today = after(self.today.replace(day=1)).replace(day=25)
        return True

    def close_month(self, _: int, __: int) -> bool:
        """Freezes it; moves nothing."""
        if self.today < after(self.open_month) + MONTH_WINDOW:
            return False
        self.open_month = after(self.open_month)
        return True

    def year_may_close(self) -> bool:
        """All its months are closed, and its window is over."""
        first_after = date(self.open_year + 1, 1, 1)
        return self.open_month >= first_after and self.today >= first_after + YEAR_WINDOW


def after(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
