"""Which reminder is the latest: on both sides of each day, and after a jump."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.notify.rules.reminders import PASSED, days_of, reminder_due
from shared.settings import SettingsError

DUE = date(2022, 7, 31)
DAYS = (30, 7, 1, 0)


@pytest.mark.parametrize(
    ("left", "reminder"),
    [
        (31, None),
        (30, 30),
        (29, 30),
        (8, 30),
        (7, 7),
        (2, 7),
        (1, 1),
        (0, 0),
        (-1, PASSED),
        (-400, PASSED),
    ],
)
def test_thirty_seven_and_one_days_before_and_on_the_day(left: int, reminder: int | None) -> None:
    assert reminder_due(DUE, DUE - timedelta(days=left), DAYS) == reminder


def test_other_days_are_a_setting() -> None:
    days = days_of(" 3, 14 ,3")
    assert days == (14, 3)
    assert [reminder_due(DUE, DUE - timedelta(days=left), days) for left in (15, 14, 3, 0, -1)] == [
        None, 14, 3, 3, PASSED,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "30,,1", "-1", "one", "367"])
def test_what_are_no_days_is_refused_at_start(text: str) -> None:
    with pytest.raises(SettingsError, match="REMINDER_DAYS"):
        days_of(text)
