"""The notify service on the bus: each body is one call."""

from __future__ import annotations

from shared.bus.service import Service


class NotifyService(Service):
    """See services/notify/README.md."""

    name = "notify"
