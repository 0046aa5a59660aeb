"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import (
    kernel,
    learning,
    notify,
    oversight,
    registry,
    review,
    review_papers,
    subsidy,
    training,
    training_papers,
)
from shared.contracts.declare import EVENTS, METHODS

__all__ = [
    "EVENTS",
    "METHODS",
    "kernel",
    "learning",
    "notify",
    "oversight",
    "registry",
    "review",
    "review_papers",
    "subsidy",
    "training",
    "training_papers",
]
