"""Which methods each service asks of the others, read from its code.

The answer is committed as `shared/bus/questions.yaml`, written with the schemas by `python -m
shared.reference.generate`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from shared.contracts import catalogue  # noqa: F401 - every contract is imported, so that the packages know them
from shared.contracts.schema.declare import SERVICES, Method

_CODE = Path(__file__).resolve().parents[2] / "services"
_PACKAGE = "shared.contracts"
_HEAD = "# Which methods each service asks of the others. Generated from services/ by `make schemas`: do not edit.\n"


def asked_in_code() -> dict[str, list[str]]:
    """Routes by asking service, as its modules name them; sorted."""
    return {service: sorted(_asked_by(service)) for service in SERVICES}


def written() -> str:
    """What the file should hold."""
    return _HEAD + yaml.safe_dump(asked_in_code(), sort_keys=False, width=110)


def _asked_by(service: str) -> set[str]:
    found: set[str] = set()
    for file in sorted((_CODE / service).rglob("*.py")):
        if "migrations" not in file.parts:
            found |= {method.route for method in _methods_in(ast.parse(file.read_text("utf-8")))}
    return {route for route in found if route.partition(".")[0] != service}


def _methods_in(tree: ast.Module) -> Iterator[Method[Any, Any]]:
    names = dict(_imported(tree))
    for node in ast.walk(tree):
        yield from _methods_of(_meant(node, names))


def _imported(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    """What a module calls the contract modules and their members that it imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_PACKAGE):
            holder = import_module(node.module)
            yield from ((name.asname or name.name, _member(holder, name.name)) for name in node.names)


def _member(holder: ModuleType, name: str) -> Any:
    """A module inside a package is its attribute only once something has imported it, as the catalogue did."""
    return getattr(holder, name, None)


def _meant(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """What a name or `module.NAME` stands for; None for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(names.get(node.value.id), node.attr, None)
    return None


def _methods_of(value: Any) -> Iterator[Method[Any, Any]]:
    """A method, or those of a mapping by service, such as `kernel.GET_CHUNK`: whose one is used is seen at run time."""
    if isinstance(value, Method):
        yield value
    elif isinstance(value, dict):
        yield from (one for one in value.values() if isinstance(one, Method))
