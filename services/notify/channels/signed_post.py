"""One signed POST: what is sent, how it is signed, and a dialogue that ends in time whatever the other side does.

    POST /path HTTP/1.1
    Skills-Message: <message id>          the same again if it is sent again
    Skills-Key: <key id>                  which secret signed it
    Skills-Timestamp: 1654495200          whole seconds
    Skills-Signature: v1=<64 hex digits>  HMAC-SHA-256 of timestamp, ".", body

How a receiver checks it: docs/webhooks.md. Redirects aren't followed; of the answer only status and one header are
read.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.notify.recipients.webhook_targets import Target

SECONDS = 15.0
"""For the whole dialogue, from connecting to the answer's headers."""

_RECEIPT = re.compile(r"[A-Za-z0-9._:/+=-]{1,80}")


@dataclass(frozen=True)
class Reply:
    """`identifier`: what the receiver calls this request (X-Request-Id), empty where it doesn't say."""

    status: int
    identifier: str


def signed(body: bytes, *, message_id: str, key_id: str, secret: bytes, timestamp: int) -> dict[str, str]:
    """The headers that go with a body. `timestamp`: seconds since 1970."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "skills-notify/1",
        "Skills-Message": message_id,
        "Skills-Key": key_id,
        "Skills-Timestamp": str(timestamp),
        "Skills-Signature": f"v1={signature(body, secret, timestamp)}",
    }


def signature(body: bytes, secret: bytes, timestamp: int) -> str:
    """64 hex digits."""
    return hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Post:
    """Sends to the first of a target's addresses that answers. `context`: how certificates are checked."""

    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)
    seconds: float = SECONDS

    def send(self, target: Target, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]) -> Reply:
        """The answer, whatever its status. Raises OSError or http.client.HTTPException where there is none in time."""
        ends = time.monotonic() + self.seconds
        with _connected(addresses, target.port, ends) as plain:
            line = self._secured(plain, target, ends)
            connection = http.client.HTTPConnection(target.authority)
            connection.sock = _Timed(line, ends)
            try:
                connection.request("POST", target.path, body, dict(headers))
                return _reply(connection.getresponse())
            finally:
                line.close()

    def _secured(self, plain: socket.socket, target: Target, ends: float) -> socket.socket:
        if target.scheme == "http":
            return plain
        plain.settimeout(_left(ends))
        return self.context.wrap_socket(plain, server_hostname=target.host)


def _connected(addresses: Sequence[str], port: int, ends: float) -> socket.socket:
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=_left(ends) / 2)
    return socket.create_connection((addresses[-1], port), timeout=_left(ends))


def _reply(response: http.client.HTTPResponse) -> Reply:
    named = _RECEIPT.fullmatch(response.getheader("X-Request-Id", ""))
    return Reply(response.status, named.group() if named else "")


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Timed:
    """A connected socket as http.client uses it. Every step gets only what is left of the time: a timeout for each
    alone would let a receiver that sends a byte now and then hold the loop for hours.
    """

    def __init__(self, line: socket.socket, ends: float) -> None:
        self._line = line
        self._ends = ends

    def sendall(self, data: Any) -> None:
        self._line.settimeout(_left(self._ends))
        self._line.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._line, self._ends))

    def close(self) -> None:
        self._line.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, line: socket.socket, ends: float) -> None:
        super().__init__()
        self._line = line
        self._ends = ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._line.settimeout(_left(self._ends))
        return self._line.recv_into(buffer)
