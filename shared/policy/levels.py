"""Levels of certificates, compared as a document orders them."""

from __future__ import annotations

from collections.abc import Sequence


def at_least(level: str | None, wanted: str, order: Sequence[str]) -> bool:
    """Whether a level is the wanted one or above. `order`: lowest first; what isn't in it is only equal to itself."""
    if level == wanted:
        return True
    return level in order and wanted in order and order.index(level) > order.index(wanted)
