"""Nothing leaves in quiet hours or on days off; the first free moment is exact on both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.notify.delivery.quiet_hours import Quiet, leaves_at
from shared.clock import BEIJING
from shared.errors import Unavailable
from shared.settings import Settings, SettingsError

SETTINGS = Settings("notify", "sqlite://", "memory://", None, Path("objects"))


def quiet(begins: str | None = None, ends: str | None = None, *, days_off: bool = False) -> Quiet:
    return Quiet.of(replace(SETTINGS, quiet_from=begins, quiet_to=ends, quiet_on_days_off=days_off))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2022-06-06 20:59:59.999999", "2022-06-06 20:59:59.999999"),
        ("2022-06-06 21:00", "2022-06-07 08:00"),
        ("2022-06-06 23:59", "2022-06-07 08:00"),
        ("2022-06-07 00:00", "2022-06-07 08:00"),
        ("2022-06-07 07:59:59.999999", "2022-06-07 08:00"),
        ("2022-06-07 08:00", "2022-06-07 08:00"),
        ("2022-12-31 22:00", "2023-01-01 08:00"),
    ],
)
def test_a_night_is_quiet_from_its_begin_and_free_at_its_end(moment: str, leaves: str) -> None:
    assert leaves_at(at(moment), quiet("21:00", "08:00")) == at(leaves)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [("11:59", "11:59"), ("12:00", "14:00"), ("13:59", "14:00"), ("14:00", "14:00"), ("00:00", "00:00")],
)
def test_a_break_within_a_day_ends_on_that_day(moment: str, leaves: str) -> None:
    assert leaves_at(at(f"2022-06-06 {moment}"), quiet("12:00", "14:00")) == at(f"2022-06-06 {leaves}")


def test_hours_are_beijing_hours_whatever_the_moment_is_written_in() -> None:
    moment = datetime(2022, 6, 6, 13, 0, tzinfo=UTC)  # 21:00 in Beijing
    assert leaves_at(moment, quiet("21:00", "08:00")) == datetime(2022, 6, 7, 0, 0, tzinfo=UTC)
    assert leaves_at(moment - timedelta(seconds=1), quiet("21:00", "08:00")) == moment - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2022-09-30 23:59", "2022-09-30 23:59"),
        ("2022-10-01 00:00", "2022-10-08 00:00"),  # 国庆 until Friday 7; Saturday 8 is worked instead
        ("2022-10-08 10:00", "2022-10-08 10:00"),
        ("2022-06-11 10:00", "2022-06-13 00:00"),
    ],
)
def test_days_off_are_quiet_and_weekends_that_are_worked_are_not(moment: str, leaves: str) -> None:
    assert leaves_at(at(moment), quiet(days_off=True)) == at(leaves)


def test_after_a_day_off_the_night_still_counts() -> None:
    both = quiet("21:00", "08:00", days_off=True)
    assert leaves_at(at("2022-06-10 22:00"), both) == at("2022-06-13 08:00")


def test_without_settings_every_moment_is_free() -> None:
    assert leaves_at(at("2022-10-01 03:00"), quiet()) == at("2022-10-01 03:00")


def test_a_year_without_data_is_an_error_that_names_it() -> None:
    with pytest.raises(Unavailable, match="2099"):
        leaves_at(at("2099-06-06 10:00"), quiet(days_off=True))


@pytest.mark.parametrize(
    ("begins", "ends"), [("21:00", None), (None, "08:00"), ("21:00", "21:00"), ("24:00", "08:00"), ("9pm", "08:00")]
)
def test_half_a_setting_is_refused_at_start(begins: str | None, ends: str | None) -> None:
    with pytest.raises(SettingsError, match="QUIET_FROM"):
        quiet(begins, ends)
