"""YAML as officials mean it: no floats, no `on`/`yes` turned into booleans, no 1:30 turned into 90, no key twice.

And nothing that makes a small text large or strange: no aliases, no tags.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date, datetime
from typing import Any, ClassVar

import yaml


class YamlFault(ValueError):
    """A text that isn't the YAML we read; the message names line and cure."""


class _Reader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's booleans and whole numbers, and without its surprises."""

    # Copies of our own: the inherited tables belong to every other user of the library.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012
    yaml_constructors: ClassVar[dict[str | None, Any]] = {
        f"tag:yaml.org,2002:{name}": yaml.SafeLoader.yaml_constructors[f"tag:yaml.org,2002:{name}"]
        for name in ("null", "bool", "int", "timestamp", "str", "seq", "map")
    }

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if self.check_event(yaml.AliasEvent):
            raise YamlFault(f"第 {line} 行是别名（*）：请把内容原样写出")
        if event.tag:
            raise YamlFault(f"第 {line} 行有标签（!）：请删去")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise YamlFault(f"line {key_node.start_mark.line + 1}: {key!r} stands twice: keep one of them")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _refuse_float(_: _Reader, node: yaml.ScalarNode) -> Any:
    raise YamlFault(
        f'line {node.start_mark.line + 1}: {node.value} would be a float: write it as "{node.value}" or as a percentage'
    )


def _resolver(tag: str, pattern: str, first: list[str]) -> None:
    """Plain scalars that match `pattern` are of type `tag`; `first`: the characters they may begin with."""
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


_resolver("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF"))
_resolver("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789"))
_resolver("float", r"^-?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)$", list("-.0123456789"))
_resolver("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", list("0123456789"))
_resolver("null", r"^(?:~|null|)$", ["~", "n", ""])
_Reader.add_constructor("tag:yaml.org,2002:float", _refuse_float)


def parse(text: str) -> Any:
    """The tree of a YAML text: mappings, lists, strings, whole numbers, booleans, dates. Raises YamlFault."""
    try:
        tree = yaml.load(text, Loader=_Reader)  # noqa: S506  (a SafeLoader with fewer types)
    except yaml.YAMLError as fault:
        raise YamlFault(f"not readable as YAML: {fault}") from fault
    except (ValueError, TypeError, RecursionError) as fault:
        if isinstance(fault, YamlFault):
            raise
        raise YamlFault(f"a date, number or key can't be read: {fault}") from fault
    return tree


def plain(tree: Any) -> Any:
    """The same tree as JSON values: dates as ISO strings, keys as strings."""
    if isinstance(tree, dict):
        return {str(key): plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    if isinstance(tree, date | datetime):
        return tree.isoformat()
    return tree
