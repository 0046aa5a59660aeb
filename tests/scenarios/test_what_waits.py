"""`skills waiting` and `skills history`: one list of what all services know, for whoever asks, as far as they see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.contracts.catalogue import METHODS
from tests.scenarios.conftest import Played
from tests.scenarios.stage import STORIES, on_folder, says, skills

CHAOYANG = ("--role", "district_officer", "--district", "110105")
SHUNYI = ("--role", "district_officer", "--district", "110113")


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the system in which employer and provider have just applied."""
    folder = tmp_path_factory.mktemp("applied")
    says("scenario", "run", STORIES / "parts" / "applied.yaml", *on_folder(folder))
    return folder


def project_of(folder: Path) -> str:
    told = says("call", "review.list_cases", '{"kind": "project"}', "--role", "city_officer", *on_folder(folder))
    return str(json.loads(told)["cases"][0]["case_id"])


def test_a_case_waits_for_the_district_that_has_it_and_for_nobody_else(applied: Path) -> None:
    told = says("waiting", *CHAOYANG, *on_folder(applied))
    assert "共 1 项" in told and project_of(applied) in told
    for others in (SHUNYI, ("--role", "city_officer"), ("--role", "finance_officer", "--district", "110105")):
        assert says("waiting", *others, *on_folder(applied)) == "共 0 项\n"


def test_a_project_tells_its_whole_story_in_the_order_of_time(main_road: Played) -> None:
    told = says("history", project_of(main_road.folder), *on_folder(main_road.folder)).splitlines()
    assert [line[:10] for line in told[:-1]] == sorted(line[:10] for line in told[:-1])
    telling = {route.partition(".")[0] for route in METHODS if route.endswith(".get_history")}
    assert {line.split("）  ")[1].split()[0] for line in told[:-1]} == telling
    assert "提交" in told[0] and "企业" in told[0]
    assert told[-1] == f"共 {len(told) - 1} 条"


def test_a_project_of_another_district_has_no_story_here(applied: Path) -> None:
    for speaker, project in ((SHUNYI, project_of(applied)), (CHAOYANG, "nobody-knows-it")):
        refused = skills("history", project, *speaker, *on_folder(applied))
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "未找到" in refused.stderr


def test_a_role_without_its_place_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    refused = skills("waiting", "--role", "district_officer", *on_folder(tmp_path))
    assert refused.returncode == 2 and "district" in refused.stderr
