"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import (
    closing,
    kernel,
    learning,
    notices,
    notify,
    oversight,
    payment,
    receivables,
    registers,
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
    "closing",
    "kernel",
    "learning",
    "notices",
    "notify",
    "oversight",
    "payment",
    "receivables",
    "registers",
    "registry",
    "review",
    "review_papers",
    "subsidy",
    "training",
    "training_papers",
]
