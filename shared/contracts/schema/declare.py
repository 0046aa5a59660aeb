"""How a service declares what it answers (`command`, `query`) and what it tells (`event`).

A declaration is made once, in `shared/contracts/<owner>/`, and used by the service, its callers, the generated
schemas and the tests. `METHODS` and `EVENTS` hold them all by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from shared.security.speaker import Role

SERVICES = ("registry", "review", "training", "subsidy", "notify")

Req = TypeVar("Req")
Ans = TypeVar("Ans")
Data = TypeVar("Data")


@dataclass(frozen=True)
class Method(Generic[Req, Ans]):
    """One RPC. A command changes state and carries a request id; a query does neither."""

    service: str
    name: str
    kind: Literal["command", "query"]
    request: type[Req]
    answer: type[Ans]
    roles: frozenset[Role]
    about: str

    @property
    def route(self) -> str:
        """Its routing key on the bus: "subsidy.submit_claim"."""
        return f"{self.service}.{self.name}"


@dataclass(frozen=True)
class EventType(Generic[Data]):
    """One kind of event, past tense. `consumers`: services that must hear it; the publisher declares their queues."""

    owner: str
    name: str
    version: int
    data: type[Data]
    consumers: tuple[str, ...]
    public: bool
    about: str


METHODS: dict[str, Method[Any, Any]] = {}
EVENTS: dict[str, EventType[Any]] = {}


def command(route: str, request: type[Req], answer: type[Ans], roles: Iterable[Role], about: str) -> Method[Req, Ans]:
    """`route`: "<service>.<imperative>". Raises ValueError where it is declared already or by no service."""
    return _method("command", route, request, answer, roles, about)


def query(route: str, request: type[Req], answer: type[Ans], roles: Iterable[Role], about: str) -> Method[Req, Ans]:
    """As `command`, for what changes nothing."""
    return _method("query", route, request, answer, roles, about)


def of_every_service(
    declare: Callable[[str, type[Req], type[Ans], Iterable[Role], str], Method[Req, Ans]],
    name: str,
    request: type[Req],
    answer: type[Ans],
    roles: Iterable[Role],
    about: str,
) -> dict[str, Method[Req, Ans]]:
    """The same `command` or `query` under each service's own name, by service."""
    return {service: declare(f"{service}.{name}", request, answer, roles, about) for service in SERVICES}


def event(
    name: str,
    data: type[Data],
    *,
    consumers: tuple[str, ...],
    about: str,
    version: int = 1,
    public: bool = True,
) -> EventType[Data]:
    """`name`: "<owner>.<past tense>"; an event without consumers is simply sent. Raises ValueError as `command`."""
    owner, _, bare = name.partition(".")
    declared = EventType(owner, bare, version, data, consumers, public, about)
    if owner not in SERVICES or EVENTS.setdefault(name, declared) is not declared:
        raise ValueError(f"{name}: an event is declared once, by one of {SERVICES}")
    return declared


def _method(
    kind: Literal["command", "query"],
    route: str,
    request: type[Req],
    answer: type[Ans],
    roles: Iterable[Role],
    about: str,
) -> Method[Req, Ans]:
    service, _, name = route.partition(".")
    declared = Method(service, name, kind, request, answer, frozenset(roles), about)
    if service not in SERVICES or METHODS.setdefault(route, declared) is not declared:
        raise ValueError(f"{route}: a method is declared once, by one of {SERVICES}")
    return declared
