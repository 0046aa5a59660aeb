"""Users, virtual hosts, rights, queues and bindings on a RabbitMQ node, by its management interface.

It answers in milliseconds what `rabbitmqctl` needs a new Erlang machine of a second for.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit


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

    @classmethod
    def at(cls, url: str) -> Self:
        """From "http://user:password@host:port". Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme != "http" or not (parts.hostname and parts.port and parts.username and parts.password):
            raise ValueError("write the management interface as http://user:password@host:port")
        return cls(parts.hostname, parts.port, unquote(parts.username), unquote(parts.password))

    def ready(self) -> bool:
        """True once the node serves its virtual hosts."""
        try:
            self.ask("GET", "/health/checks/local-alarms")
        except (ManagementError, OSError, http.client.HTTPException):
            return False
        return True

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

    def users(self) -> dict[str, bool]:
        """By name: whether it is an ordinary user, without rights on the node itself."""
        return {user["name"]: not user["tags"] for user in self.ask("GET", "/users")}

    def remove_user(self, user: str) -> None:
        """With all its rights; its connections are closed."""
        self.ask("DELETE", f"/users/{_quoted(user)}")

    def queues(self, vhost: str) -> list[str]:
        """Names of the queues of a virtual host."""
        return [queue["name"] for queue in self.ask("GET", f"/queues/{_quoted(vhost)}?columns=name")]

    def declare_exchange(self, vhost: str, name: str, kind: str) -> None:
        """Makes a durable exchange. Raises ManagementError where it is there with other properties."""
        self.ask("PUT", f"/exchanges/{_quoted(vhost)}/{_quoted(name)}", {"type": kind, "durable": True})

    def declare_queue(self, vhost: str, name: str, arguments: Mapping[str, Any]) -> None:
        """Makes a durable queue. Raises ManagementError where it is there with other arguments."""
        self.ask("PUT", f"/queues/{_quoted(vhost)}/{_quoted(name)}", {"durable": True, "arguments": dict(arguments)})

    def bind_exactly(self, vhost: str, exchange: str, queue: str, keys: Iterable[str]) -> None:
        """Binds a queue to the exchange by these keys and by no other."""
        bindings = f"/bindings/{_quoted(vhost)}/e/{_quoted(exchange)}/q/{_quoted(queue)}"
        wanted = set(keys)
        for found in self.ask("GET", bindings):
            if found["routing_key"] in wanted:
                wanted.remove(found["routing_key"])
            else:
                self.ask("DELETE", f"{bindings}/{_quoted(found['properties_key'])}")
        for key in sorted(wanted):
            self.ask("POST", bindings, {"routing_key": key})

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
