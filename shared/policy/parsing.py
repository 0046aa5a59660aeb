"""From one YAML file to one `Document`, or to every problem that stands in the way.

Nothing is guessed: an unknown key, a missing unit, a float, a gap in a table or in time is a `Problem` with
its cure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise, product
from pathlib import Path
from typing import Any, TypeVar

from shared.policy.document import (
    READINGS,
    Cell,
    Dated,
    Deadline,
    Document,
    Interpretation,
    Reference,
    ReportedRepeal,
    RuleEntry,
    Station,
    Value,
    Workflow,
)
from shared.policy.findings import Force
from shared.policy.problems import PolicyProblems, Problem
from shared.policy.units import UNITS, Quantity, quantity
from shared.policy.yaml_files import YamlFault, parse, plain

T = TypeVar("T")

LEVELS = ("district", "city")
MISSED = ("refuse", "finding")


@dataclass
class _Notes:
    """Collects the problems of one file while it is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str, fault: str, cure: str) -> None:
        self.problems.append(Problem(self.file, path, fault, cure))


@dataclass(frozen=True)
class _Node:
    """A mapping of the file with its path; asks for typed entries and notes what is wrong with them."""

    tree: Mapping[str, Any]
    path: str
    notes: _Notes

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def only(self, *known: str) -> None:
        for key in self.tree:
            if key not in known:
                self.notes.add(self.at(str(key)), "unknown key", f"remove it, or use one of: {', '.join(known)}")

    def _typed(self, key: str, kind: type[T], called: str, default: T | None) -> T | None:
        written = self.tree.get(key)
        if written is None:
            if default is None:
                self.notes.add(self.at(key), "is missing", f"add {key}: {called}")
            return default
        if not isinstance(written, kind) or (kind is int and isinstance(written, bool)):
            self.notes.add(self.at(key), f"is {type(written).__name__}", f"write {called}")
            return default
        return written

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, str, "a text", default) or ""

    def day(self, key: str) -> date:
        return self._typed(key, date, "a date such as 2022-05-27", None) or date.max

    def day_or_none(self, key: str) -> date | None:
        return None if self.tree.get(key) is None else self.day(key)

    def whole(self, key: str) -> int:
        return self._typed(key, int, "a whole number", None) or 0

    def choice(self, key: str, choices: Sequence[str]) -> str:
        written = self.text(key)
        if written and written not in choices:
            self.notes.add(self.at(key), f"{written!r} is unknown", f"use one of: {', '.join(choices)}")
        return written if written in choices else choices[0]

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        written = self._typed(key, list, "a list of texts", None if required else [])
        bad = [item for item in written or [] if not isinstance(item, str)]
        if bad:
            self.notes.add(self.at(key), f"{bad[0]!r} is no text", "write every entry as text, in quotes where needed")
        return tuple(item for item in written or [] if isinstance(item, str))

    def child(self, key: str, required: bool = True) -> _Node:
        written = self._typed(key, dict, "a mapping", None if required else {})
        return _Node(written or {}, self.at(key), self.notes)

    def children(self, key: str, required: bool = True) -> Iterable[tuple[str, _Node]]:
        """Named entries that are mappings themselves."""
        parent = self.child(key, required)
        for name in parent.tree:
            yield str(name), parent.child(name)

    def items(self, key: str) -> Iterable[_Node]:
        """Entries of a list that are mappings."""
        for place, item in enumerate(self._typed(key, list, "a list", []) or []):
            path = f"{self.at(key)}[{place}]"
            if isinstance(item, dict):
                yield _Node(item, path, self.notes)
            else:
                self.notes.add(path, f"is {type(item).__name__}", "write a mapping")


TOP = (
    *("id", "number", "title", "issuers", "jurisdiction", "programme", "in_force", "replaces", "reported_repeal"),
    *("references", "dimensions", "labels", "values", "rules", "decisions", "workflow", "road", "deadlines"),
    *("fund_sources", "forms", "interpretations"),
)


