"""Months and years, and the day from which they may be closed: the operator's setting, at both sides of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.subsidy.closing.periods import Period, Windows
from shared.settings import Settings, SettingsError, closing


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31)),
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_period_is_a_month_of_the_calendar_or_a_year(text: str, first: date, last: date) -> None:
    period = Period.parse(text)
    assert (str(period), period.first, period.last) == (text, first, last)


@pytest.mark.parametrize(
    ("month", "year", "month_from", "year_from"),
    [(10, 20, date(2024, 1, 11), date(2024, 1, 21)), (0, 0, date(2024, 1, 1), date(2024, 1, 1))],
)
def test_a_period_may_be_closed_on_the_day_after_its_window(
    month: int, year: int, month_from: date, year_from: date
) -> None:
    windows = Windows(month, year)
    assert windows.closes_from(Period(2023, 12)) == month_from
    assert windows.closes_from(Period(2023)) == year_from


def test_windows_are_the_operators_and_no_window_is_one(tmp_path: Path) -> None:
    def told(**environment: str) -> Windows:
        return Windows.of(Settings("subsidy", "", "", None, tmp_path, **closing(environment)))

    assert told() == Windows(10, 20)
    assert told(CLOSE_MONTH_AFTER="0", CLOSE_YEAR_AFTER="31") == Windows(0, 31)
    with pytest.raises(SettingsError, match="CLOSE_YEAR_AFTER=367"):
        told(CLOSE_YEAR_AFTER="367")
    with pytest.raises(SettingsError, match="CLOSE_MONTH_AFTER"):
        told(CLOSE_MONTH_AFTER="ten")
