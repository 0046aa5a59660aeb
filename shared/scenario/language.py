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
  - for_each: ${employer_ids}                       # with ${item} and ${index}; save keeps the list of answers; a list
                                                    # may be days or months, too: see references.py
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
from pathlib import Path

from yaml.nodes import Node

from shared.scenario.steps import read_step
from shared.scenario.story import Actor, Cast, MoveClock, Scenario
from shared.scenario.story_so_far import StorySoFar
from shared.scenario.yaml_nodes import Source

_SCENARIO = frozenset({"name", "continues", "parameters", "clock", "actors", "people", "organisations", "steps"})
_CONTINUES = frozenset({"story", "with"})
_ACTOR = frozenset({"role", "subject", "district", "organisation"})
_CAST = frozenset({"count", "seed"})

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
    source = Source(name)
    root = source.compose(text)
    so_far = StorySoFar(source)
    items = so_far.items(root, _SCENARIO, "name", "steps")
    own = dict(so_far.entries(items.get("parameters")))
    given = given or {}
    before = _story_before(so_far, items, {key: value for key, value in given.items() if key not in own})
    own_values = _parameters(so_far, own, items.get("parameters", root), before, given)
    so_far.parameters = {**before.parameters, **own_values}
    clock = so_far.move_to(items["clock"]) if "clock" in items else before.clock
    actors = {**before.actors, **_actors(so_far, items.get("actors"), before)}
    people, organisations = (_casts(so_far, items.get(key)) for key in ("people", "organisations"))
    steps = tuple(
        read_step(so_far, number, node, actors)
        for number, node in enumerate(source.elements(items["steps"]), start=len(before.steps) + 1)
    )
    return Scenario(
        so_far.text(items["name"]),
        source.name,
        clock,
        actors,
        (*before.people, *people),
        (*before.organisations, *organisations),
        (*before.steps, *steps),
        so_far.parameters,
    )


def _story_before(so_far: StorySoFar, items: Mapping[str, Node], given: Mapping[str, str]) -> Scenario:
    """The story that this one continues: its names are known from here on, its day is today."""
    if "continues" not in items:
        return _EMPTY
    source = so_far.source
    if "clock" in items:
        raise source.error(items["clock"], "the story goes on at the day of the one before: remove clock")
    inner = so_far.items(items["continues"], _CONTINUES, "story")
    file = Path(source.name).parent / source.text(inner["story"])
    if not file.is_file():
        raise source.error(inner["story"], f"there is no file {file}")
    chosen = {name: json.dumps(source.scalar(item)) for name, item in so_far.entries(inner.get("with"))}
    before = load(file, {**chosen, **given})
    casts = (cast.name for cast in (*before.people, *before.organisations))
    so_far.names.update(before.parameters, casts, (step.save for step in before.steps if step.save))
    days = [step.does.to for step in before.steps if isinstance(step.does, MoveClock)]
    so_far.today = days[-1] if days else before.clock
    return before


def _parameters(
    so_far: StorySoFar, own: Mapping[str, Node], place: Node, before: Scenario, given: Mapping[str, str]
) -> dict[str, str | int | bool]:
    parameters = {}
    for name, item in own.items():
        so_far.give_name(item, name)
        parameters[name] = so_far.source.scalar(item)
    for name, text in given.items():
        if name in before.parameters:
            continue
        if name not in parameters:
            there = ", ".join(sorted(parameters)) or "none"
            raise so_far.source.error(place, f"there is no parameter {name!r}; there is {there}")
        written = Source(f"{name}={text}")
        parameters[name] = written.scalar(written.compose(text))
    return parameters


def _actors(so_far: StorySoFar, node: Node | None, before: Scenario) -> dict[str, Actor]:
    actors = {name: _actor(so_far, name, item) for name, item in so_far.entries(node)}
    twice = sorted(actors.keys() & before.actors.keys())
    if twice and node:
        raise so_far.source.error(node, f"{twice[0]!r} is an actor of the story before: take another name")
    return actors


def _actor(so_far: StorySoFar, name: str, node: Node) -> Actor:
    items = so_far.items(node, _ACTOR, "role", "subject")
    return Actor(name, **{key: str(so_far.value(item)) for key, item in items.items()})


def _casts(so_far: StorySoFar, node: Node | None) -> tuple[Cast, ...]:
    return tuple(_cast(so_far, name, item) for name, item in so_far.entries(node))


def _cast(so_far: StorySoFar, name: str, node: Node) -> Cast:
    items = so_far.items(node, _CAST, "count", "seed")
    so_far.give_name(node, name)
    return Cast(name, so_far.whole(items["count"]), so_far.whole(items["seed"]))
