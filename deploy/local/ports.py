"""Free ports on the loopback interface."""

from __future__ import annotations

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel lends ports to outgoing connections, so that a server that was killed
# finds its own port free when it is started again.
_CHOICE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """True where a server could listen on the port now."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """True where a server accepts connections on the port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Different ports that are free now, in no order."""
    found: set[int] = set()
    while len(found) < count:
        port = secrets.choice(_CHOICE)
        if is_free(port):
            found.add(port)
    return list(found)
