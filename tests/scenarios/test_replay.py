"""`skills rules replay`: twenty apprentices under another rate, another share and one threshold, counted by hand.

before   12 × 12 000 + 5 × 10 200 + 3 × 0 = 195 000, of which 20 × 6 000 advanced
after    12 × 13 000 + 5 × 10 400 + 3 × 0 = 208 000: 6 500 a year, 80% without certificate
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.bus.conftest import Processes
from tests.rules.policy import BEIJING
from tests.scenarios.stage import ONE_TRAINING, on_folder, on_processes, says, skills

CHANGES = {
    "id: beijing-2022-11-apprenticeship": "id: tried",
    "ordinary: {intermediate: 5000, advanced: 6000,": "ordinary: {intermediate: 5000, advanced: 6500,",
    "ordinary: {yes: 85%,": "ordinary: {yes: 80%,",
    "evidence: 1年以上, value: 1}": "evidence: 1年以上, value: 8}",
}
SUMS = (
    "subsidy.advance：相同 0 项，变化 20 项，不能判定 0 项",
    "预拨 120000.00 → 130000.00 元，差额 +10000.00 元",
    "subsidy.entitlement：相同 0 项，变化 20 项，不能判定 0 项",
    "核定 195000.00 → 208000.00 元，差额 +13000.00 元",
    "剩余 93000.00 → 106000.00 元，差额 +13000.00 元",
    "追回 18000.00 → 18000.00 元，差额 0.00 元",
    "registry.mentor：相同 0 项，变化 1 项，不能判定 0 项",
    "条款 APP-11〔三(二)2〕符合 → APP-11〔三(二)2〕不符合：1 项",
)


@pytest.fixture
def tried(tmp_path: Path) -> Path:
    text = BEIJING.read_text("utf-8")
    for before, after in CHANGES.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    file = tmp_path / "tried.yaml"
    file.write_text(text, "utf-8")
    return file


def test_who_and_how_many_yuan_would_change(tried: Path, tmp_path: Path) -> None:
    says("scenario", "run", ONE_TRAINING, *on_folder(tmp_path))
    listing = tmp_path / "changes.csv"
    told = says("rules", "replay", "--document", tried, "--list", listing, *on_folder(tmp_path))
    assert [line for line in SUMS if line not in told] == []
    with listing.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert difference(rows, "核定") == {"+1000.00": 12, "+200.00": 5}
    assert len({row["项目"] for row in rows if row["服务"] == "subsidy"}) == 1
    lines = tmp_path / "changes.jsonl"
    says("rules", "replay", "--document", tried, "--list", lines, *on_folder(tmp_path))
    listed = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert {one["decision_id"] for one in listed} == {row["决定编号"] for row in rows}
    assert "差异 0 项" in says("decisions", "verify", *on_folder(tmp_path)), "nothing was touched"


def difference(rows: Iterable[Mapping[str, Any]], amount: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        if row["金额项目"] == amount:
            found[row["差额（元）"]] = found.get(row["差额（元）"], 0) + 1
    return found


def test_it_asks_a_running_system_too(tried: Path, processes: Processes) -> None:
    processes.start()
    says("scenario", "run", ONE_TRAINING, *on_processes(processes))
    told = says("rules", "replay", "--document", tried, *on_processes(processes))
    assert [line for line in SUMS if line not in told] == []


def test_a_document_with_a_fault_is_refused_with_its_place(tried: Path, tmp_path: Path) -> None:
    tried.write_text(tried.read_text("utf-8").replace("    unit: yuan_per_person_year\n", "", 1), "utf-8")
    done = skills("rules", "replay", "--document", tried, *on_folder(tmp_path))
    assert done.returncode == 1
    assert "document.values.subsidy.rate.unit" in done.stderr
