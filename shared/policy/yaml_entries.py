"""The parsed file, entry by entry: asked for by type; whatever is wrong is noted with its path and cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from shared.policy.problems import Problem

T = TypeVar("T")


@dataclass
class Notes:
    """Collects the problems of one file while it is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str, fault: str, cure: str) -> None:
        """Notes one fault with its path and cure."""
        self.problems.append(Problem(self.file, path, fault, cure))


@dataclass(frozen=True)
class Node:
    """A mapping of the file with its path; asks for typed entries and notes what is wrong with them."""

    tree: Mapping[str, Any]
    path: str
    notes: Notes

    def at(self, key: str) -> str:
        """The path of a key of this mapping."""
        return f"{self.path}.{key}" if self.path else key

    def only(self, *known: str) -> None:
        """Notes every key that is none of these."""
        for key in self.tree:
            if key not in known:
                self.notes.add(self.at(str(key)), "不认识的键", f"请删去，或改用以下之一：{'、'.join(known)}")

    def _typed(self, key: str, kind: type[T], called: str, default: T | None) -> T | None:
        written = self.tree.get(key)
        if written is None:
            if default is None:
                self.notes.add(self.at(key), "缺少", f"请补上 {key}：{called}")
            return default
        if not isinstance(written, kind) or (kind is int and isinstance(written, bool)):
            self.notes.add(self.at(key), f"现为 {_kind(written)}", f"请写成{called}")
            return default
        return written

    def text(self, key: str, default: str | None = None) -> str:
        """The text under a key; noted where there is none and no default."""
        return self._typed(key, str, "文字", default) or ""

    def day(self, key: str) -> date:
        """The day under a key; noted where there is none."""
        return self._typed(key, date, "日期，如 2022-05-27", None) or date.max

    def day_or_none(self, key: str) -> date | None:
        """The day under a key, if it is written."""
        return None if self.tree.get(key) is None else self.day(key)

    def whole(self, key: str) -> int:
        """The whole number under a key; noted where there is none."""
        return self._typed(key, int, "整数", None) or 0

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """The word under a key; noted, and read as the first, where it is none of these."""
        written = self.text(key)
        if written and written not in choices:
            self.notes.add(self.at(key), f"不认识 {written}", f"请用以下之一：{'、'.join(choices)}")
        return written if written in choices else choices[0]

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """The list of texts under a key."""
        written = self._typed(key, list, "文字的列表", None if required else [])
        bad = [item for item in written or [] if not isinstance(item, str)]
        if bad:
            self.notes.add(self.at(key), f"{bad[0]} 不是文字", "每一项都写成文字，必要时加引号")
        return tuple(item for item in written or [] if isinstance(item, str))

    def child(self, key: str, required: bool = True) -> Node:
        """The mapping under a key; empty where it may be missing and is."""
        written = self._typed(key, dict, "键和值的对照", None if required else {})
        return Node(written or {}, self.at(key), self.notes)

    def children(self, key: str, required: bool = True) -> Iterable[tuple[str, Node]]:
        """Named entries that are mappings themselves."""
        parent = self.child(key, required)
        for name in parent.tree:
            yield str(name), parent.child(name)

    def items(self, key: str) -> Iterable[Node]:
        """Entries of a list that are mappings."""
        for place, item in enumerate(self._typed(key, list, "列表", []) or []):
            path = f"{self.at(key)}[{place}]"
            if isinstance(item, dict):
                yield Node(item, path, self.notes)
            else:
                self.notes.add(path, f"现为 {_kind(item)}", "请写成键和值的对照")


def _kind(written: Any) -> str:
    """The Chinese word for what was written instead."""
    return next((word for kind, word in _KINDS if isinstance(written, kind)), "别的内容")


# True is a whole number to Python, so it comes before them.
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true 或 false"),
    (int, "整数"),
    (str, "文字"),
    (date, "日期"),
    (list, "列表"),
    (dict, "键和值的对照"),
)
