"""The real services of `tests/bus`, for the page that shows strangers how to call them."""

from __future__ import annotations

from tests.bus.conftest import processes

__all__ = ["processes"]
