"""Policy is complete: every rule of the domain is in the document, decided in one place, and has a case."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.errors import NoPolicyInForce
from shared.policy.decisions import decide
from shared.policy.document_check import check
from shared.policy.policies import load_documents
from shared.policy.rules import RULES
from tests.rules.policy import EXAMPLE_CITY, all_cases, beijing, document_of, facts_of, tree_of

ROOT = Path(__file__).parents[2]
APPRENTICESHIP = [f"APP-{number}" for number in range(1, 39)]


@pytest.mark.parametrize("rule", APPRENTICESHIP)
def test_each_rule_has_a_clause_a_force_and_a_function(rule: str) -> None:
    entry = beijing().rules[rule]
    assert entry.clause and entry.title and entry.force
    assert entry.decided_by and set(entry.decided_by) <= set(RULES)


def test_every_document_agrees_with_the_rules() -> None:
    documents = [*load_documents().documents, document_of(tree_of(EXAMPLE_CITY))]
    assert [problem for document in documents for problem in check(document)] == []


def test_every_registered_function_is_named_by_a_document() -> None:
    named = {name for document in load_documents().current for _, name in document.rules_by_function()}
    assert set(RULES) == named


@pytest.mark.parametrize("key", sorted(beijing().values))
def test_each_figure_decides_something(key: str) -> None:
    """Without it a case can't be decided, or is decided otherwise: a figure that is only declared would pass unseen."""
    assert any(_decided(case) != _decided(case, without=key) for case in all_cases())


def _decided(case: dict[str, Any], without: str = "") -> object:
    whole = beijing(**case.get("settings", {}))
    document = replace(whole, values={key: value for key, value in whole.values.items() if key != without})
    try:
        decision = decide(case["decision"], facts_of(case), document, case.get("accepted"))
    except NoPolicyInForce:
        return None
    return decision.findings, decision.amounts, decision.answers


def test_no_rule_file_holds_a_figure_of_a_document() -> None:
    figures = {value for name in ("subsidy.rate", "credits.min", "plan.person_times") for value in _figures(name)}
    for file in (ROOT / "services").glob("*/rules/*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert not figures & {literal for literal in literals if type(literal) is int}, file


def _figures(name: str) -> set[int]:
    cells = beijing().values[name].entries[0].cells.values()
    return {int(str(cell).removesuffix(".00")) for cell in cells}
