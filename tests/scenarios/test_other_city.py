"""A city that the code has never heard of: its document is dropped in, and a case runs to its payment (no code)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.scenarios.stage import on_folder, says, skills

CITY = Path(__file__).parent / "harbour_city"


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    shutil.copy(CITY / "document.yaml", folder / "harbour-city.yaml")
    return folder


def test_its_document_has_no_fault(policies: Path) -> None:
    assert "没有问题" in says("rules", "check", policies / "harbour-city.yaml")


def test_its_case_runs_to_payment_and_ledger(policies: Path, tmp_path: Path) -> None:
    told = says("scenario", "run", CITY / "story.yaml", *on_folder(tmp_path), POLICY_PATH=str(policies))
    assert "全部完成" in told
    assert "差异 0 项" in says("decisions", "verify", *on_folder(tmp_path), POLICY_PATH=str(policies))


def test_without_its_document_the_application_is_refused_by_name(tmp_path: Path) -> None:
    done = skills("scenario", "run", CITY / "story.yaml", *on_folder(tmp_path))
    assert done.returncode == 1
    assert "no_policy_in_force" in done.stderr
