"""The main road played once, embedded, for all tests that look at what it left; real services for others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bus.conftest import processes
from tests.scenarios.stage import MAIN_ROAD, started_anew

__all__ = ["processes"]


@dataclass(frozen=True)
class Played:
    """What a story printed and left. `folder` holds `data` and `out`."""

    folder: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def main_road(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("main-road")
    done = started_anew("scenario", "run", MAIN_ROAD, "--data", folder / "data", "--out", folder / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    return Played(folder, done.stdout, done.stderr)
