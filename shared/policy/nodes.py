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
        self.problems.append(Problem(self.file, path, fault, cure))


@dataclass(frozen=True)
class Node:
    """A mapping of the file with its path; asks for typed entries and notes what is wrong with them."""

    tree: Mapping[str, Any]
    path: str
    notes: Notes

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def only(self, *known: str) -> None:
        for key in self.tree:
            if key not in known:
                self.notes.add(self.at(str(key)), "unknown key", f"remove it, or use one of: {', '.join(known)}")

    def _typed(self, key: str, kind: type[T], called: str, default: T | None) -> T | None:
        written = self.tree.get(key)
        if written is None:
            if default is None:
                self.notes.add(self.at(key), "is missing", f"add {key}: {called}")
            return default
        if not isinstance(written, kind) or (kind is int and isinstance(written, bool)):
            self.notes.add(self.at(key), f"is {type(written).__name__}", f"write {called}")
            return default
        return written

    def text(self, key: str, default: str | None = None) -> str:
        return self._typed(key, str, "a text", default) or ""

    def day(self, key: str) -> date:
        return self._typed(key, date, "a date such as 2022-05-27", None) or date.max

    def day_or_none(self, key: str) -> date | None:
        return None if self.tree.get(key) is None else self.day(key)

    def whole(self, key: str) -> int:
        return self._typed(key, int, "a whole number", None) or 0

    def choice(self, key: str, choices: Sequence[str]) -> str:
        written = self.text(key)
        if written and written not in choices:
            self.notes.add(self.at(key), f"{written!r} is unknown", f"use one of: {', '.join(choices)}")
        return written if written in choices else choices[0]

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        written = self._typed(key, list, "a list of texts", None if required else [])
        bad = [item for item in written or [] if not isinstance(item, str)]
        if bad:
            self.notes.add(self.at(key), f"{bad[0]!r} is no text", "write every entry as text, in quotes where needed")
        return tuple(item for item in written or [] if isinstance(item, str))

    def child(self, key: str, required: bool = True) -> Node:
        written = self._typed(key, dict, "a mapping", None if required else {})
        return Node(written or {}, self.at(key), self.notes)

    def children(self, key: str, required: bool = True) -> Iterable[tuple[str, Node]]:
        """Named entries that are mappings themselves."""
        parent = self.child(key, required)
        for name in parent.tree:
            yield str(name), parent.child(name)

    def items(self, key: str) -> Iterable[Node]:
        """Entries of a list that are mappings."""
        for place, item in enumerate(self._typed(key, list, "a list", []) or []):
            path = f"{self.at(key)}[{place}]"
            if isinstance(item, dict):
                yield Node(item, path, self.notes)
            else:
                self.notes.add(path, f"is {type(item).__name__}", "write a mapping")
