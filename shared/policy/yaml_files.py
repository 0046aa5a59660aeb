"""YAML as officials mean it: no floats, no `on`/`yes` turned into booleans, no 1:30 turned into 90, no key twice.

And nothing that makes a small text large or strange: no aliases, no tags. What is wrong is said at its place in the
tree, all of it at once, wherever the text can be read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

import yaml

from shared.policy.problems import Fault

FLOAT = "tag:yaml.org,2002:float"


class YamlFault(ValueError):
    """A text that isn't the YAML we read. `faults`: each with its place in the tree, or its line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("；".join(f"{place}{fault}，{cure}" for place, fault, cure in faults))
        self.faults = tuple(faults)


class _Reader(yaml.SafeLoader):
    """SafeLoader with YAML 1.2's booleans and whole numbers, and without its surprises."""

    # A copy of our own: the inherited table belongs to every other user of the library.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if self.check_event(yaml.AliasEvent):
            raise YamlFault([("", f"第 {line} 行用了别名（*）", "请把内容原样写出")])
        if event.tag:
            raise YamlFault([("", f"第 {line} 行用了标签（!）", "请删去")])
        return super().compose_node(parent, index)


def _resolver(tag: str, pattern: str, first: list[str]) -> None:
    """Plain scalars that match `pattern` are of type `tag`; `first`: the characters they may begin with."""
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


_resolver("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF"))
_resolver("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789"))
_resolver("float", r"^-?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+[eE][-+]?[0-9]+)$", list("-.0123456789"))
_resolver("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", list("0123456789"))
_resolver("null", r"^(?:~|null|)$", ["~", "n", ""])


def parse(text: str) -> Any:
    """The tree of a YAML text: mappings, lists, strings, whole numbers, booleans, dates. Raises YamlFault."""
    try:
        reader = _Reader(text)
        node = reader.get_single_node()
        if faults := list(_faults(node, "")):
            raise YamlFault(faults)
        return reader.construct_document(node) if node else None
    except yaml.YAMLError as fault:
        raise YamlFault([("", f"{_line(fault)}不是可读的 YAML", "请检查缩进、引号和括号")]) from fault
    except RecursionError as fault:
        raise YamlFault([("", "层次太深", "请减少嵌套")]) from fault


def _line(fault: yaml.YAMLError) -> str:
    mark = getattr(fault, "problem_mark", None)
    return f"第 {mark.line + 1} 行" if mark else ""


def _faults(node: yaml.Node | None, path: str) -> Iterator[Fault]:
    """What may not stand in a tree: floats, impossible dates and numbers, keys that are no names or stand twice."""
    if isinstance(node, yaml.MappingNode):
        yield from _of_mapping(node, path)
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield from _faults(item, f"{path}[{place}]")
    elif isinstance(node, yaml.ScalarNode):
        if node.tag == FLOAT:
            yield path, f"{node.value} 是浮点数，不能精确", f'请加引号写成 "{node.value}"，或写成百分比'
        elif not _possible(node):
            yield path, f"{node.value[:40]} 不是日期或数目", "请更正"


def _of_mapping(node: yaml.MappingNode, path: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for key, value in node.value:
        at = f"{path}.{key.value}" if path and isinstance(key, yaml.ScalarNode) else str(key.value)
        if not isinstance(key, yaml.ScalarNode):
            yield path, f"第 {key.start_mark.line + 1} 行的键不是名称", "请写成名称"
            continue
        if key.value in seen:
            yield at, "写了两次", "请只保留一项"
        seen.add(key.value)
        yield from _faults(value, at)


def _possible(node: yaml.ScalarNode) -> bool:
    """Whether what looks like a date or a whole number is one."""
    try:
        if node.tag.endswith(":timestamp"):
            date.fromisoformat(node.value)
        elif node.tag.endswith(":int"):
            int(node.value)
    except ValueError:
        return False
    return True


def plain(tree: Any) -> Any:
    """The same tree as JSON values: dates as ISO strings, keys as strings."""
    if isinstance(tree, dict):
        return {str(key): plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    if isinstance(tree, date | datetime):
        return tree.isoformat()
    return tree
