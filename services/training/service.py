"""The training service on the bus: each body is one call."""

from __future__ import annotations

from shared.bus.service import Service


class TrainingService(Service):
    """See services/training/README.md."""

    name = "training"
