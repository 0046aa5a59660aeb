"""What the rule tests share: the packaged document, variants of it, and the YAML cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from shared.policy.document import Document
from shared.policy.document_parser import build_document
from shared.policy.policies import PROGRAMMES
from shared.policy.yaml_files import parse, plain
from shared.runtime.rulebook import register_all_rules

register_all_rules()

HERE = Path(__file__).parent
DOCUMENTS = PROGRAMMES / "apprenticeship" / "documents"
BEIJING = DOCUMENTS / "beijing-2022-11-apprenticeship.yaml"
EXAMPLE_CITY = HERE / "documents" / "example-city.yaml"


def tree_of(file: Path) -> dict[str, Any]:
    """The parsed file, fresh, for a test to change."""
    return deepcopy(_tree(file))


@cache
def _tree(file: Path) -> dict[str, Any]:
    tree = parse(file.read_text(encoding="utf-8"))
    assert isinstance(tree, dict)
    return tree


def document_of(tree: Mapping[str, Any], file: str = "variant.yaml") -> Document:
    return build_document(dict(tree), file)


def beijing(**settings: str) -> Document:
    """The packaged document, under other readings where `settings` names some."""
    return _beijing(tuple(sorted(settings.items())))


@cache
def _beijing(settings: tuple[tuple[str, str], ...]) -> Document:
    tree = tree_of(BEIJING)
    for setting, value in settings:
        entry = next(found for found in tree["interpretations"].values() if found.get("setting") == setting)
        entry["value"] = value
    return document_of(tree)


def cases(name: str) -> Iterator[dict[str, Any]]:
    """The cases of one file of `cases/`, each with a name and the rules that it is about."""
    yield from plain(parse((HERE / "cases" / name).read_text(encoding="utf-8")))


def all_cases() -> Iterator[dict[str, Any]]:
    for file in sorted((HERE / "cases").glob("*.yaml")):
        if file.name != "bases.yaml":
            yield from cases(file.name)


def facts_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a case: those that meet every clause of its decision, changed where the case says so."""
    return _merged(_bases()[case["decision"]], case.get("facts", {}))


@cache
def _bases() -> dict[str, dict[str, Any]]:
    bases: dict[str, dict[str, Any]] = plain(parse((HERE / "cases" / "bases.yaml").read_text(encoding="utf-8")))
    return bases


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if nested else value
    return merged
