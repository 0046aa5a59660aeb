"""A scenario file, parsed: frozen values, every mistake named with its line.

name: 高级工两年期学徒3人
parameters: {level: advanced, persons: 3}           # ${level} anywhere; another value: run --set level=technician
clock: 2022-06-06                                   # business date at the start
actors:
  district: {role: district_officer, district: "110105", subject: officer-1}
people: {apprentices: {count: "${persons}", seed: 7}}   # then ${apprentices[0].name}
organisations: {employers: {count: 1, seed: 7}}
steps:
  - say: 企业登记                                    # what an official reads while it runs
    as: district
    call: registry.register_organisation
    with: {name: "${employers[0].name}"}            # references: see references.py
    save: employer                                  # then ${employer.organisation_id}
    expect: {organisation_id: any}                  # see expectations.py
  - as: district
    call: subsidy.submit_claim
    with: {…}
    refused: {code: policy_not_met, rule: APP-19}   # and field: for invalid_request
  - for_each: ${employer_ids}                       # with ${item} and ${index}; save keeps the list of answers
    …
  - clock: 2024-06-30                               # never back
  - write: {file: 花名册.xlsx, form: apprentice_roster, rows: "${apprentices}", head: {…}}
  - read: {file: 花名册.xlsx, form: apprentice_roster}
    save: roster                                    # {rows, values, errors}
  - write: {file: 花名册-更正.xlsx, errors_of: "${roster}"}
  - write: {file: 决定书.docx, base64: "${letter.content}"}

continues: {story: parts/enrolled.yaml, with: {persons: 3}}     # instead of a clock: another story's steps come first,
                                                    # with its actors and all that it saved; `with` sets its parameters
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from yaml.nodes import Node

from shared.scenario.references import UnknownReferenceError, malformed, resolve
from shared.scenario.story import Actor, Call, Cast, MoveClock, Read, Refusal, Say, Scenario, Step, Write
from shared.scenario.yaml_nodes import Source

_SCENARIO = frozenset({"name", "continues", "parameters", "clock", "actors", "people", "organisations", "steps"})
_CONTINUES = frozenset({"story", "with"})
_ACTOR = frozenset({"role", "subject", "district", "organisation"})
_CAST = frozenset({"count", "seed"})
_REFUSED = frozenset({"code", "rule", "field"})
_READ = frozenset({"file", "form"})
_DEEDS: dict[str, frozenset[str]] = {
    "call": frozenset({"say", "save", "call", "as", "with", "expect", "refused", "for_each"}),
    "clock": frozenset({"say", "clock"}),
    "read": frozenset({"say", "save", "read", "expect"}),
    "write": frozenset({"say", "write"}),
}
_STEP = frozenset().union(*_DEEDS.values())
WRITTEN: tuple[frozenset[str], ...] = (
    frozenset({"file", "form", "rows", "head"}),
    frozenset({"file", "form", "rows"}),
    frozenset({"file", "errors_of"}),
    frozenset({"file", "base64"}),
    frozenset({"file", "text"}),
)
"""What may stand together under `write`."""

RESERVED = frozenset({"item", "index", "clock"})
"""Names that the runner gives; nothing may be saved under them."""


_EMPTY = Scenario("", "", None, {}, (), (), ())
"""What a story that continues no other begins with."""


def load(file: Path, given: Mapping[str, str] | None = None) -> Scenario:
    """The scenario in a file; one that it continues is looked for beside it. Raises ScenarioError, OSError."""
    return parse(file.read_text("utf-8"), str(file), given)


def parse(text: str, name: str = "scenario", given: Mapping[str, str] | None = None) -> Scenario:
    """The scenario in a YAML text; `name` is the file's, for messages and for what stands beside it.

    `given`: parameters that aren't to have the value that the file gives them, each as a YAML scalar.
    Raises ScenarioError.
    """
    return _Parser(Source(name), given or {}).scenario(text)


class _Parser:
    """Turns nodes into the values above; `_names` are those that a reference may begin with so far."""

    def __init__(self, source: Source, given: Mapping[str, str]) -> None:
        self._source = source
        self._given = given
        self._parameters: dict[str, str | int | bool] = {}
        self._names: set[str] = set(RESERVED)
        self._today: date | None = None

    def scenario(self, text: str) -> Scenario:
        root = self._source.compose(text)
        items = self._source.items(root, _SCENARIO)
        for key in ("name", "steps"):
            if key not in items:
                raise self._source.error(root, f"{key!r} is missing")
        own = dict(self._entries(items.get("parameters")))
        before = self._story_before(items, {name: text for name, text in self._given.items() if name not in own})
        self._parameters = {**before.parameters, **self._read_parameters(own, items.get("parameters", root), before)}
        clock = before.clock
        if "clock" in items:
            clock = self._today = self._date(items["clock"])
        actors = {**before.actors, **self._actors(items.get("actors"), before)}
        people = tuple(self._cast(name, node) for name, node in self._entries(items.get("people")))
        organisations = tuple(self._cast(name, node) for name, node in self._entries(items.get("organisations")))
        steps = tuple(
            self._step(number, node, actors)
            for number, node in enumerate(self._source.elements(items["steps"]), start=len(before.steps) + 1)
        )
        return Scenario(
            self._text(items["name"]),
            self._source.name,
            clock,
            actors,
            (*before.people, *people),
            (*before.organisations, *organisations),
            (*before.steps, *steps),
            self._parameters,
        )

    def _story_before(self, items: Mapping[str, Node], given: Mapping[str, str]) -> Scenario:
        """The story that this one continues: its names are known from here on, its day is today."""
        if "continues" not in items:
            return _EMPTY
        if "clock" in items:
            raise self._source.error(items["clock"], "the story goes on at the day of the one before: remove clock")
        node = items["continues"]
        inner = self._source.items(node, _CONTINUES)
        self._require(node, inner, "story")
        file = Path(self._source.name).parent / self._source.text(inner["story"])
        if not file.is_file():
            raise self._source.error(inner["story"], f"there is no file {file}")
        chosen = {name: json.dumps(self._source.scalar(item)) for name, item in self._entries(inner.get("with"))}
        before = load(file, {**chosen, **given})
        casts = (cast.name for cast in (*before.people, *before.organisations))
        self._names.update(before.parameters, casts, (step.save for step in before.steps if step.save))
        days = [step.does.to for step in before.steps if isinstance(step.does, MoveClock)]
        self._today = days[-1] if days else before.clock
        return before

    def _read_parameters(self, own: Mapping[str, Node], place: Node, before: Scenario) -> dict[str, str | int | bool]:
        parameters = {}
        for name, item in own.items():
            self._name(item, name)
            parameters[name] = self._source.scalar(item)
        for name, text in self._given.items():
            if name in before.parameters:
                continue
            if name not in parameters:
                there = ", ".join(sorted(parameters)) or "none"
                raise self._source.error(place, f"there is no parameter {name!r}; there is {there}")
            given = Source(f"{name}={text}")
            parameters[name] = given.scalar(given.compose(text))
        return parameters

    def _actors(self, node: Node | None, before: Scenario) -> dict[str, Actor]:
        actors = {name: self._actor(name, item) for name, item in self._entries(node)}
        twice = sorted(actors.keys() & before.actors.keys())
        if twice and node:
            raise self._source.error(node, f"{twice[0]!r} is an actor of the story before: take another name")
        return actors

    def _entries(self, node: Node | None) -> list[tuple[str, Node]]:
        return list(self._source.items(node).items()) if node else []

    def _actor(self, name: str, node: Node) -> Actor:
        items = self._source.items(node, _ACTOR)
        self._require(node, items, "role", "subject")
        return Actor(name, **{key: str(self._value(item)) for key, item in items.items()})

    def _cast(self, name: str, node: Node) -> Cast:
        items = self._source.items(node, _CAST)
        self._require(node, items, "count", "seed")
        self._name(node, name)
        return Cast(name, self._whole(items["count"]), self._whole(items["seed"]))

    def _step(self, number: int, node: Node, actors: Mapping[str, Actor]) -> Step:
        items = self._source.items(node, _STEP)
        deeds = [key for key in _DEEDS if key in items]
        if len(deeds) > 1 or not (deeds or "say" in items):
            raise self._source.error(node, f"a step does one thing: one of {', '.join(_DEEDS)}, or say alone")
        misplaced = items.keys() - (_DEEDS[deeds[0]] if deeds else {"say"})
        if misplaced:
            raise self._source.error(node, f"{min(misplaced)!r} has no meaning in this kind of step: remove it")
        does = self._deed(deeds[0], node, items, actors) if deeds else Say()
        saved = self._source.text(items["save"]) if "save" in items else None
        if saved:
            self._name(items["save"], saved)
        say = self._text(items["say"]) if "say" in items else ""
        return Step(number, f"{self._source.name}:{node.start_mark.line + 1}", say, does, saved)

    def _deed(
        self, deed: str, node: Node, items: Mapping[str, Node], actors: Mapping[str, Actor]
    ) -> Call | MoveClock | Read | Write:
        if deed == "call":
            return self._call(node, items, actors)
        if deed == "clock":
            return MoveClock(self._later(items["clock"]))
        if deed == "read":
            inner = self._source.items(items["read"], _READ)
            self._require(items["read"], inner, "file", "form")
            if self._today is None:
                raise self._source.error(node, "a sheet is read on a day: write `clock` before")
            expect = self._value(items["expect"]) if "expect" in items else None
            return Read(self._source.text(inner["file"]), self._source.text(inner["form"]), expect)
        return self._write(items["write"])

    def _call(self, node: Node, items: Mapping[str, Node], actors: Mapping[str, Actor]) -> Call:
        self._require(node, items, "as")
        actor = self._source.text(items["as"])
        if actor not in actors:
            raise self._source.error(items["as"], f"there is no actor {actor!r}; there is {', '.join(sorted(actors))}")
        if "refused" in items and ({"expect", "save"} & items.keys()):
            raise self._source.error(items["refused"], "a refused call has no answer: remove expect and save")
        payload = self._value(items["with"]) if "with" in items else {}
        if not isinstance(payload, dict):
            raise self._source.error(items["with"], "expected `key: value` lines here")
        return Call(
            actor=actor,
            method=self._method(items["call"]),
            payload=payload,
            expect=self._value(items["expect"]) if "expect" in items else None,
            refused=self._refusal(items["refused"]) if "refused" in items else None,
            for_each=str(self._value(items["for_each"])) if "for_each" in items else None,
        )

    def _method(self, node: Node) -> str:
        method = self._source.text(node)
        if method.count(".") != 1:
            raise self._source.error(node, f"{method!r} is no call: write service.method")
        return method

    def _refusal(self, node: Node) -> Refusal:
        items = self._source.items(node, _REFUSED)
        self._require(node, items, "code")
        return Refusal(**{key: self._text(item) for key, item in items.items()})

    def _write(self, node: Node) -> Write:
        items = self._source.items(node)
        if frozenset(items) not in WRITTEN:
            ways = "; ".join(", ".join(sorted(way)) for way in WRITTEN)
            raise self._source.error(node, f"write takes one of these sets of keys: {ways}")
        content = {key: self._value(item) for key, item in items.items() if key != "file"}
        return Write(self._source.text(items["file"]), content)

    def _value(self, node: Node) -> Any:
        """A plain value whose references can at least be followed."""
        value = self._source.value(node)
        for reference in malformed(value):
            raise self._source.error(
                node, f"{reference!r} can't be read: write names and [numbers], as in ${{a.b[0].c}}"
            )
        return value

    def _known(self, node: Node) -> Any:
        """The value of what is needed before the first step: it may name parameters and nothing else."""
        try:
            return resolve(self._value(node), self._parameters)
        except UnknownReferenceError as problem:
            raise self._source.error(node, f"{problem}: only parameters are known here") from problem

    def _text(self, node: Node) -> str:
        self._source.text(node)
        return str(self._known(node))

    def _whole(self, node: Node) -> int:
        value = self._known(node)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._source.error(node, "expected a whole number here")
        return value

    def _date(self, node: Node) -> date:
        text = self._text(node)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._source.error(node, "expected a date such as 2022-06-06") from None

    def _later(self, node: Node) -> date:
        day = self._date(node)
        if self._today and day < self._today:
            raise self._source.error(node, f"time never goes back: it is {self._today} by then")
        self._today = day
        return day

    def _name(self, node: Node, name: str) -> None:
        """Every name is given once, so that a reference means one thing wherever it stands."""
        if name in self._names or not name.isidentifier():
            raise self._source.error(node, f"the name {name!r} can't be used: take a new one of letters and _")
        self._names.add(name)

    def _require(self, node: Node, items: Mapping[str, Node], *keys: str) -> None:
        for key in keys:
            if key not in items:
                raise self._source.error(node, f"{key!r} is missing")
