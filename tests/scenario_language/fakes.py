"""What a story is played with in these tests: a caller that answers from a table, and lists of what happened."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cli.known_forms import KNOWN_FORMS
from shared.scenario.files import Files
from shared.scenario.language import parse
from shared.scenario.runner import Stage, run
from shared.scenario.story import Actor

Answer = Callable[[Actor, Mapping[str, Any]], Any]


@dataclass
class FakeCaller:
    """Answers each method by a function; `log` holds what was asked of it, in order."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    log: list[Any] = field(default_factory=list)

    def call(self, actor: Actor, method: str, payload: Mapping[str, Any]) -> Any:
        self.log.append((actor.name, method, payload))
        return self.answers[method](actor, payload)

    def settle(self) -> None:
        self.log.append("settle")

    def move_clock(self, to: date) -> None:
        self.log.append(to)

    @property
    def payloads(self) -> list[Any]:
        return [entry[2] for entry in self.log if isinstance(entry, tuple)]


class FakeCasting:
    def people(self, count: int, seed: int) -> Sequence[Mapping[str, Any]]:
        return [{"name": f"学徒{seed}-{number}"} for number in range(count)]

    def organisations(self, count: int, seed: int) -> Sequence[Mapping[str, Any]]:
        return [{"name": f"示例{seed}-{number}"} for number in range(count)]


@dataclass
class Lines:
    lines: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        self.lines.append(text)


HEAD = """\
name: 试演
clock: 2022-06-06
actors:
  district: {role: district_officer, subject: officer-1, district: "110105"}
  employer: {role: employer, subject: person-1, organisation: "${registered.organisation_id}"}
people: {apprentices: {count: 3, seed: 7}}
steps:
"""


def story(steps: str) -> str:
    return HEAD + textwrap.indent(textwrap.dedent(steps).strip("\n"), "  ") + "\n"


@dataclass
class Played:
    saved: dict[str, Any]
    caller: FakeCaller
    lines: list[str]
    folder: Path


def play(steps: str, folder: Path, caller: FakeCaller | None = None, **answers: Answer) -> Played:
    """Plays the steps under HEAD; keyword `registry_add` answers registry.add."""
    used = caller or FakeCaller({name.replace("_", ".", 1): answer for name, answer in answers.items()})
    reporter = Lines()
    stage = Stage(used, FakeCasting(), Files(folder / "beside", folder / "out", KNOWN_FORMS), reporter)
    return Played(run(parse(story(steps), "story.yaml"), stage), used, reporter.lines, folder / "out")
