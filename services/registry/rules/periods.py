"""What speaks against paying for somebody's training, told from dates alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included."""

    from_on: date
    to_on: date


def in_the_time(kind: str, entry: Period, training: Period) -> bool:
    """Whether a register's entry concerns the training: a death up to its last day, else a day that they share."""
    if kind == "deceased":
        return entry.from_on <= training.to_on
    return entry.from_on <= training.to_on and training.from_on <= entry.to_on
