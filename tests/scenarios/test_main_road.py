"""The road from registration to the last fen, embedded and on the real parts, and after a power cut in its middle."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from deploy.local.services import REPOSITORY, SKILLS
from shared.contracts.kernel.missed_events import EVENTS_SINCE, EventsSince
from shared.contracts.schema.declare import SERVICES
from shared.runtime.system_client import OPERATOR, System
from tests.bus.conftest import Processes
from tests.scenarios.conftest import Played
from tests.scenarios.personal import found_in, found_under
from tests.scenarios.stage import MAIN_ROAD, PROOF, on_folder, on_processes, own_environment, says

AFTER_THE_CRASH = Path(__file__).parent / "after_the_crash.yaml"
FINAL_CLAIM = "企业申请剩余补贴"
"""What the story prints once the final claim is submitted; its payment is three steps away."""
PAPERS = {
    "学徒花名册.xlsx",
    "学徒花名册-错误标注.xlsx",
    "补贴台账.xlsx",
    "补贴申领汇总表.docx",
    "核定决定书.docx",
    "国库支付清单.xlsx",
}


def assert_all_is_well(*system: object) -> None:
    """Every decision comes out again from its facts, the ledger from decisions and payments; the audit is whole."""
    decided, audited = says("decisions", "verify", *system), says("audit", "verify", *system)
    for service in SERVICES:
        assert f"{service}：" in decided
        assert f"{service}：" in audited
    assert json.loads(says(*PROOF, *system))["differences"] == []
    assert decided.count("差异 0 项") == audited.count("问题 0 项") == len(SERVICES)


def test_the_road_ends_with_papers_and_a_proven_ledger(main_road: Played) -> None:
    assert "全部完成" in main_road.stdout
    assert {file.name for file in (main_road.folder / "out").iterdir()} == PAPERS
    assert_all_is_well(*on_folder(main_road.folder))


def test_it_does_on_rabbitmq_and_postgresql_too(processes: Processes, tmp_path: Path) -> None:
    processes.start()
    told = says("scenario", "run", MAIN_ROAD, *on_processes(processes), "--out", tmp_path / "papers")
    assert "全部完成" in told
    assert_all_is_well(*on_processes(processes))
    assert found_in(told.encode()) == set()
    assert found_in(events(processes.system)) == set()
    assert list(found_under(processes.folder / "log")) == []


def test_killed_in_the_middle_the_embedded_system_goes_on_where_it_was(tmp_path: Path) -> None:
    play_until(FINAL_CLAIM, tmp_path)
    assert "全部完成" in says("scenario", "run", AFTER_THE_CRASH, *on_folder(tmp_path))
    assert_all_is_well(*on_folder(tmp_path))


def play_until(line: str, folder: Path) -> None:
    """Plays the main road on a folder and kills its process as soon as it has printed a line with these words."""
    command = [*SKILLS, "scenario", "run", MAIN_ROAD, *on_folder(folder), "--out", folder / "out"]
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, env=own_environment(), cwd=REPOSITORY, text=True
    ) as story:
        assert story.stdout is not None
        told = any(line in said for said in story.stdout)
        story.kill()
    assert told, f"the story ended before it said {line}"


def events(system: System) -> bytes:
    """All events that the five services have told, as outside systems read them."""
    pages = []
    for service in SERVICES:
        cursor = 0
        while page := system.ask(EVENTS_SINCE[service], EventsSince(cursor), OPERATOR).events:
            pages.append(repr(page))
            cursor = page[-1].position
    assert len(pages) >= len(SERVICES) - 1  # notify tells outside systems of mail only, and none is sent here
    return "".join(pages).encode()
