"""A process that is killed by the system in the middle of a story: the next life finds books that are right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.conftest import MadeDatabase
from tests.services.subsidy.crowd import FULL
from tests.services.subsidy.model.life import STORY
from tests.services.subsidy.model.sheet import Sheet
from tests.services.subsidy.model.telling import START
from tests.services.subsidy.model.test_model import agree
from tests.services.subsidy.model.walk import Walk

COMMANDS = (
    "appropriate",
    "submit_claim",
    "decide_claim",
    "prepare_payment",
    "approve_payment",
    "confirm_payment",
    "record_bank_results",
    "record_repayment",
    "offset_demand",
)
DEATHS = tuple(f"{when}_commit:subsidy.{command}" for command in COMMANDS for when in ("before", "after")) + tuple(
    f"{when}:review.fraud_confirmed" for when in ("after_inbox", "before_apply_commit", "after_apply_commit")
)
TRIED = DEATHS if FULL else ("before_commit:subsidy.decide_claim", "after_commit:subsidy.record_repayment", DEATHS[-2])


def test_every_life_goes_on_where_the_last_was_killed(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    url = make_database("subsidy", dialect).url
    Walk(url, tmp_path).driver.close()  # the projects are known, and the clock stands at the story's beginning
    for death in TRIED:
        killed, told = live(url, tmp_path, death)
        assert killed == -signal.SIGKILL, f"{death} was never reached"
        walk = Walk(url, tmp_path, on=START)  # the next life, which applies what was heard
        agree(walk, as_told(told + (not death.startswith("before_commit"))))
        walk.driver.close()
    assert live(url, tmp_path) == (0, len(STORY))
    walk = Walk(url, tmp_path, on=START)
    agree(walk, as_told(len(STORY)))
    walk.driver.close()


def live(url: str, folder: Path, death: str = "") -> tuple[int, int]:
    """How a life ended, and how many acts it had told by then."""
    command = [sys.executable, "-m", "tests.services.subsidy.model.life", url, str(folder)]
    ended = subprocess.run(
        command, env=os.environ | {"CRASH_AT": death}, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    return ended.returncode, len(ended.stdout.splitlines())


def as_told(acts: int) -> Sheet:
    sheet = Sheet(START)
    for step in STORY[:acts]:
        getattr(sheet, step.act)(step.number, step.fen)
    return sheet
