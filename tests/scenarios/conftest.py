"""Real services for the stories that are played on them."""

from __future__ import annotations

from tests.bus.conftest import processes

__all__ = ["processes"]
