"""Ending a connection without the broker's consent."""

from __future__ import annotations

import contextlib
from typing import Any

from kombu import Connection


def hang_up(connection: Connection, channel: Any) -> None:
    """Drops the socket. A polite close waits for the broker's word, and a frozen broker never gives it."""
    with contextlib.suppress(Exception):
        # py-amqp alone has a socket to drop; the memory transport has nothing that could be frozen.
        line = getattr(channel, "connection", None)
        drop = getattr(line, "collect", None)
        (drop or connection.release)()
