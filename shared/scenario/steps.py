"""The steps of a scenario file: each says something, asks a service, moves the clock, reads or writes a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yaml.nodes import Node

from shared.scenario.story import Actor, Call, MoveClock, Read, Refusal, Say, Step, Write
from shared.scenario.story_so_far import StorySoFar

_DEEDS: dict[str, frozenset[str]] = {
    "call": frozenset({"say", "save", "call", "as", "with", "expect", "refused", "for_each"}),
    "clock": frozenset({"say", "clock"}),
    "read": frozenset({"say", "save", "read", "expect"}),
    "write": frozenset({"say", "write"}),
}
_STEP = frozenset().union(*_DEEDS.values())
_REFUSED = frozenset({"code", "rule", "field"})
_READ = frozenset({"file", "form"})
WRITTEN: tuple[frozenset[str], ...] = (
    frozenset({"file", "form", "rows", "head"}),
    frozenset({"file", "form", "rows"}),
    frozenset({"file", "errors_of"}),
    frozenset({"file", "base64"}),
    frozenset({"file", "text"}),
)
"""What may stand together under `write`."""


def read_step(so_far: StorySoFar, number: int, node: Node, actors: Mapping[str, Actor]) -> Step:
    """The step in a node; what it saves and the day that it moves to are known afterwards. Raises ScenarioError."""
    source = so_far.source
    items = source.items(node, _STEP)
    deeds = [key for key in _DEEDS if key in items]
    if len(deeds) > 1 or not (deeds or "say" in items):
        raise source.error(node, f"a step does one thing: one of {', '.join(_DEEDS)}, or say alone")
    misplaced = items.keys() - (_DEEDS[deeds[0]] if deeds else {"say"})
    if misplaced:
        raise source.error(node, f"{min(misplaced)!r} has no meaning in this kind of step: remove it")
    does = _deed(so_far, deeds[0], node, items, actors) if deeds else Say()
    saved = source.text(items["save"]) if "save" in items else None
    if saved:
        so_far.give_name(items["save"], saved)
    say = so_far.text(items["say"]) if "say" in items else ""
    return Step(number, f"{source.name}:{node.start_mark.line + 1}", say, does, saved)


def _deed(
    so_far: StorySoFar, deed: str, node: Node, items: Mapping[str, Node], actors: Mapping[str, Actor]
) -> Call | MoveClock | Read | Write:
    if deed == "call":
        return _call(so_far, node, items, actors)
    if deed == "clock":
        return MoveClock(so_far.move_to(items["clock"]))
    if deed == "read":
        return _read(so_far, node, items)
    return _write(so_far, items["write"])


def _call(so_far: StorySoFar, node: Node, items: Mapping[str, Node], actors: Mapping[str, Actor]) -> Call:
    source = so_far.source
    so_far.require(node, items, "as")
    actor = source.text(items["as"])
    if actor not in actors:
        raise source.error(items["as"], f"there is no actor {actor!r}; there is {', '.join(sorted(actors))}")
    if "refused" in items and ({"expect", "save"} & items.keys()):
        raise source.error(items["refused"], "a refused call has no answer: remove expect and save")
    payload = so_far.value(items["with"]) if "with" in items else {}
    if not isinstance(payload, dict):
        raise source.error(items["with"], "expected `key: value` lines here")
    return Call(
        actor=actor,
        method=_method(so_far, items["call"]),
        payload=payload,
        expect=so_far.value_or_none(items.get("expect")),
        refused=_refusal(so_far, items["refused"]) if "refused" in items else None,
        for_each=so_far.value(items["for_each"]) if "for_each" in items else None,
    )


def _method(so_far: StorySoFar, node: Node) -> str:
    method = so_far.source.text(node)
    if method.count(".") != 1:
        raise so_far.source.error(node, f"{method!r} is no call: write service.method")
    return method


def _refusal(so_far: StorySoFar, node: Node) -> Refusal:
    items = so_far.items(node, _REFUSED, "code")
    return Refusal(**{key: so_far.text(item) for key, item in items.items()})


def _read(so_far: StorySoFar, node: Node, items: Mapping[str, Node]) -> Read:
    inner = so_far.items(items["read"], _READ, "file", "form")
    if so_far.today is None:
        raise so_far.source.error(node, "a sheet is read on a day: write `clock` before")
    file, form = (so_far.source.text(inner[key]) for key in ("file", "form"))
    return Read(file, form, so_far.value_or_none(items.get("expect")))


def _write(so_far: StorySoFar, node: Node) -> Write:
    items = so_far.source.items(node)
    if frozenset(items) not in WRITTEN:
        ways = "; ".join(", ".join(sorted(way)) for way in WRITTEN)
        raise so_far.source.error(node, f"write takes one of these sets of keys: {ways}")
    content: dict[str, Any] = {key: so_far.value(item) for key, item in items.items() if key != "file"}
    return Write(so_far.source.text(items["file"]), content)
