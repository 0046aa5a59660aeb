"""Killed before the commit or between commit and answer: the bank's line is booked once, and answered alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import Driver

DEATHS = ("before_commit", "after_commit")
ROUTE = "subsidy.record_bank_results"


@pytest.mark.parametrize("death", DEATHS)
def test_a_line_whose_hearing_was_killed_is_booked_once_when_it_is_said_again(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path, death: str
) -> None:
    url = make_database("subsidy", dialect).url
    bank = BankDriver(Driver(url, tmp_path))
    sent = bank.on_its_way()
    for outcome, booked in (("paid", ["payment"]), ("returned", ["payment", "return"])):
        killed = live(url, tmp_path, sent.payment_id, outcome, f"{death}:{ROUTE}")
        assert killed.returncode == -signal.SIGKILL, f"{death} was never reached"
        assert (bank.kinds() == booked) == (death == "after_commit")
        again = live(url, tmp_path, sent.payment_id, outcome)
        assert [row["outcome"] for row in json.loads(again.stdout)["rows"]] == ["accepted"]
        assert bank.kinds() == booked
        bank.right()
    bank.harness.close()


def live(url: str, folder: Path, payment_id: str, outcome: str, death: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.services.subsidy.bank.one_life", url, str(folder), payment_id, outcome]
    ended = subprocess.run(
        command, env=os.environ | {"CRASH_AT": death}, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended
