"""Long work lets others go on: heartbeats, `/healthz`, other calls. Never within a write transaction on SQLite."""

from __future__ import annotations

import time


def breathe() -> None:
    """Gives every other green thread its turn; where nothing is green it costs next to nothing."""
    time.sleep(0)
