"""A scenario as values: what `language` makes and `runner` plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks. `district` and `organisation` may be references until a step runs."""

    name: str
    role: str
    subject: str
    district: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Cast:
    """Made-up people or organisations: a number of them, always the same ones for a seed."""

    name: str
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """The typed error that a step must meet. `rule`: named by an unmet finding; `field`: a path that is wrong."""

    code: str
    rule: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """`actor` asks `method`, a service.method; `payload` and `for_each` hold references."""

    actor: str
    method: str
    payload: Mapping[str, Any]
    expect: Any = None
    refused: Refusal | None = None
    for_each: Any = None


@dataclass(frozen=True, slots=True)
class MoveClock:
    """The business date is moved to that day."""

    to: date


@dataclass(frozen=True, slots=True)
class Read:
    """A spreadsheet next to the scenario, or written by an earlier step, as rows of that form."""

    file: str
    form: str
    expect: Any = None


@dataclass(frozen=True, slots=True)
class Write:
    """A file in the output folder. `content`: the keys beside `file`, still with references."""

    file: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Say:
    """Nothing but a sentence to the reader."""


@dataclass(frozen=True, slots=True)
class Step:
    """`number` from 1; `place`: file and line; `say` empty where the author gave none."""

    number: int
    place: str
    say: str
    does: Call | MoveClock | Read | Write | Say
    save: str | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story, whole: whom it is about, who acts, and what happens."""

    name: str
    source: str
    clock: date | None
    actors: Mapping[str, Actor]
    people: tuple[Cast, ...]
    organisations: tuple[Cast, ...]
    steps: tuple[Step, ...]
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)
