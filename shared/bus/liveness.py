"""Whether an idle connection still has its broker.

A broker that died leaves sockets that take one more message without complaint and lose it. Nobody speaks to us on an
idle connection of a publisher, so one that has something to read is being closed, or is closed.
"""

from __future__ import annotations

import select

from kombu import Connection


def is_quiet(connection: Connection) -> bool:
    """True where the connection may be published on; the memory broker's always may."""
    if not connection.connected:
        return False
    transport = getattr(connection.connection, "transport", None)
    sock = getattr(transport, "sock", None)
    if sock is None:
        return getattr(connection.connection, "channels", None) is not None
    try:
        readable, _, broken = select.select([sock], [], [sock], 0)
    except (OSError, ValueError):  # closed under our hands: its descriptor is -1
        return False
    return not readable and not broken
