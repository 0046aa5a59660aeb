"""The retirement age: both sides of each threshold, as the tables of the delay print them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services.registry.registers.retirement_age import PACKAGED, RetirementFault, retirement_ages
from shared.identity import Gender

MEN = {
    "1964-12-31": "2024-12-31",  # 60 before the delay began
    "1965-01-01": "2025-02-01",
    "1965-04-30": "2025-05-30",
    "1965-05-01": "2025-07-01",
    "1976-08-31": "2039-07-31",
    "1976-09-01": "2039-09-01",
    "1990-01-01": "2053-01-01",
}
WORKERS = {
    "1974-12-31": "2024-12-31",  # 50 before the delay began
    "1975-01-01": "2025-02-01",
    "1975-02-28": "2025-03-28",
    "1975-03-01": "2025-05-01",
    "1984-10-31": "2039-09-30",
    "1984-11-01": "2039-11-01",
    "1995-01-01": "2050-01-01",
}
STAFF = {
    "1969-12-31": "2024-12-31",  # 55 before the delay began
    "1970-01-01": "2025-02-01",
    "1970-05-01": "2025-07-01",
    "1981-08-31": "2039-07-31",
    "1981-09-01": "2039-09-01",
}


@pytest.mark.parametrize(("born_on", "reached_on"), MEN.items())
def test_men_reach_it_at_60_and_a_month_later_for_every_four_up_to_63(born_on: str, reached_on: str) -> None:
    reached = retirement_ages().reached_on(date.fromisoformat(born_on), Gender.MALE)
    assert reached == date.fromisoformat(reached_on)


@pytest.mark.parametrize(("born_on", "reached_on"), WORKERS.items())
def test_women_count_as_workers_50_and_a_month_later_for_every_two_up_to_55(born_on: str, reached_on: str) -> None:
    reached = retirement_ages().reached_on(date.fromisoformat(born_on), Gender.FEMALE)
    assert reached == date.fromisoformat(reached_on)


@pytest.mark.parametrize(("born_on", "reached_on"), STAFF.items())
def test_the_other_reading_counts_women_as_staff_55_up_to_58(tmp_path: Path, born_on: str, reached_on: str) -> None:
    ages = retirement_ages(changed(tmp_path, "reading: women_workers", "reading: women_staff"))
    assert ages.reached_on(date.fromisoformat(born_on), Gender.FEMALE) == date.fromisoformat(reached_on)


def test_a_month_without_that_day_ends_earlier() -> None:
    assert retirement_ages().reached_on(date(1965, 1, 31), Gender.MALE) == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("years: 60,", "years: 0,"),
        ("every_months: 4, months_max: 36, clause: 办法第一条,", "every_months: 4, months_max: 36,"),
        ("from_on: 2025-01-01", "from_on: soon"),
        ("reading: women_workers", "reading: women"),
        ("women:", "ladies:"),
        ("question:", "asked:"),
        ("years: 60", "years: 60.5"),
    ],
)
def test_a_file_without_number_clause_or_reading_is_refused_with_its_name(
    tmp_path: Path, before: str, after: str
) -> None:
    with pytest.raises(RetirementFault, match=r"ages\.yaml"):
        retirement_ages(changed(tmp_path, before, after))


def changed(folder: Path, before: str, after: str) -> Path:
    text = PACKAGED.read_text("utf-8")
    assert before in text
    (folder / "ages.yaml").write_text(text.replace(before, after), "utf-8")
    return folder / "ages.yaml"
