"""What a document asks is asked: each decision that its rules belong to is decided by some service's code.

A service decides a decision where a module of it, outside its rules, calls a function `decide…` and names the decision.
A rule whose decision nobody takes would look kept in every report, and never be.
"""

from __future__ import annotations

import ast
from functools import cache

import pytest

from shared.policy.document import Document
from shared.policy.policies import load_documents
from shared.policy.rules import RULES
from shared.runtime.rulebook import register_all_rules
from tests.architecture.sources import modules, texts

register_all_rules()
DOCUMENTS = load_documents().documents


def asked() -> dict[str, set[str]]:
    """Decision → the rules of the documents at hand that wait for it."""
    found: dict[str, set[str]] = {}
    for document in DOCUMENTS:
        for entry, name in document.rules_by_function():
            found.setdefault(RULES[name].of, set()).add(entry.id)
    return found


@cache
def decided() -> frozenset[str]:
    """The decisions that the services' code takes."""
    named: set[str] = set()
    for file in modules("services"):
        source = file.read_text("utf-8")
        if "rules" not in file.parts and _decides(source):
            named |= set(texts(source))
    return frozenset(named)


def _decides(source: str) -> bool:
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(_name(function).startswith("decide") for function in called)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


@pytest.mark.parametrize("decision", sorted(asked()))
def test_each_decision_that_a_document_asks_is_taken_by_a_service(decision: str) -> None:
    waiting = ", ".join(sorted(asked()[decision]))
    assert decision in decided(), f"no service decides {decision}: {waiting} would never be looked at"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: f"{document.id}-r{document.revision}")
def test_each_decision_of_a_station_or_a_choice_is_taken_by_a_service(document: Document) -> None:
    stations = [station for kind in document.workflow.values() for station in kind.stations]
    wanted = {decision for station in stations for decision in station.decisions}
    assert (wanted | set(document.decisions)) - decided() == set()


def test_a_module_that_only_cites_a_decision_does_not_take_it() -> None:
    assert not _decides('cite(document, "subsidy.funding")')
    assert _decides('decided = decide("subsidy.funding", facts, document)')
    assert _decides('deciding.decide_own(work, case, "review.step", facts, document)')
