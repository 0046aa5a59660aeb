"""The registry service on the bus: each body is one call."""

from __future__ import annotations

from shared.bus.service import Service


class RegistryService(Service):
    """See services/registry/README.md."""

    name = "registry"
