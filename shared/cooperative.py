"""Long work lets others go on: heartbeats, `/healthz`, other calls. Never within a write transaction on SQLite."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

BREATHE_EVERY = 250
"""Items of a loop that takes some tens of microseconds for each."""


def yield_control() -> None:
    """Gives every other green thread its turn; where nothing is green it costs next to nothing."""
    time.sleep(0)


def yielding_every(items: Iterable[Item]) -> Iterator[Item]:
    """The items, with a pause for others every few hundred."""
    for place, item in enumerate(items):
        if place % BREATHE_EVERY == 0:
            yield_control()
        yield item
