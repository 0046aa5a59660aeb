"""Months and fiscal years, and from which day they may be closed: pure, by the business date.

CLOSE_MONTH_AFTER=10    days after a month's end in which corrections are still booked into it
CLOSE_YEAR_AFTER=20     the same for a year
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from shared.settings import Settings, SettingsError

DAYS_MAX = 366


@dataclass(frozen=True)
class Period:
    """A month of the calendar, or a fiscal year, which is a calendar year (`month` is None)."""

    year: int
    month: int | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """From "2024-06" or "2024", as the contract lets it through."""
        year, _, month = text.partition("-")
        return cls(int(year), int(month) if month else None)

    @classmethod
    def month_of(cls, day: date) -> Period:
        """The month in which a day lies."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}" if self.month is None else f"{self.year}-{self.month:02d}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month or 1, 1)

    @property
    def after(self) -> date:
        """The first day that is no longer in it."""
        if self.month in (None, 12):
            return date(self.year + 1, 1, 1)
        return date(self.year, (self.month or 0) + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)


@dataclass(frozen=True)
class Windows:
    """For how many days after its end a month and a year stay open for corrections."""

    month_days: int
    year_days: int

    @classmethod
    def of(cls, settings: Settings) -> Windows:
        """Raises SettingsError for more days than a year has."""
        given = {"CLOSE_MONTH_AFTER": settings.close_month_after, "CLOSE_YEAR_AFTER": settings.close_year_after}
        for name, days in given.items():
            if days > DAYS_MAX:
                raise SettingsError(f"{name}={days}: write days from 0 to {DAYS_MAX}")
        return cls(*given.values())

    def closes_from(self, period: Period) -> date:
        """The first day on which the period may be closed: the one after its window."""
        return period.after + timedelta(days=self.year_days if period.month is None else self.month_days)
