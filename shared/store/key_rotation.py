"""Rotation of keys at rest: what an old key wrote is written again under the active one, a slice at a time.

A ring with old keys in it means that somebody is rotating. Everything that is kept under the ring is gone through
once for every change of it, and again every half minute while old keys are there, since a process that hasn't noticed
the change yet may still have written. What a slice finds changed meanwhile it leaves alone: a later one finds it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from sqlalchemy import ColumnElement, LargeBinary, bindparam, func, literal, or_, select, update
from sqlalchemy.orm import DeclarativeBase

from shared.security.aead import Unreadable
from shared.security.keys import KeyRing, Ring
from shared.security.objects import EncryptedObjects
from shared.security.personal import PersonalCipher, Place, header_of
from shared.store.database import Database

log = structlog.get_logger()

SLICE = 500
FILES_PER_SLICE = 10
REST = 30.0
"""Seconds between two goings-through while old keys are there."""


@dataclass(frozen=True)
class Step:
    """One slice. `renewed`: how many were written again; `after`: where to go on, None at the end."""

    renewed: int
    after: str | None


class Holding(Protocol):
    """Something that is kept under the keys of a ring: a column, a table of digests, the files of a service."""

    def usage(self, ring: KeyRing) -> Counter[str]:
        """How many need each key that isn't the active one; "" for a key that the ring doesn't hold."""

    def renew(self, ring: KeyRing, after: str) -> Step:
        """Writes a slice again under the active key. `after`: "" at the beginning."""


@dataclass
class Renewal:
    """All that a service keeps under one ring. `clock`: seconds that only go forward."""

    name: str
    ring: Ring
    holdings: Sequence[Holding]
    clock: Callable[[], float] = time.monotonic
    _gone_through: KeyRing | None = field(default=None)
    _waiting: list[Holding] = field(default_factory=list)
    _after: str = ""
    _again_at: float = 0.0
    _measured: int = 0
    _measured_ring: KeyRing | None = field(default=None)
    _measure_at: float = 0.0

    def round(self) -> int:
        """One slice, for a duty's loop: more than 0 while there is more to go through."""
        ring = self.ring.now()
        if ring is not self._gone_through or self._due(ring):
            self._gone_through, self._waiting, self._after = ring, list(self.holdings), ""
        if not self._waiting:
            return 0
        step = self._waiting[0].renew(ring, self._after)
        self._after = step.after or ""
        if step.after is None:
            self._waiting.pop(0)
        if self._waiting:
            return max(1, step.renewed)
        self._again_at = self.clock() + REST
        return step.renewed

    def usage(self) -> Counter[str]:
        """How many need each key that isn't the active one."""
        ring = self.ring.now()
        return sum((holding.usage(ring) for holding in self.holdings), Counter())

    def measure(self) -> int:
        """How many need another key than the active one; counted again at a change of the keys, and now and then while
        a rotation may change it."""
        ring = self.ring.now()
        if ring is not self._measured_ring or (len(ring.keys) > 1 and self.clock() >= self._measure_at):
            self._measured, self._measured_ring = self.usage().total(), ring
            self._measure_at = self.clock() + REST
        return self._measured

    def _due(self, ring: KeyRing) -> bool:
        return not self._waiting and len(ring.keys) > 1 and self.clock() >= self._again_at


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed text. `row`: the column that names the row in the seal; it is unique."""

    database: Database
    cipher: PersonalCipher
    table: type[DeclarativeBase]
    column: str
    row: str

    def usage(self, ring: KeyRing) -> Counter[str]:
        """How many values each other key wrote, by key id; "" for keys that the ring lacks."""
        sealed = self._sealed
        old = [key_id for key_id in ring.keys if key_id != ring.active.key_id]
        counts = [func.count().filter(self._written_by(key_id)) for key_id in (ring.active.key_id, *old)]
        with self.database.reading() as session:
            total, active, *each = session.execute(select(func.count(sealed), *counts)).one()
        return +Counter({"": total - active - sum(each), **dict(zip(old, each, strict=True))})

    def renew(self, ring: KeyRing, after: str) -> Step:
        """Writes the next slice after a row id under the active key."""
        old = [self._written_by(key_id) for key_id in ring.keys if key_id != ring.active.key_id]
        if not old:
            return Step(0, None)
        row, sealed = self._row, self._sealed
        found = select(row, sealed).where(or_(*old), row > after).order_by(row).limit(SLICE)
        with self.database.reading() as session:
            rows = session.execute(found).all()
        again = [change for row_id, stored in rows for change in self._again(stored, row_id)]
        if again:
            unchanged = (row == bindparam("row_id"), sealed == bindparam("read", type_=LargeBinary))
            statement = update(self.table.__table__).where(*unchanged).values({self.column: bindparam("written")})  # type: ignore[arg-type]
            with self.database.transaction() as session:
                session.connection().execute(statement, again)
        return Step(len(again), rows[-1][0] if len(rows) == SLICE else None)

    @property
    def _row(self) -> ColumnElement[Any]:
        return self.table.__table__.c[self.row]

    @property
    def _sealed(self) -> ColumnElement[Any]:
        return self.table.__table__.c[self.column]

    def _written_by(self, key_id: str) -> ColumnElement[bool]:
        header = header_of(key_id)
        start = func.substr(self._sealed, 1, len(header), type_=LargeBinary)
        return start == literal(header, LargeBinary)

    def _again(self, stored: bytes, row_id: str) -> Iterator[dict[str, object]]:
        """The change of one row; none where it can't be read: it goes on needing its key."""
        place = Place(self.table.__tablename__, self.column, row_id)
        try:
            written = self.cipher.encrypt(self.cipher.decrypt(stored, place), place)
        except Unreadable as error:
            log.error("unreadable", table=place.table, column=place.column, row=row_id, **error.details)
        else:
            yield {"row_id": row_id, "read": stored, "written": written}


def sealed_columns(
    database: Database, cipher: PersonalCipher, columns: Sequence[tuple[type[DeclarativeBase], str, str]]
) -> Renewal:
    """All sealed columns of a service: (table, column, the column that names the row in the seal)."""
    return Renewal("personal", cipher.ring, [SealedColumn(database, cipher, *column) for column in columns])


@dataclass(frozen=True)
class Files:
    """A service's encrypted files. Named by their content, they keep their names."""

    objects: EncryptedObjects

    def usage(self, ring: KeyRing) -> Counter[str]:
        """As of a column, counted over the files."""
        written_by = Counter(self.objects.key_id(name) for name in self.objects.names())
        del written_by[ring.active.key_id]
        unknown = {key_id: count for key_id, count in written_by.items() if key_id not in ring.keys}
        return +(written_by - Counter(unknown) + Counter({"": sum(unknown.values())}))

    def renew(self, ring: KeyRing, after: str) -> Step:
        """As of a column, by the names of the files."""
        if len(ring.keys) == 1:
            return Step(0, None)
        renewed, last = 0, after
        for number, name in enumerate(self.objects.names(after)):
            if number == FILES_PER_SLICE:
                return Step(renewed, last)
            if self.objects.key_id(name) in ring.keys.keys() - {ring.active.key_id}:
                self.objects.put(self.objects.get(name))
                renewed += 1
            last = name
        return Step(renewed, None)
