"""X-12: working days are data, and a year without data is an error that names it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shared.calendar import HolidayFault, add_months, after_months, full_months, last_day, load_holidays
from shared.errors import Unavailable

YEAR = """
year: 2091
source: 虚构通知
holidays: [2091-01-01]
working_days: [2091-01-06]
"""


def test_a_known_year_needs_no_file() -> None:
    days = load_holidays()
    assert not days.is_working_day(date(2022, 10, 3))
    assert days.is_working_day(date(2022, 10, 8))  # 国庆节调休上班
    assert days.next_working_day(date(2022, 10, 1)) == date(2022, 10, 8)
    assert days.add_working_days(date(2022, 9, 30), 1) == date(2022, 10, 8)


def test_a_year_without_data_is_named() -> None:
    with pytest.raises(Unavailable, match="2091"):
        load_holidays().is_working_day(date(2091, 1, 1))


def test_a_file_makes_a_year_known(tmp_path: Path) -> None:
    (tmp_path / "2091.yaml").write_text(YEAR, encoding="utf-8")
    days = load_holidays(str(tmp_path))
    worked = [day for day in range(1, 9) if days.is_working_day(date(2091, 1, day))]
    assert worked == [2, 3, 4, 5, 6, 8]  # 1: holiday; 6: a Saturday that is worked; 7: Sunday


@pytest.mark.parametrize("fault", ["year: 2092", "holidays: [2090-01-01]", "colour: red\nyear: 2091"])
def test_a_bad_file_is_refused_by_name(tmp_path: Path, fault: str) -> None:
    key = fault.split(":")[0]
    lines = [
        line for line in YEAR.splitlines() if not line.startswith(key) and not (key == "colour" and "year" in line)
    ]
    (tmp_path / "2091.yaml").write_text("\n".join([*lines, fault]), encoding="utf-8")
    with pytest.raises(HolidayFault, match=r"2091\.yaml"):
        load_holidays(str(tmp_path))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 3, 15), -1, date(2022, 2, 15)),
        (date(2022, 12, 1), 1, date(2023, 1, 1)),
    ],
)
def test_months_are_clamped_to_the_last_day(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2022, 6, 1), date(2022, 6, 29), 0),
        (date(2022, 6, 1), date(2022, 6, 30), 1),
        (date(2022, 6, 15), date(2023, 6, 14), 12),
        (date(2022, 6, 15), date(2023, 6, 13), 11),
        (date(2022, 6, 15), date(2022, 6, 1), 0),
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2023, 1, 31), date(2023, 2, 27), 0),
        (date(2023, 1, 31), date(2023, 2, 28), 1),
    ],
)
def test_a_month_counts_when_it_is_full(start: date, end: date, months: int) -> None:
    assert full_months(start, end) == months


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),  # a leap year again: its 29th is the day after
        (date(2024, 3, 1), 12, date(2025, 2, 28)),
        (date(2024, 2, 28), 12, date(2025, 2, 27)),
        (date(2023, 3, 1), 12, date(2024, 2, 29)),
        (date(2022, 7, 1), 24, date(2024, 6, 30)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 1, 31), 3, date(2023, 4, 30)),
        (date(2023, 12, 31), 12, date(2024, 12, 30)),
    ],
)
def test_a_year_from_29_february_lasts_to_28_february(first: date, months: int, last: date) -> None:
    assert last_day(first, months) == last
    assert after_months(first, months).toordinal() == last.toordinal() + 1
    assert full_months(first, last) == months
