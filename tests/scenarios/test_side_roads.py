"""Every side road of the apprenticeship programme is a story, and each of them goes as told.

Afterwards the system is asked whether it still agrees with itself: each stored decision, decided again from its facts,
and the ledger, worked out again from decisions and payments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.bus.conftest import Processes
from tests.scenarios.stage import PROOF, STORIES, on_folder, on_processes, says, skills

SIDE_ROADS = {path.stem: path for path in sorted((STORIES / "side-roads").glob("*.yaml"))}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[CompletedProcess[str]]]]:
    """All stories, each on an embedded system of its own, some at a time; then decisions and ledger of each, proven."""

    stage_folder = tmp_path_factory.mktemp("side-roads")

    def play(story: Path) -> CompletedProcess[str]:
        folder = on_folder(stage_folder / story.stem)
        for asked in (("scenario", "run", story), ("decisions", "verify"), PROOF):
            done = skills(*asked, *folder)
            if done.returncode:
                break
        return done

    with ThreadPoolExecutor(max_workers=4) as stages:
        yield {name: stages.submit(play, story) for name, story in SIDE_ROADS.items()}


@pytest.mark.parametrize("name", SIDE_ROADS)
def test_a_side_road_goes_as_told(name: str, played: dict[str, Future[CompletedProcess[str]]]) -> None:
    done = played[name].result()
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["differences"] == []


@pytest.mark.parametrize("name", ["assessment-failed", "remedy-reminded"])
def test_it_does_on_rabbitmq_and_postgresql_too(name: str, processes: Processes) -> None:
    processes.start()
    assert "全部完成" in says("scenario", "run", SIDE_ROADS[name], *on_processes(processes))
