"""Long lists in parts: what a message, an event or a statement may hold is limited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def slices(items: Sequence[Item], most: int) -> list[tuple[Item, ...]]:
    """The items in their order, in parts of at most `most`; no part where there are none."""
    return [tuple(items[start : start + most]) for start in range(0, len(items), most)]
