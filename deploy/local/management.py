"""Users, virtual hosts and rights on a RabbitMQ node, by its management interface.

It answers in milliseconds what `rabbitmqctl` needs a new Erlang machine of a second for.
"""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True)
class Rights:
    """What a user may do in a virtual host: regular expressions over names of queues and exchanges."""

    configure: str = ".*"
    write: str = ".*"
    read: str = ".*"


@dataclass(frozen=True)
class TopicRights:
    """Which routing keys a user may publish to and bind by on one topic exchange. Without them: every key."""

    exchange: str
    write: str
    read: str


class ManagementError(Exception):
    """The node refused; the message says what was asked and what it answered."""


@dataclass(frozen=True)
class Management:
    """The management interface of one node, spoken to as its administrator."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def ready(self) -> bool:
        """True once the node serves its virtual hosts."""
        try:
            self.ask("GET", "/health/checks/local-alarms")
        except (ManagementError, OSError, http.client.HTTPException):
            return False
        return True

    def add_vhost(self, vhost: str) -> None:
        self.ask("PUT", f"/vhosts/{_quoted(vhost)}", {})

    def remove_vhost(self, vhost: str) -> None:
        self.ask("DELETE", f"/vhosts/{_quoted(vhost)}")

    def add_user(self, user: str, password: str) -> None:
        """Makes an ordinary user, or gives the user this password."""
        self.ask("PUT", f"/users/{_quoted(user)}", {"password": password, "tags": ""})

    def grant(self, user: str, vhost: str, rights: Rights) -> None:
        """Replaces the user's rights in the virtual host."""
        patterns = {"configure": rights.configure, "write": rights.write, "read": rights.read}
        self.ask("PUT", f"/permissions/{_quoted(vhost)}/{_quoted(user)}", patterns)

    def grant_topics(self, user: str, vhost: str, rights: TopicRights) -> None:
        """Replaces the user's rights on the topics of the exchange."""
        patterns = {"exchange": rights.exchange, "write": rights.write, "read": rights.read}
        self.ask("PUT", f"/topic-permissions/{_quoted(vhost)}/{_quoted(user)}", patterns)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """One request below /api: the decoded answer, None where empty. Raises ManagementError, OSError."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request(method, f"/api{path}", json.dumps(body) if body is not None else None, self._headers())
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise ManagementError(f"{method} {path}: {answer.status} {text}")
        return json.loads(text) if text else None

    def _headers(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}


def _quoted(name: str) -> str:
    return quote(name, safe="")
