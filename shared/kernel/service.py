"""How a service says what it does: a class whose methods carry `@handles(METHOD)` or `@hears(EVENT)`.

    class Subsidy(Service):
        name = "subsidy"

        @handles(contract.SUBMIT_CLAIM, ask=claims.ask)
        def submit_claim(self, work, request, known):
            return claims.submit(work, request, known)

`ask(asks, request)` runs before the transaction and may call other services; what it returns is handed in as the
last argument. Without `ask` there is no last argument. A query is given a `Look`, a command and an event a `Work`.
The class itself knows no framework: `shared/runtime/nameko_entrypoints.py` makes a nameko service of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.contracts.schema.declare import EventType, Method
from shared.policy.policies import Policies
from shared.security.keys import Keys
from shared.security.speaker import Purpose
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Renewal

Body = TypeVar("Body", bound=Callable[..., Any])
Req = TypeVar("Req")
Ans = TypeVar("Ans")


@dataclass(frozen=True)
class Handling:
    """One entrypoint: what it serves, what it asks first, and the function that does it."""

    serves: Method[Any, Any] | EventType[Any]
    body: Callable[..., Any]
    ask: Callable[..., Any] | None


class Ask(Protocol):
    """A query to another service in this service's own name, outside any transaction; its typed error is raised."""

    def __call__(
        self, method: Method[Req, Ans], request: Req, *, purposes: frozenset[Purpose] = frozenset()
    ) -> Ans: ...


class Running(Protocol):
    """What a loop of the business date needs of the kernel."""

    database: Database
    policies: Policies

    def today(self, session: Session) -> date: ...


class Service:
    """Base of the five services. `conflicts` maps a constraint's name to the Chinese sentence of its `conflict`.

    `decided_about`: pairs of columns, the subject of a decision and the project that it belongs to.
    """

    name: ClassVar[str]
    conflicts: ClassVar[Mapping[str, str]] = {}
    decided_about: ClassVar[tuple[tuple[InstrumentedAttribute[str], InstrumentedAttribute[str]], ...]] = ()

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:
        """Called once at start, for what a service needs besides the kernel: its ciphers, its files."""

    @classmethod
    def record(cls, database: Database) -> None:
        """Called once after `prepare`: keeps, or compares with, what the database knows of this release.

        Raises SettingsError where the two disagree.
        """

    @classmethod
    def duties(cls, database: Database) -> list[tuple[str, Callable[[], int], float]]:  # noqa: ARG003
        """Loops of its own: (name, one round that returns how many things it did, pause in seconds)."""
        return []

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[tuple[str, Callable[[], int], float]]:  # noqa: ARG003
        """Loops that ask other services besides; otherwise as `duties`."""
        return []

    @classmethod
    def dated_duties(cls, running: Running) -> list[tuple[str, Callable[[], int], float]]:  # noqa: ARG003
        """Loops that the business date drives; otherwise as `duties`."""
        return []

    @classmethod
    def overdue_work(cls, session: Session, today: date) -> int:  # noqa: ARG003
        """How much of what the business date demands isn't done yet: the system isn't settled before it is 0."""
        return 0

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:  # noqa: ARG003
        """What it keeps under its rings, for their rotation; its files are the kernel's matter."""
        return []


def handles(method: Method[Any, Any], *, ask: Callable[..., Any] | None = None) -> Callable[[Body], Body]:
    return _marked(method, ask)


def hears(event: EventType[Any], *, ask: Callable[..., Any] | None = None) -> Callable[[Body], Body]:
    return _marked(event, ask)


def handlings(service: type[Service]) -> dict[str, Handling]:
    """By route for methods ("subsidy.submit_claim") and by "<owner>.<event>" for events. Raises ValueError for two."""
    found: dict[str, Handling] = {}
    for handling in _collect(service):
        name = _name(handling.serves)
        if found.setdefault(name, handling) is not handling:
            raise ValueError(f"{service.__name__} handles {name} twice: remove one of the two methods")
    return found


def _marked(serves: Method[Any, Any] | EventType[Any], ask: Callable[..., Any] | None) -> Callable[[Body], Body]:
    def mark(body: Body) -> Body:
        body.__dict__.setdefault("serves", []).append((serves, ask))
        return body

    return mark


def _collect(service: type[Service]) -> Iterator[Handling]:
    instance = service()
    for _, body in inspect.getmembers(instance, inspect.ismethod):
        for serves, ask in getattr(body, "serves", ()):
            yield Handling(serves, body, ask)


def _name(serves: Method[Any, Any] | EventType[Any]) -> str:
    return serves.route if isinstance(serves, Method) else f"{serves.owner}.{serves.name}"
