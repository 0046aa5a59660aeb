"""Beijing's working days (X-12) and month arithmetic. A year without data is an error that names the year.

Holidays come from data files first (`shared/data/holidays/*.yaml`, then the folders of HOLIDAY_PATH), one
per year:

    year: 2027
    source: number and title of the notice
    holidays: [2027-01-01, ...]          # days off that would be working days, and the statutory days
    themselves working_days: [2027-02-06, ...]      # weekends that are worked instead

Years without a file come from the `chinesecalendar` package, which knows 2004 to its last release.
"""

from __future__ import annotations

import calendar
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar

from shared.errors import Unavailable
from shared.policy.yaml_files import YamlFault, parse

PACKAGED = Path(__file__).parent / "data" / "holidays"
SATURDAY = 5
MONTHS_A_YEAR = 12


class HolidayFault(ValueError):
    """A holiday file that can't be used; the message names file and cure."""


@dataclass(frozen=True, slots=True)
class Year:
    """The exceptions of one year: days off and weekends that are worked."""

    holidays: frozenset[date]
    working_days: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether it is a working day: a weekday that isn't off, or a weekend day that is worked."""
        return day in self.working_days or (day.weekday() < SATURDAY and day not in self.holidays)


@dataclass(frozen=True)
class WorkingDays:
    """Working days of every year at hand. Immutable."""

    years: Mapping[int, Year]

    def is_working_day(self, day: date) -> bool:
        """Raises Unavailable, naming the year, where nothing is known about it."""
        if known := self.years.get(day.year):
            return known.works(day)
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError as unknown:
            raise Unavailable(
                f"没有 {day.year} 年的节假日数据：请按国务院办公厅通知在 HOLIDAY_PATH 中补录 {day.year}.yaml",
                year=day.year,
            ) from unknown

    def next_working_day(self, day: date) -> date:
        """The day itself if it is worked, else the next one that is."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself isn't counted. `count`: 0 or more."""
        for _ in range(count):
            day = self.next_working_day(day + timedelta(days=1))
        return day


def load_holidays(holiday_path: str = "", packaged: Path = PACKAGED) -> WorkingDays:
    """The calendar with every file of the packaged folder and of HOLIDAY_PATH, where the later one wins."""
    folders = [packaged, *(Path(entry) for entry in holiday_path.split(os.pathsep) if entry)]
    missing = [folder for folder in folders if not folder.is_dir()]
    if missing:
        raise HolidayFault(f"{missing[0]}: no such folder: correct HOLIDAY_PATH")
    return WorkingDays(
        dict(pair for folder in folders for file in sorted(folder.glob("*.yaml")) for pair in _read(file))
    )


def _read(file: Path) -> Iterator[tuple[int, Year]]:
    try:
        tree = parse(file.read_text(encoding="utf-8"))
    except (YamlFault, UnicodeDecodeError) as fault:
        raise HolidayFault(f"{file.name}: {fault}") from fault
    known = {"year", "source", "holidays", "working_days"}
    if not isinstance(tree, dict) or set(tree) != known or not isinstance(tree["year"], int):
        raise HolidayFault(f"{file.name}: write exactly these keys: {', '.join(sorted(known))}")
    year = tree["year"]
    yield year, Year(_days(file, tree, "holidays", year), _days(file, tree, "working_days", year))


def _days(file: Path, tree: Mapping[str, Any], key: str, year: int) -> frozenset[date]:
    days = tree[key]
    if not isinstance(days, list) or not all(isinstance(day, date) and day.year == year for day in days):
        raise HolidayFault(f"{file.name}: {key}: write a list of days of {year} such as {year}-01-01")
    return frozenset(days)


def add_months(day: date, months: int) -> date:
    """The same day some months later or earlier, clamped to the month's last day: 31 Jan + 1 = 28 or 29 Feb."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def after_months(first: date, months: int) -> date:
    """The day after a period of so many months that begins on `first`: the same day of the month that follows it.

    Where that month has no such day, the period fills the month before its 1st: a year that begins on 29 February ends
    on 28 February. Of every place that asks how long something lasts, none counts by itself.
    """
    same = add_months(first, months)
    return same if same.day == first.day else same + timedelta(days=1)


def last_day(first: date, months: int) -> date:
    """The last day of a period of so many months that begins on `first`, both days included."""
    return after_months(first, months) - timedelta(days=1)


def full_months(start: date, end: date) -> int:
    """Full months from `start` to `end`, both days included. 不足一个月不计, so they are floored; never below 0."""
    after = end + timedelta(days=1)
    months = (after.year - start.year) * MONTHS_A_YEAR + after.month - start.month
    return max(0, months if after_months(start, months) <= after else months - 1)


def month_of(day: date) -> str:
    """`2022-06`."""
    return f"{day.year:04d}-{day.month:02d}"
