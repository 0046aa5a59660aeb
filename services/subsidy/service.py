"""The subsidy service on the bus: each body is one call."""

from __future__ import annotations

from shared.bus.service import Service


class SubsidyService(Service):
    """See services/subsidy/README.md."""

    name = "subsidy"
