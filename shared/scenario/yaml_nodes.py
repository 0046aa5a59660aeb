"""YAML for stories: the line of every key is kept, and no value is quietly turned into another type.

Only whole numbers, true, false and null are more than text: `2022-06-06`, `93000.00`, `on` and `no` stay as written,
so dates and amounts travel as the strings that the contracts ask for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class ScenarioError(ValueError):
    """A scenario file that can't be understood; its text names the file, the line and the cure."""


class _StoryLoader(yaml.SafeLoader):
    """SafeLoader with the few implicit types of this language."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name


_StoryLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|~|)\Z"), ["n", "~", ""])
_StoryLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), ["t", "f"])
_StoryLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9]\d{0,17})\Z"), list("-0123456789"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where text came from, for messages: the file's name as it was given."""

    name: str

    def error(self, node: Node, message: str) -> ScenarioError:
        """The error that names file and line of the node."""
        return ScenarioError(f"{self.name}:{node.start_mark.line + 1}: {message}")

    def compose(self, text: str) -> Node:
        """The document's node. Raises ScenarioError for what is no YAML and for an empty file."""
        try:
            node = yaml.compose(text, Loader=_StoryLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ScenarioError(f"{self.name}:{line}: not YAML: {error.problem}") from error
        if node is None:
            raise ScenarioError(f"{self.name}:1: the file is empty: write name and steps")
        return node

    def items(self, node: Node, known: frozenset[str] | None = None) -> dict[str, Node]:
        """A mapping's values by key. Raises ScenarioError for another kind of node, a doubled or unknown key."""
        if not isinstance(node, MappingNode):
            raise self.error(node, "expected `key: value` lines here")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                raise self.error(key, f"{name!r} stands here twice: remove one")
            if known is not None and name not in known:
                raise self.error(key, f"{name!r} is not known here: use one of {', '.join(sorted(known))}")
            found[name] = value
        return found

    def elements(self, node: Node) -> list[Node]:
        """The nodes of a list. Raises ScenarioError."""
        if not isinstance(node, SequenceNode):
            raise self.error(node, "expected a list here")
        return list(node.value)

    def text(self, node: Node) -> str:
        """The text of a node, not empty. Raises ScenarioError."""
        value = self.value(node)
        if not isinstance(value, str) or not value:
            raise self.error(node, "expected text here")
        return value

    def scalar(self, node: Node) -> str | int | bool:
        """Its one value, not null. Raises ScenarioError."""
        value = None if isinstance(node, MappingNode | SequenceNode) else self.value(node)
        if value is None:
            raise self.error(node, "expected one value here: text, a whole number, true or false")
        return value  # type: ignore[no-any-return]

    def value(self, node: Node) -> Any:
        """The plain value of a node: str, int, bool, None, lists and mappings of them."""
        if isinstance(node, MappingNode):
            return {key: self.value(item) for key, item in self.items(node).items()}
        if isinstance(node, SequenceNode):
            return [self.value(item) for item in node.value]
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        raise self.error(node, "this kind of YAML isn't used in scenarios")

    def _scalar(self, node: ScalarNode) -> Any:
        kind = node.tag.rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value == "true"
        if kind == "int":
            return int(node.value)
        if kind == "str":
            return node.value
        raise self.error(node, f"the tag {node.tag!r} isn't used in scenarios: remove it")
