"""Drives one service with two sides in it, the same objects on each, and one good request for every method.

    driver.requests(side, role)["get_claim"]     what somebody of that side would ask
    driver.attempt(speaker, route, request)      how it ends: "ok" or the error's code, with the answer
    with driver.rehearsal(route): …              whatever is done in it is undone
    driver.marks(side)                           what nobody of the other side may ever see
    driver.before[role, route]                   what a query of THERE answered before HERE had anything

It is built once for many tests, so nothing may stay: every test rehearses.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, MetaData, select

from shared.clock import now
from shared.contracts.catalogue import METHODS
from shared.contracts.kernel.files import JOIN_FILE, PUT_CHUNK
from shared.contracts.schema import codec
from shared.contracts.schema.declare import Method
from shared.contracts.schema.hints import has_default
from shared.errors import SkillsError
from shared.kernel.service import Service
from shared.security.speaker import Role, Speaker
from shared.store.kernel_tables import InboxRow
from tests.hostile.kernel_requests import PARKED, kernel_requests
from tests.hostile.sides import NARROW, Side
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness

TRACES = {"audit", "requests"}
"""Tables that any call may write: its audit line, and the request id of what was answered."""

_NOT_OF_A_SIDE = TRACES | {"documents", "inbox", "outbox", "seals", "heads", "leases", "business_clock"}
_MARK_CHARACTERS_MIN = 6

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Outcome:
    """`code`: "ok", or the code of the typed error. `answer`: plain JSON, the error's details otherwise."""

    code: str
    answer: Any

    def shows(self, marks: frozenset[str]) -> set[str]:
        """Those of the marks that stand in the answer."""
        text = codec.dumps(self.answer)
        return {mark for mark in marks if mark in text}


