"""A document follows another: the next one is a file and no code, and every case keeps the one that it began under."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.policy import BEIJING
from tests.scenarios.stage import ONE_TRAINING, on_folder, says, skills

STORY = Path(__file__).parent / "successor" / "story.yaml"
CHANGES = {
    "id: beijing-2022-11-apprenticeship": "id: made-up-successor",
    "number: 京人社能发〔2022〕11号": "number: 示例人社发〔2023〕99号",
    "in_force: {from: 2022-05-27, note: 自发布之日起执行（INT-15）}": "in_force: {from: 2024-01-01}",
    "replaces: [京人社能发〔2019〕128号]": "replaces: [京人社能发〔2022〕11号]",
    "ordinary: {intermediate: 5000, advanced: 6000,": "ordinary: {intermediate: 5000, advanced: 6600,",
    "    value: 50%": "    value: 40%",
}


@pytest.fixture
def successor(tmp_path: Path) -> str:
    """POLICY_PATH with the made-up successor of the packaged document."""
    text = BEIJING.read_text("utf-8")
    for before, after in CHANGES.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "successor.yaml").write_text(text, "utf-8")
    return str(tmp_path / "policies")


def test_the_day_of_application_chooses_between_two_documents(successor: str, tmp_path: Path) -> None:
    assert "全部完成" in says("scenario", "run", STORY, *on_folder(tmp_path), POLICY_PATH=successor)
    assert "差异 0 项" in says("decisions", "verify", *on_folder(tmp_path), POLICY_PATH=successor)


def test_a_case_that_began_before_keeps_its_document_to_its_last_payment(successor: str, tmp_path: Path) -> None:
    """The balance falls due half a year after the successor's first day, and is what the first document says."""
    assert "93000.00" in says("scenario", "run", ONE_TRAINING, *on_folder(tmp_path), POLICY_PATH=successor)


def test_without_the_successor_the_story_tells_where_it_differs(tmp_path: Path) -> None:
    done = skills("scenario", "run", STORY, *on_folder(tmp_path))
    assert (done.returncode, "document" in done.stderr) == (1, True)
