"""Interleaved rounds: in each, every load runs for the same time with the same callers, each time in another order.

A machine's speed drifts; a ratio within one round hardly does. So the figure is the median of the rounds' ratios, and
their lowest and highest say how far to trust it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Round = Mapping[str, float]
"""Calls a second by load."""


@dataclass(frozen=True)
class Ratio:
    """One load over another, round by round: median, lowest, highest."""

    median: float
    lowest: float
    highest: float


def play(loads: Sequence[str], rounds: int, rate: Callable[[str], float]) -> Iterable[Round]:
    """Yields each round as it is done. The order moves on by one, so that no load always follows the same one."""
    for number in range(rounds):
        start = number % len(loads)
        yield {load: rate(load) for load in (*loads[start:], *loads[:start])}


def ratio(rounds: Sequence[Round], load: str, over: str) -> Ratio:
    """Raises ValueError without rounds."""
    ratios = [one[load] / one[over] for one in rounds]
    return Ratio(median(ratios), min(ratios), max(ratios))
