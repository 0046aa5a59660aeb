"""From one YAML file to one `Document`, or to every problem that stands in the way.

Nothing is guessed: an unknown key, a missing unit, a float, a gap in a table or in time is a `Problem` with its cure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from shared.policy.document import (
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
from shared.policy.readings import READINGS
from shared.policy.tables import Table, entries
from shared.policy.units import UNITS
from shared.policy.yaml_entries import Node, Notes
from shared.policy.yaml_files import YamlFault, parse, plain

LEVELS = ("district", "city")
MISSED = ("refuse", "finding")
TOP = (
    *(
        "id",
        "revision",
        "number",
        "title",
        "issuers",
        "jurisdiction",
        "programme",
        "in_force",
        "replaces",
        "reported_repeal",
    ),
    *("references", "dimensions", "labels", "values", "rules", "decisions", "workflow", "road", "deadlines"),
    *("fund_sources", "forms", "interpretations"),
)


def read_document(path: Path) -> Document:
    """The document of one file. Raises PolicyProblems with all its faults."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyProblems([Problem(path.name, "", "读不到", "请核对路径，并以 UTF-8 保存")]) from fault
    return parse_document(text, path.name)


@lru_cache(maxsize=16)
def parse_document(text: str, file: str) -> Document:
    """The document of a YAML text; `file` is the name that problems show. Raises PolicyProblems.

    Kept for the next who asks, since reading YAML is slow: several services in one process have the same documents.
    """
    try:
        tree = parse(text)
    except YamlFault as fault:
        raise PolicyProblems([Problem(file, place, found, cure) for place, found, cure in fault.faults]) from fault
    return build_document(tree, file)


def build_document(tree: Any, file: str) -> Document:
    """The document of a parsed tree. Raises PolicyProblems with all its faults."""
    notes = Notes(file)
    if not isinstance(tree, dict):
        raise PolicyProblems([Problem(file, "", "没有键和值的对照", "请以 id: 开头，见 docs/policy-documents.md")])
    document = _document(Node(tree, "", notes), content_hash(tree))
    if notes.problems:
        raise PolicyProblems(notes.problems)
    return document


def content_hash(tree: Any) -> str:
    """SHA-256 over the canonical JSON of the parsed file: layout and comments don't change it, content does."""
    canonical = json.dumps(plain(tree), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _document(top: Node, identity: str) -> Document:
    top.only(*TOP)
    force = top.child("in_force")
    force.only("from", "to", "note")
    dimensions = _dimensions(top)
    from_on = force.day("from")
    to_on = force.day_or_none("to")
    if to_on and to_on < from_on:
        top.notes.add("in_force.to", f"{to_on} 早于 {from_on}", "请改为不早于施行首日")
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
        revision=_revision(top),
    )


def _texts_by_name(node: Node) -> dict[str, str]:
    return {str(name): node.text(name) for name in node.tree}


def _revision(top: Node) -> int:
    """1 where the file is silent: the first version of a document's data needs no number."""
    if top.tree.get("revision") is None:
        return 1
    written = top.whole("revision")
    if written < 1:
        top.notes.add("revision", f"现为 {written}", "请写 1 或更大的整数")
    return written


def _dimensions(top: Node) -> dict[str, tuple[str, ...]]:
    node = top.child("dimensions", required=False)
    return {str(name): node.texts(name, required=True) for name in node.tree}


def _repeal(top: Node) -> ReportedRepeal | None:
    if top.tree.get("reported_repeal") is None:
        return None
    node = top.child("reported_repeal")
    node.only("from", "by", "note")
    return ReportedRepeal(from_on=node.day("from"), by=node.text("by"), note=node.text("note", ""))


def _reference(node: Node) -> Reference:
    node.only("title", "held", "clause")
    held = node.tree.get("held")
    if not isinstance(held, bool):
        node.notes.add(node.at("held"), "缺少", "请写 true 或 false")
    return Reference(title=node.text("title"), held=held is True, clause=node.text("clause", ""))


def _rule(rule_id: str, node: Node) -> RuleEntry:
    node.only("clause", "force", "title", "decided_by")
    return RuleEntry(
        id=rule_id,
        clause=node.text("clause"),
        force=Force(node.choice("force", tuple(Force))),
        title=node.text("title"),
        decided_by=node.texts("decided_by", required=True),
    )


def _workflow(kind: str, node: Node) -> Workflow:
    node.only("label", "after", "submitted_by", "stations")
    stations = tuple(_station(station) for station in node.items("stations"))
    if not stations:
        node.notes.add(node.at("stations"), "为空", "请至少写一个审核环节")
    if len({station.id for station in stations}) < len(stations):
        node.notes.add(node.at("stations"), "有重复的 id", "请给每个环节各自的 id")
    return Workflow(
        kind=kind,
        label=node.text("label"),
        after=node.text("after") if node.tree.get("after") else None,
        submitted_by=node.texts("submitted_by", required=True),
        stations=stations,
    )


def _station(node: Node) -> Station:
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


def _deadline(name: str, node: Node) -> Deadline:
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


def _interpretation(key: str, node: Node) -> Interpretation:
    node.only("question", "reading", "reason", "alternatives", "setting", "value")
    setting = node.text("setting") if node.tree.get("setting") is not None else None
    value = None
    if setting is not None and setting not in READINGS:
        node.notes.add(node.at("setting"), f"没有 {setting} 这个开关", f"请用以下之一：{'、'.join(READINGS)}")
    elif setting is not None:
        value = node.choice("value", READINGS[setting])
    elif node.tree.get("value") is not None:
        node.notes.add(node.at("value"), "没有对应的 setting", "请写明它切换的 setting，或删去")
    return Interpretation(
        id=key,
        question=node.text("question"),
        reading=node.text("reading"),
        reason=node.text("reason"),
        alternatives=node.texts("alternatives"),
        setting=setting,
        value=value,
    )


def _value(key: str, node: Node, dimensions: Mapping[str, tuple[str, ...]], from_on: date) -> Value:
    node.only("unit", "clause", "force", "evidence", "by", "value", "values")
    by = node.texts("by")
    for dimension in by:
        if dimension not in dimensions:
            node.notes.add(node.at("by"), f"没有 {dimension} 这一维", "请先在 dimensions 中列出它的各项")
    unit = node.choice("unit", tuple(UNITS))
    reader = Table(unit, tuple((name, dimensions.get(name, ())) for name in by), node.notes)
    return Value(
        key=key,
        unit=unit,
        clause=node.text("clause"),
        force=Force(node.choice("force", tuple(Force))),
        evidence=node.text("evidence"),
        by=by,
        entries=entries(node, reader, from_on),
    )
