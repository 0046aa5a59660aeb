"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import kernel, notify, registry, review, subsidy, training
from shared.contracts.declare import EVENTS, METHODS

__all__ = ["EVENTS", "METHODS", "kernel", "notify", "registry", "review", "subsidy", "training"]
