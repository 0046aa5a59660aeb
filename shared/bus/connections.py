"""Connections to the broker: opened without a pause, known to be alive before use, dropped without asking.

kombu waits two seconds after a refused connection and closes politely; a probe has one second, and a frozen broker is
never polite.
"""

from __future__ import annotations

import contextlib
import select
from typing import Any

from shared.bus.transport import Line


def open_connection(amqp_url: str, connect_timeout: float, **transport_options: Any) -> Line:
    """A connection that stands. Raises what the broker's client raises, within `connect_timeout` seconds."""
    line = Line(amqp_url, connect_timeout=connect_timeout, transport_options=transport_options)
    connect_once(line)
    return line


def connect_once(line: Line) -> None:
    """One try, and one more at once. Raises what the broker's client raises."""
    at_once = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
    line.ensure_connection(**at_once, reraise_as_library_errors=False)


def is_usable(line: Line) -> bool:
    """True where it may be published on.

    A broker that died leaves sockets that take one more message without complaint and lose it. Nobody speaks to us on
    an idle line, so one that has something to read is being closed, or is closed. The memory broker has no sockets.
    """
    if not line.connected:
        return False
    sock = getattr(getattr(line.connection, "transport", None), "sock", None)
    if sock is None:
        return True
    try:
        readable, _, broken = select.select([sock], [], [sock], 0)
    except (OSError, ValueError):  # closed under our hands: its descriptor is -1
        return False
    return not readable and not broken


def drop_connection(line: Line, channel: Any) -> None:
    """Drops the socket. A polite close waits for the broker's word, and a frozen broker never gives it."""
    with contextlib.suppress(Exception):
        # py-amqp alone has a socket to drop; the memory transport has nothing that could be frozen.
        drop = getattr(getattr(channel, "connection", None), "collect", None)
        (drop or line.release)()
