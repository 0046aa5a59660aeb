"""The notebook of `tests/kernel`, for the tables that stand under it."""

from __future__ import annotations

from tests.kernel.conftest import book, make_book, postgresql_book

__all__ = ["book", "make_book", "postgresql_book"]
