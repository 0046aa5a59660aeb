"""Lists in parts: of what a message, an event or a statement may hold, or of what belongs together."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)


def slices(items: Sequence[Item], most: int) -> list[tuple[Item, ...]]:
    """The items in their order, in parts of at most `most`; no part where there are none."""
    return [tuple(items[start : start + most]) for start in range(0, len(items), most)]


def grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    """The items of each key; keys and items in the order in which they come."""
    found: dict[Key, list[Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found
