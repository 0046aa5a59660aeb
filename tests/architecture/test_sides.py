"""Every rule is tried on both sides: those of the programme by their cases, those of all programmes by `sides.yaml`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from shared.policy.decisions import Decision, decide
from shared.policy.findings import Outcome
from shared.policy.yaml_files import parse
from tests.architecture.sources import ROOT
from tests.rules.policy import all_cases, beijing, facts_of

APPRENTICESHIP = [f"APP-{number}" for number in range(1, 39)]
FOR_ALL = [f"X-{number}" for number in range(1, 16)]
KEPT = {Outcome.MET, Outcome.ACCEPTED}
BROKEN = {Outcome.UNMET, Outcome.ADVICE}


def _decided(rule: str) -> Iterator[Decision]:
    """The cases that name the rule, decided."""
    for case in all_cases():
        if rule in case["rules"]:
            yield decide(case["decision"], facts_of(case), beijing(**case.get("settings", {})), case.get("accepted"))


@pytest.mark.parametrize("rule", APPRENTICESHIP)
def test_each_rule_has_cases_on_both_sides(rule: str) -> None:
    """A rule that only counts, such as a rate, has two cases that come to different amounts."""
    decisions = list(_decided(rule))
    outcomes = {found.outcome for decision in decisions for found in decision.findings if found.rule == rule}
    amounts = {tuple(sorted(decision.amounts.items())) for decision in decisions}
    assert outcomes & KEPT, f"{rule} has no case that keeps it: add one to tests/rules/cases/clauses.yaml"
    assert outcomes & BROKEN or len(amounts) > 1, f"{rule} has no case on its other side: add one to clauses.yaml"


@pytest.mark.parametrize("rule", FOR_ALL)
@pytest.mark.parametrize("side", ["kept", "broken"])
def test_what_holds_for_all_programmes_has_tests_on_both_sides(rule: str, side: str) -> None:
    named = _sides().get(rule, {}).get(side, [])
    assert named, f"{rule} has no test of being {side}: write one and name it in tests/architecture/sides.yaml"
    assert [test for test in named if not _exists(test)] == []


def test_the_list_of_sides_names_no_other_rule() -> None:
    assert list(_sides()) == FOR_ALL


@cache
def _sides() -> dict[str, dict[str, list[str]]]:
    listed: dict[str, Any] = parse((ROOT / "tests" / "architecture" / "sides.yaml").read_text("utf-8"))
    return listed


def _exists(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and name in _functions(file)


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
