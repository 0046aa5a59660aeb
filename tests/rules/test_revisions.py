"""Revisions of a document's data: the newest governs new cases, an earlier one only those that keep it (X-7)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from cli.rules import rules
from shared.errors import NoPolicyInForce
from shared.policy.policies import SUPERSEDED, load_documents
from shared.policy.problems import PolicyProblems
from tests.rules.policy import DOCUMENTS, EXAMPLE_CITY, tree_of

CITY = ("apprenticeship", "990101")
DAY = date(2031, 6, 1)
LANDED = "524ebcc751b18f5e0e897c32bcb8ac92e54d5fcc43131e3f15528648ca855c00"


def written(folder: Path, revision: int | None, name: str = "city", **changes: Any) -> Path:
    """The example city's document in `folder`, as one of its revisions."""
    tree = tree_of(EXAMPLE_CITY) | changes
    if revision is not None:
        tree["revision"] = revision
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return file


def test_the_newest_revision_governs_and_the_earlier_is_found_by_its_identity(tmp_path: Path) -> None:
    written(tmp_path, 2, title="第二版")
    written(tmp_path / SUPERSEDED, None, title="第一版")
    policies = load_documents(str(tmp_path))
    assert policies.governing(*CITY, DAY).title == "第二版"
    (first,) = (each for each in policies.documents if each.title == "第一版")
    assert first.revision == 1
    assert policies.by_identity(first.identity) == first
    assert first not in policies.current


def test_the_highest_number_governs_wherever_its_file_lies(tmp_path: Path) -> None:
    for revision, place in {10: tmp_path / "b", 9: tmp_path / "a", 2: tmp_path / "c"}.items():
        written(place, revision, title=str(revision))
    policies = load_documents(":".join(str(tmp_path / name) for name in "abc"))
    assert policies.governing(*CITY, DAY).title == "10"


def test_a_revision_without_those_below_it_governs_all_the_same(tmp_path: Path) -> None:
    written(tmp_path, 3)
    assert load_documents(str(tmp_path)).governing(*CITY, DAY).revision == 3


def test_a_lower_revision_that_is_missing_is_waited_for_by_its_own_cases_only(tmp_path: Path) -> None:
    file = written(tmp_path, 1, title="第一版")
    (first,) = load_documents(str(file), packaged=None).documents
    written(tmp_path, 2)
    with pytest.raises(NoPolicyInForce, match="POLICY_PATH"):
        load_documents(str(tmp_path)).by_identity(first.identity)


def test_two_bodies_under_one_revision_are_refused_with_the_cure(tmp_path: Path) -> None:
    written(tmp_path, None, "one", title="一")
    written(tmp_path, 1, "other", title="另一")
    with pytest.raises(PolicyProblems) as refused:
        load_documents(str(tmp_path))
    (problem, *_) = refused.value.problems
    assert (problem.file, problem.path) == ("other.yaml", "revision")
    assert "第 1 版已用于 one.yaml" in problem.fault and "更大的 revision" in problem.cure


@pytest.mark.parametrize(
    "change", [{"number": "示例发〔2031〕9号"}, {"programme": "gardening"}, {"jurisdiction": "980000"}]
)
def test_a_revision_is_of_the_same_printed_document(tmp_path: Path, change: dict[str, str]) -> None:
    written(tmp_path, 1)
    written(tmp_path, 2, "second", **change)
    with pytest.raises(PolicyProblems, match=r"second\.yaml: id: 与 city\.yaml 的"):
        load_documents(str(tmp_path))


def test_a_successor_ends_every_revision_of_its_predecessor(tmp_path: Path) -> None:
    written(tmp_path, 2, "second", title="第二版")
    written(tmp_path, None, "first")
    number = tree_of(EXAMPLE_CITY)["number"]
    begins = {"in_force": {"from": date(2032, 1, 1)}, "replaces": [number]}
    written(tmp_path, None, "next", id="next", number="示例发〔2032〕1号", **begins)
    ends = {each.revision: each.to_on for each in load_documents(str(tmp_path)).documents if each.number == number}
    assert ends == {1: date(2031, 12, 31), 2: date(2031, 12, 31)}


def test_only_the_newest_revision_says_what_it_replaces(tmp_path: Path) -> None:
    """The successor's first revision named the wrong number; its second takes that back."""
    written(tmp_path, None, "old")
    later = {"id": "next", "number": "示例发〔2032〕1号", "jurisdiction": "980000"}
    written(tmp_path, None, "next1", **later, replaces=[tree_of(EXAMPLE_CITY)["number"]])
    written(tmp_path, 2, "next2", **later)
    policies = load_documents(str(tmp_path))
    assert policies.governing(*CITY, date(2033, 1, 1)).id == tree_of(EXAMPLE_CITY)["id"]


def test_the_body_that_was_first_released_is_loaded_as_it_was_for_ever() -> None:
    (file,) = (DOCUMENTS / SUPERSEDED).glob("beijing-2022-11-apprenticeship.r1.yaml")
    (first,) = load_documents(str(file), packaged=None).documents
    assert (first.revision, first.content_hash) == (1, LANDED)
    policies = load_documents()
    assert policies.by_identity(first.identity).revision == 1
    assert policies.governing("apprenticeship", "110105", date(2023, 1, 1)).revision > 1


def test_rules_lists_the_newest_revision_alone_and_the_check_says_which_are_only_kept(tmp_path: Path) -> None:
    listed = CliRunner().invoke(rules, ["--on", "2023-01-01"])
    assert listed.output.count("京人社能发〔2022〕11号 ") == 1
    checked = CliRunner().invoke(rules, ["check"]).output.splitlines()
    kept = [line for line in checked if "只用于此前的案件" in line]
    assert [line.partition(":")[0] for line in kept] == [
        "beijing-2022-11-apprenticeship.r1.yaml",
        "beijing-2022-11-apprenticeship.r2.yaml",
    ]
    assert len(checked) > len(kept)