class Driver(ABC):
    """`there` is built first; `here` then must change nothing for it."""

    service: ClassVar[type[Service]]

    def __init__(self, url: str, folder: Path) -> None:
        self.harness = KernelHarness(self.service, url, folder)
        self.tables = MetaData()
        self.tables.reflect(self.harness.database.engine)
        self.prepare()
        self._park()
        before = self._ids()
        self.there = self._settle("there", SHUNYI)
        between = self._ids()
        self.before = self._answers_of_there()
        self.here = self._settle("here", CHAOYANG)
        self._marks = {self.there.name: between - before, self.here.name: self._ids() - between}

    # --- what each service's driver says -----------------------------------------------------------------------------

    @abstractmethod
    def prepare(self) -> None:
        """The day, what the neighbours answer, and whatever belongs to neither side."""

    @abstractmethod
    def build(self, name: str, district: str) -> Side:
        """A side with all its objects."""

    @abstractmethod
    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        """A request for every method of the service itself, by its name."""

    def hands(self, role: Role) -> Mapping[str, tuple[str, ...]]:
        """Of a method by which that role decides, by its name: the subjects who took an earlier step (X-5)."""
        return {}

    def words(self, side: Side) -> frozenset[str]:
        """What else than ids is a side's own."""
        return frozenset({side.employer, side.provider})

    # --- what tests ask of it ----------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.service.name

    @classmethod
    def methods(cls) -> dict[str, Method[Any, Any]]:
        return {route: method for route, method in METHODS.items() if method.service == cls.service.name}

    def requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        return {**kernel_requests(side), **self.own_requests(side, role)}

    def request(self, side: Side, role: Role, route: str) -> Any:
        name = METHODS[route].name
        known = self.requests(side, role)
        assert name in known, f"{route} has no sample: add one to own_requests in tests/hostile/drivers/{self.name}.py"
        return known[name]

    def payloads(self, side: Side, role: Role, route: str) -> list[dict[str, Any]]:
        """The request; of a query also without all that needn't be said, such as filters."""
        request = self.request(side, role, route)
        whole = codec.write(request)
        bare = {one.name: whole[one.name] for one in dataclasses.fields(request) if not has_default(one)}
        return [whole, bare] if METHODS[route].kind == "query" and bare != whole else [whole]

    def ask(self, side: Side, role: Role, route: str) -> Outcome:
        """How somebody of a side fares with the side's own request."""
        return self.attempt(side.speaker(role), route, codec.write(self.request(side, role, route)))

    def ask_all(self, side: Side, role: Role, route: str) -> list[Outcome]:
        """The same with each of the payloads."""
        return [self.attempt(side.speaker(role), route, payload) for payload in self.payloads(side, role, route)]

    def attempt(self, speaker: Speaker, route: str, payload: Any, *, request_id: str | None = None) -> Outcome:
        try:
            answer = self.harness.call_raw(speaker, METHODS[route], payload, request_id=request_id)
        except SkillsError as error:
            return Outcome(error.code, error.to_wire())
        return Outcome("ok", answer)

    def marks(self, side: Side) -> frozenset[str]:
        """Ids that came with a side, and its words."""
        return frozenset(self._marks[side.name]) | self.words(side)

    @contextmanager
    def rehearsal(self, route: str) -> Iterator[None]:
        """Every transaction becomes a savepoint of one that is undone at the end; rehearsals may be nested.

        A query has nothing to undo, and may choose an isolation of its own.
        """
        self.service.prepare(
            self.harness.settings, self.harness.keys
        )  # another harness of this service may have spoken since
        database = self.harness.database
        outside: Any = database.engine
        if METHODS[route].kind == "query":
            yield
            return
        with ExitStack() as undoing:
            if isinstance(outside, Engine):
                connection = undoing.enter_context(outside.connect())
                undoing.callback(connection.begin().rollback)
            else:
                connection = outside
            undoing.callback(connection.begin_nested().rollback)  # within one, sessions make savepoints of their own
            undoing.callback(setattr, database, "engine", outside)
            database.engine = connection  # type: ignore[assignment]
            yield

    def stored(self) -> dict[str, Rows]:
        """Every row of every table but the traces of a call."""
        with self.harness.database.reading() as session:
            return {
                table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
                for table in self.tables.sorted_tables
                if table.name not in TRACES
            }

    def close(self) -> None:
        self.harness.close()

    def _settle(self, name: str, district: str) -> Side:
        side = self.build(name, district)
        put, join = PUT_CHUNK[self.name], JOIN_FILE[self.name]
        requests = kernel_requests(side)
        for role in Role:  # the same paper, handed in by each who may
            self.harness.call(side.speaker(role), put, requests[put.name])
            if role in NARROW:
                self.harness.call(side.speaker(role), join, requests[join.name])
        return side

    def _answers_of_there(self) -> dict[tuple[Role, str], list[Outcome]]:
        """What every query says to each role that sees a part only; one without a sample fails its own tests."""
        return {
            (role, route): self.ask_all(self.there, role, route)
            for route, method in self.methods().items()
            for role in NARROW
            if method.kind == "query" and role in method.roles and method.name in self.requests(self.there, role)
        }

    def _park(self) -> None:
        """An event that could not be applied, for those who look after the system."""
        at = now()
        with self.harness.database.transaction() as session:
            session.add(
                InboxRow(
                    event_id=PARKED, name="nobody.knows_it", body="{}", received_at=at, next_try_at=at, attempts=9,
                    parked_at=at, reason="invalid_request",
                )
            )  # fmt: skip

    def _ids(self) -> set[str]:
        """The text of every id in the tables."""
        return {
            row[column.name]
            for table in self.tables.sorted_tables
            if table.name not in _NOT_OF_A_SIDE
            for row in self._rows(table)
            for column in table.columns
            if (column.name == "id" or column.name.endswith("_id") or column.name == "file")
            and isinstance(row[column.name], str)
            and len(row[column.name]) >= _MARK_CHARACTERS_MIN
        }

    def _rows(self, table: Any) -> list[Mapping[str, Any]]:
        with self.harness.database.reading() as session:
            return [dict(row) for row in session.execute(select(table)).mappings()]
