"""What a story knows at the place that is being read: its parameters, the names given so far, what day it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yaml.nodes import Node

from shared.scenario.references import UnknownReferenceError, malformed, resolve
from shared.scenario.yaml_nodes import Source

RESERVED = frozenset({"item", "index", "clock"})
"""Names that the runner gives; nothing may be saved under them."""


@dataclass
class StorySoFar:
    """Reads nodes as values that fit this place. Every method raises ScenarioError with the line of what doesn't.

    `names`: those that a reference may begin with; `today`: None before the story has a clock.
    """

    source: Source
    parameters: dict[str, str | int | bool] = field(default_factory=dict)
    names: set[str] = field(default_factory=lambda: set(RESERVED))
    today: date | None = None

    def entries(self, node: Node | None) -> list[tuple[str, Node]]:
        """The keys and values of a mapping; none where it isn't written."""
        return list(self.source.items(node).items()) if node else []

    def items(self, node: Node, known: frozenset[str], *needed: str) -> dict[str, Node]:
        """The values of a mapping by key: no other key than `known`, none of `needed` missing."""
        items = self.source.items(node, known)
        self.require(node, items, *needed)
        return items

    def require(self, node: Node, items: Mapping[str, Node], *keys: str) -> None:
        """Each key is there."""
        for key in keys:
            if key not in items:
                raise self.source.error(node, f"{key!r} is missing")

    def value(self, node: Node) -> Any:
        """A plain value whose references can at least be followed."""
        value = self.source.value(node)
        for reference in malformed(value):
            raise self.source.error(
                node, f"{reference!r} can't be read: write names and [numbers], as in ${{a.b[0].c}}"
            )
        return value

    def value_or_none(self, node: Node | None) -> Any:
        """The same; None where it isn't written."""
        return None if node is None else self.value(node)

    def text(self, node: Node) -> str:
        """A text that is needed before the first step: it may name parameters."""
        self.source.text(node)
        return str(self._known(node))

    def whole(self, node: Node) -> int:
        """A whole number that is needed before the first step."""
        value = self._known(node)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.source.error(node, "expected a whole number here")
        return value

    def day(self, node: Node) -> date:
        """A day that is needed before the first step."""
        text = self.text(node)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.source.error(node, "expected a date such as 2022-06-06") from None

    def move_to(self, node: Node) -> date:
        """The day that the clock is moved to, which is today from here on."""
        day = self.day(node)
        if self.today and day < self.today:
            raise self.source.error(node, f"time never goes back: it is {self.today} by then")
        self.today = day
        return day

    def give_name(self, node: Node, name: str) -> None:
        """Every name is given once, so that a reference means one thing wherever it stands."""
        if name in self.names or not name.isidentifier():
            raise self.source.error(node, f"the name {name!r} can't be used: take a new one of letters and _")
        self.names.add(name)

    def _known(self, node: Node) -> Any:
        try:
            return resolve(self.value(node), self.parameters)
        except UnknownReferenceError as problem:
            raise self.source.error(node, f"{problem}: only parameters are known here") from problem
