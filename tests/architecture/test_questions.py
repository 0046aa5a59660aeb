"""Who asks whom, read from the code: questions run one way, so that no service ever waits for its own answer.

A question is any use of another service's method in a service's modules: `evidence.ASK_WAGES`, or a bare name that
was imported. Events don't count: nobody waits for them.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shared.contracts.schema.declare import SERVICES, Method

ROOT = Path(__file__).parents[2]
GRAPH_LINE = re.compile(r"^(\w+) +asks +(.+)$", re.MULTILINE)


def questions() -> dict[str, dict[str, set[str]]]:
    """By service and by whom it asks: the routes that its modules use."""
    asked: dict[str, dict[str, set[str]]] = {service: {} for service in SERVICES}
    for service in SERVICES:
        for module in _modules(service):
            for method in _methods_in(module):
                if method.service != service:
                    asked[service].setdefault(method.service, set()).add(method.route)
    return asked


def _modules(service: str) -> Iterator[ModuleType]:
    """Every module of a service; migrations run by themselves and know no contract."""
    folder = ROOT / "services" / service
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _methods_in(module: ModuleType) -> Iterator[Method[Any, Any]]:
    """The contract methods that the module's code names, wherever in it."""
    tree = ast.parse(Path(module.__file__ or "").read_text("utf-8"))
    for node in ast.walk(tree):
        found = _meant(node, vars(module))
        if isinstance(found, Method):
            yield found


def _meant(node: ast.AST, names: dict[str, Any]) -> Any:
    """What a name or `module.NAME` stands for in the module; None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(names.get(node.value.id), node.attr, None)
    return None


def _order(graph: dict[str, set[str]]) -> list[str]:
    return list(TopologicalSorter(graph).static_order())


def test_no_chain_of_questions_leads_back_to_its_start() -> None:
    graph = {service: set(asked) for service, asked in questions().items()}
    try:
        _order(graph)
    except CycleError as error:
        pytest.fail(f"services wait for each other: {' → '.join(error.args[1])}; routes: {questions()}")


def test_a_circle_would_be_seen() -> None:
    with pytest.raises(CycleError):
        _order({"training": {"registry"}, "registry": {"subsidy"}, "subsidy": {"training"}})


def test_questions_are_found_however_they_are_written() -> None:
    module = ModuleType("made_up")
    exec(
        "from shared.contracts.registry import evidence\nfrom shared.contracts.training.enrolments import ASK_FUNDED",
        vars(module),
    )
    written = ast.parse("asks.ask(evidence.ASK_WAGES, one)\nask(ASK_FUNDED, two)\nevidence.AskWages")
    found = [_meant(node, vars(module)) for node in ast.walk(written)]
    assert {one.route for one in found if isinstance(one, Method)} == {"registry.ask_wages", "training.ask_funded"}
    assert questions()["notify"] == {"registry": {"registry.list_organisations", "registry.reveal_accounts"}}


def test_the_page_of_the_services_draws_the_graph_that_the_code_has() -> None:
    page = (ROOT / "services" / "README.md").read_text("utf-8")
    drawn = {service: set(asked.split(", ")) for service, asked in GRAPH_LINE.findall(page)}
    assert drawn == {service: set(asked) for service, asked in questions().items() if asked}
