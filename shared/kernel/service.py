"""How a service says what it does: one table of rows, `handles(METHOD, use_case)` and `hears(EVENT, use_case)`.

    class SubsidyService(Service):
        name = "subsidy"
        windows: ClassVar[Windows]

        serves = (
            hears(cases.PROJECT_APPROVED, read_model.approved),
            handles(claims.SUBMIT_CLAIM, submission.submit, ask=training_outcomes.ask),
            handles(closing.CLOSE_PERIOD, close.close_period),
        )

A use case is a function of what it may touch, a `Look` for a query and a `Work` for a command or event, and of the
request or event. `ask(asks, request)` runs before the transaction and may call other services; what it returns is
handed in next. Whatever else a use case names is the service's own attribute of that name: `close_period(work, request,
windows)` is given `SubsidyService.windows`, which `prepare` has set.

The class itself knows no framework: `shared/runtime/nameko_entrypoints.py` makes a nameko service of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.bus.wire import Event
from shared.contracts.kernel.settlement import MOVE_CLOCK
from shared.contracts.schema.declare import EventType, Method
from shared.kernel.work import Asks
from shared.policy.policies import Policies
from shared.security.keys import Keys
from shared.security.speaker import Purpose
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Renewal

Req = TypeVar("Req")
Ans = TypeVar("Ans")
Data = TypeVar("Data")


@dataclass(frozen=True)
class Handling:
    """One row of a service's table: what it serves, the function that does it, and what that asks others first.

    `tools`: names of the service's attributes that are handed in after the request and what was asked.
    """

    serves: Method[Any, Any] | EventType[Any]
    use_case: Callable[..., Any]
    ask: Callable[..., Any] | None = None
    tools: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, as `name_of` what it serves."""
        return name_of(self.serves)


class EveryCommit:
    """The names of all methods and events: for a loop that whatever is committed may give work to."""

    def __contains__(self, _name: object) -> bool:
        return True


@dataclass(frozen=True)
class Loop:
    """What a service does besides answering. `work()`: one round, which returns how many things it did.

    `pause`: seconds between two rounds. `woken_by`: the methods and events whose commit can give it work, by name as
    in "notify.move_clock" or "review.deadline_set"; no other commit costs a round. By default only its pause counts.
    """

    name: str
    work: Callable[[], int]
    pause: float
    woken_by: Container[str] = ()


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
    """Base of the five services. `serves`: its table.

    `conflicts` maps a constraint's name to the Chinese sentence of its `conflict`.

    `decided_about`: pairs of columns, the subject of a decision and the project that it belongs to.
    """

    name: ClassVar[str]
    serves: ClassVar[tuple[Handling, ...]] = ()
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
    def gauges(cls, database: Database) -> list[Loop]:  # noqa: ARG003
        """Loops that only measure, by one replica: they run where somebody may read /metrics."""
        return []

    @classmethod
    def errands(cls, database: Database, ask: Ask) -> list[Loop]:  # noqa: ARG003
        """Loops that ask other services."""
        return []

    @classmethod
    def dated_duties(cls, running: Running) -> list[Loop]:  # noqa: ARG003
        """Loops that the business date drives: a sandbox that moves it must be among what wakes them."""
        return []

    @classmethod
    def overdue_work(cls, session: Session, today: date) -> int:  # noqa: ARG003
        """How much of what the business date demands isn't done yet: the system isn't settled before it is 0."""
        return 0

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:  # noqa: ARG003
        """What it keeps under its rings, for their rotation; its files are the kernel's matter."""
        return []


def name_of(serves: Method[Any, Any] | EventType[Any]) -> str:
    """As in "subsidy.submit_claim" for a method, "review.project_approved" for an event."""
    return serves.route if isinstance(serves, Method) else f"{serves.owner}.{serves.name}"


def date_moved(service: str) -> str:
    """The name of what moves the business date of that service, for the loops which the date drives."""
    return MOVE_CLOCK[service].route


def handles(
    method: Method[Req, Ans], use_case: Callable[..., Ans], *, ask: Callable[[Asks, Req], Any] | None = None
) -> Handling:
    """A row: this method is answered by that use case."""
    return Handling(method, use_case, ask, _tools(use_case, ask))


def hears(
    event: EventType[Data],
    use_case: Callable[..., None],
    *,
    ask: Callable[[Asks, Event[Data]], Any] | None = None,
) -> Handling:
    """A row: this event of another service's is applied by that use case."""
    return Handling(event, use_case, ask, _tools(use_case, ask))


def handlings(service: type[Service]) -> dict[str, Handling]:
    """The rows of a service by name. Raises ValueError where two serve the same."""
    found: dict[str, Handling] = {}
    for handling in service.serves:
        if found.setdefault(handling.name, handling) is not handling:
            raise ValueError(f"{service.__name__} serves {handling.name} twice: remove one of the two rows")
    return found


def _tools(use_case: Callable[..., Any], ask: Callable[..., Any] | None) -> tuple[str, ...]:
    """What a use case names besides its context, its request and what was asked."""
    return tuple(inspect.signature(use_case).parameters)[2 if ask is None else 3 :]