def read_document(path: Path) -> Document:
    """The document of one file. Raises PolicyProblems with all its faults."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyProblems([Problem(path.name, "", f"can't be read: {fault}", "save it as UTF-8")]) from fault
    return parse_document(text, path.name)


def parse_document(text: str, file: str) -> Document:
    """The document of a YAML text; `file` is the name that problems show. Raises PolicyProblems."""
    try:
        tree = parse(text)
    except YamlFault as fault:
        raise PolicyProblems([Problem(file, "", str(fault), "mend that line")]) from fault
    return build_document(tree, file)


def build_document(tree: Any, file: str) -> Document:
    """The document of a parsed tree. Raises PolicyProblems with all its faults."""
    notes = _Notes(file)
    if not isinstance(tree, dict):
        raise PolicyProblems([Problem(file, "", "holds no mapping", "start with `id:`, see docs/policy-documents.md")])
    document = _document(_Node(tree, "", notes), content_hash(tree))
    if notes.problems:
        raise PolicyProblems(notes.problems)
    return document


def content_hash(tree: Any) -> str:
    """SHA-256 over the canonical JSON of the parsed file: layout and comments don't change it, content does."""
    canonical = json.dumps(plain(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _document(top: _Node, identity: str) -> Document:
    top.only(*TOP)
    force = top.child("in_force")
    force.only("from", "to", "note")
    dimensions = _dimensions(top)
    from_on = force.day("from")
    to_on = force.day_or_none("to")
    if to_on and to_on < from_on:
        top.notes.add("in_force.to", f"{to_on} lies before {from_on}", "let it end after it begins")
    return Document(
        id=top.text("id"),
        number=top.text("number"),
        title=top.text("title"),
        issuers=top.texts("issuers"),
        jurisdiction=top.text("jurisdiction"),
        programme=top.text("programme"),
        from_on=from_on,
        to_on=to_on,
        replaces=top.texts("replaces"),
        reported_repeal=_repeal(top),
        references=tuple(_reference(node) for node in top.items("references")),
        dimensions=dimensions,
        values={key: _value(key, node, dimensions, from_on) for key, node in top.children("values")},
        rules={rule_id: _rule(rule_id, node) for rule_id, node in top.children("rules")},
        decisions=_texts_by_name(top.child("decisions", required=False)),
        workflow={kind: _workflow(kind, node) for kind, node in top.children("workflow", required=False)},
        road=top.texts("road"),
        deadlines={name: _deadline(name, node) for name, node in top.children("deadlines", required=False)},
        fund_sources=top.texts("fund_sources"),
        forms=top.texts("forms"),
        interpretations={key: _interpretation(key, node) for key, node in top.children("interpretations", False)},
        content_hash=identity,
        file=top.notes.file,
        labels=_texts_by_name(top.child("labels", required=False)),
    )


def _texts_by_name(node: _Node) -> dict[str, str]:
    return {str(name): node.text(name) for name in node.tree}


def _dimensions(top: _Node) -> dict[str, tuple[str, ...]]:
    node = top.child("dimensions", required=False)
    return {str(name): node.texts(name, required=True) for name in node.tree}


def _repeal(top: _Node) -> ReportedRepeal | None:
    if top.tree.get("reported_repeal") is None:
        return None
    node = top.child("reported_repeal")
    node.only("from", "by", "note")
    return ReportedRepeal(from_on=node.day("from"), by=node.text("by"), note=node.text("note", ""))


def _reference(node: _Node) -> Reference:
    node.only("title", "held", "clause")
    held = node.tree.get("held")
    if not isinstance(held, bool):
        node.notes.add(node.at("held"), "is missing", "write true or false")
    return Reference(title=node.text("title"), held=held is True, clause=node.text("clause", ""))


def _rule(rule_id: str, node: _Node) -> RuleEntry:
    node.only("clause", "force", "title", "decided_by")
    return RuleEntry(
        id=rule_id,
        clause=node.text("clause"),
        force=Force(node.choice("force", tuple(Force))),
        title=node.text("title"),
        decided_by=node.texts("decided_by", required=True),
    )


def _workflow(kind: str, node: _Node) -> Workflow:
    node.only("label", "after", "submitted_by", "stations")
    stations = tuple(_station(station) for station in node.items("stations"))
    if not stations:
        node.notes.add(node.at("stations"), "is empty", "name at least one review step")
    if len({station.id for station in stations}) < len(stations):
        node.notes.add(node.at("stations"), "one id stands twice", "give each station its own id")
    return Workflow(
        kind=kind,
        label=node.text("label"),
        after=node.text("after") if node.tree.get("after") else None,
        submitted_by=node.texts("submitted_by", required=True),
        stations=stations,
    )


def _station(node: _Node) -> Station:
    node.only("id", "label", "role", "level", "clause", "decisions", "within_days")
    return Station(
        id=node.text("id"),
        label=node.text("label"),
        role=node.text("role"),
        level=node.choice("level", LEVELS),
        clause=node.text("clause"),
        decisions=node.texts("decisions"),
        within_days=node.whole("within_days") if node.tree.get("within_days") is not None else None,
    )


def _deadline(name: str, node: _Node) -> Deadline:
    node.only("label", "clause", "party", "anchor", "days", "missed")
    return Deadline(
        id=name,
        label=node.text("label"),
        clause=node.text("clause"),
        party=node.text("party"),
        anchor=node.text("anchor"),
        days=node.whole("days"),
        missed=node.choice("missed", MISSED),
    )


def _interpretation(key: str, node: _Node) -> Interpretation:
    node.only("question", "reading", "reason", "alternatives", "setting", "value")
    setting = node.text("setting") if node.tree.get("setting") is not None else None
    value = None
    if setting is not None and setting not in READINGS:
        node.notes.add(node.at("setting"), f"{setting!r} is no setting", f"use one of: {', '.join(READINGS)}")
    elif setting is not None:
        value = node.choice("value", READINGS[setting])
    elif node.tree.get("value") is not None:
        node.notes.add(node.at("value"), "has no setting", "name the setting that it switches, or remove it")
    return Interpretation(
        id=key,
        question=node.text("question"),
        reading=node.text("reading"),
        reason=node.text("reason"),
        alternatives=node.texts("alternatives"),
        setting=setting,
        value=value,
    )


def _value(key: str, node: _Node, dimensions: Mapping[str, tuple[str, ...]], from_on: date) -> Value:
    node.only("unit", "clause", "force", "evidence", "by", "value", "values")
    by = node.texts("by")
    for dimension in by:
        if dimension not in dimensions:
            node.notes.add(node.at("by"), f"{dimension!r} is no dimension", "list its members under `dimensions`")
    unit = node.choice("unit", tuple(UNITS))
    reader = _Table(unit, tuple((name, dimensions.get(name, ())) for name in by), node.notes)
    return Value(
        key=key,
        unit=unit,
        clause=node.text("clause"),
        force=Force(node.choice("force", tuple(Force))),
        evidence=node.text("evidence"),
        by=by,
        entries=_entries(node, reader, from_on),
    )


@dataclass(frozen=True)
class _Table:
    """Reads a written value, or a table nested by its dimensions, into cells; every cell must be there."""

    unit: str
    by: tuple[tuple[str, tuple[str, ...]], ...]
    notes: _Notes

    def cells(self, written: Any, path: str) -> dict[Cell, Quantity]:
        found: dict[Cell, Quantity] = {}
        before = len(self.notes.problems)
        self._collect(written, path, (), found)
        if len(self.notes.problems) > before:
            return found
        for cell in product(*(members for _, members in self.by)):
            if cell not in found:
                self.notes.add(path, f"no value for {' × '.join(cell)}", "add that cell")
        return found

    def _collect(self, written: Any, path: str, cell: Cell, found: dict[Cell, Quantity]) -> None:
        if len(cell) == len(self.by):
            try:
                found[cell] = quantity(self.unit, written)
            except (ValueError, TypeError) as fault:
                self.notes.add(path, f"{written!r} is no value in {self.unit}", str(fault))
            return
        name, members = self.by[len(cell)]
        if not isinstance(written, dict):
            self.notes.add(path, f"varies by {name} but holds one value", f"write one entry for each {name}")
            return
        for member, inner in written.items():
            if member not in members:
                cure = f"use one of: {', '.join(members)}, or add it under dimensions"
                self.notes.add(f"{path}.{member}", f"is no {name}", cure)
                continue
            self._collect(inner, f"{path}.{member}", (*cell, member), found)


def _entries(node: _Node, reader: _Table, from_on: date) -> tuple[Dated, ...]:
    if "value" in node.tree and "values" in node.tree:
        node.notes.add(node.path, "has value and values", "keep one: `value`, or dated `values`")
    if "values" not in node.tree:
        if "value" not in node.tree:
            node.notes.add(node.at("value"), "is missing", "add `value`, or dated `values`")
            return ()
        return (Dated(from_on, reader.cells(node.tree["value"], node.at("value"))),)
    return _dated(node, reader, from_on)


def _dated(node: _Node, reader: _Table, from_on: date) -> tuple[Dated, ...]:
    entries = []
    for item in node.items("values"):
        item.only("from", "value")
        entries.append(Dated(item.day("from"), reader.cells(item.tree.get("value"), item.at("value"))))
    for earlier, later in pairwise(entries):
        if later.from_on <= earlier.from_on:
            fault = f"{later.from_on} overlaps {earlier.from_on}"
            node.notes.add(node.at("values"), fault, "order the entries by day, one for each day")
    if not entries or entries[0].from_on > from_on:
        first = entries[0].from_on if entries else "any day"
        fault = f"gap: no value from {from_on} to {first}"
        node.notes.add(node.at("values"), fault, "add the value of the first day in force and its clause")
    return tuple(entries)
