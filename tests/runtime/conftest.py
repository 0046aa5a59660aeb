"""The notebook of `tests/kernel` and the real services of `tests/bus`: what is put together here, seen from outside."""

from __future__ import annotations

from tests.bus.conftest import processes
from tests.kernel.conftest import book, make_book

__all__ = ["book", "make_book", "processes"]
