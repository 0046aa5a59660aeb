"""One life of a process that tells a whole story to the service, and may be killed at a named point on the way.

    python -m tests.services.subsidy.model.life URL FOLDER        CRASH_AT=before_commit:subsidy.decide_claim

Each life begins at the beginning: what an earlier one did is only answered again, since every act has its request id.
Prints a line after each act.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from shared.kernel.crash_points import CrashPoints
from tests.services.subsidy.model.papers import ADVANCE
from tests.services.subsidy.model.telling import START, Step
from tests.services.subsidy.model.walk import Walk

STORY = (
    Step("appropriate", 0, 3 * ADVANCE // 2),
    Step("appropriate", 0, 20 * ADVANCE + 1),
    Step("advance", 2),
    Step("approve", 2),
    Step("prepare", 2),
    Step("instruct", 2),
    Step("confirm", 2, 0),
    Step("pay", 2, 1),
    Step("send_back", 2, 1),
    Step("prepare", 2),
    Step("instruct", 2),
    Step("pay", 2, 1),
    Step("final", 2),
    Step("approve", 2),
    Step("notice", 2),
    Step("repay", 2, 99_999),
    Step("advance", 0),
    Step("approve", 0),
    Step("offset", 2, 1),
    Step("fraud", 2),
)


def main(url: str, folder: str) -> None:
    walk = Walk(url, Path(folder), on=START)
    alive = CrashPoints(os.environ.get("CRASH_AT"))
    walk.harness.kernel.crash_points = alive
    for number, step in enumerate(STORY, 1):
        walk.does(step)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    walk.driver.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
