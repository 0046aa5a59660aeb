"""Digests and their keys: what is found under an old key only is given a digest under the active one.

What is findable (`searchable_fields.py`) is found under any key of the ring. Where a key was taken away too early,
some numbers can't be found any more, and whoever they belong to could be registered a second time (X-1) or paid unseen:
until their digests are made again, from the sealed numbers, every look-up is refused. What was on file before it had
digests is given them in the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import structlog
from sqlalchemy import ColumnElement, delete, exists, func, inspect, or_, select, tuple_
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.exc import StaleDataError

from services.registry.privacy.searchable_fields import Findable
from services.registry.privacy.vault import Vault
from shared.errors import Unavailable
from shared.security.aead import Unreadable
from shared.security.keys import KeyRing
from shared.store.bulk import insert_absent
from shared.store.database import Database
from shared.store.key_rotation import SLICE, Step

log = structlog.get_logger()


def check_all_found(session: Session, known: Collection[str], what: Findable) -> None:
    """Raises Unavailable where something has a digest, but none under a known key. `known`: key ids of the ring."""
    digests, other = what.digests, aliased(what.digests)
    under_known = exists().where(_of(other, what) == _of(digests, what), _key(other).in_(known))
    lost = select(_of(digests, what)).where(_outside(what, known), ~under_known).limit(1)
    if session.scalar(lost) is not None:
        raise _not_found_now(what)


def check_all_filled(session: Session, known: Collection[str], what: Findable) -> None:
    """Raises Unavailable where something has no digest under a known key: it had none ever, or lost its key."""
    if session.scalar(select(_id(what)).where(_on_file(what), ~_found_under(what, known)).limit(1)) is not None:
        raise _not_found_now(what)


def _not_found_now(what: Findable) -> Unavailable:
    return Unavailable(f"{what.label}检索正在恢复，暂不能登记或查找；请稍后重试，持续出现请联系系统管理员")


@dataclass(frozen=True)
class Digests:
    """The digests of all numbers of one kind, as something that is kept under the ring `digest`."""

    database: Database
    vault: Vault
    what: Findable

    def usage(self, ring: KeyRing) -> Counter[str]:
        """Numbers that have no digest under the active key, by each key that finds them; "" where none does."""
        what = self.what
        nowhere = select(func.count()).select_from(what.table).where(_on_file(what), ~_found_under(what, ring.keys))
        found_by = (
            select(_key(what.digests), func.count())
            .join(what.table, _id(what) == _of(what.digests, what))
            .where(~_found_under(what, [ring.active.key_id]), _key(what.digests).in_(ring.keys))
            .group_by(_key(what.digests))
        )
        with self.database.reading() as session:
            lost = session.scalar(nowhere) or 0
            each = session.execute(found_by).all()
        return +Counter({"": lost, **dict(each)})

    def renew(self, ring: KeyRing, after: str) -> Step:
        """Makes a slice of missing digests; at the end forgets those of keys that are gone.

        The rows are held meanwhile, so that no number changes between reading it and writing its digest.
        """
        what = self.what
        missing = (
            select(what.table)
            .where(_on_file(what), ~_found_under(what, [ring.active.key_id]), _id(what) > after)
            .order_by(_id(what))
            .limit(SLICE)
            .with_for_update(key_share=True)
        )
        try:
            with self.database.transaction() as session:
                found: list[Any] = list(session.scalars(missing))
                made = [row for one in found for row in self._digest(one)]
                insert_absent(session, what.digests, _new_ones(session, what, made))
        except StaleDataError:  # registered again at this very moment, with a digest under the active key
            return Step(0, after)
        if len(found) == SLICE:
            return Step(len(found), found[-1].id)
        return Step(len(found) + self._forget(ring), None)

    def _digest(self, row: Any) -> Iterator[dict[str, str]]:
        """The digest of a row; none where its number can't be read: it goes on needing its old digest."""
        what = self.what
        try:
            number = self.vault.open(row, what.column)
        except Unreadable as error:
            log.error("unreadable", table=what.name, row=row.id, **error.details)
            return
        key_id, digest = self.vault.lookup.digest(what.kind_of(row), number)
        yield {"key_id": key_id, "digest": digest, what.owner: row.id} | {
            name: getattr(row, name) for name in what.beside
        }

    def _forget(self, ring: KeyRing) -> int:
        """Digests under keys that the ring no longer holds, of numbers that the active key finds."""
        what, digests, other = self.what, self.what.digests, aliased(self.what.digests)
        found = exists().where(_of(other, what) == _of(digests, what), _key(other) == ring.active.key_id)
        with self.database.transaction() as session:
            gone = session.scalars(select(_key(digests)).where(_outside(what, ring.keys), found).distinct()).all()
            if gone:
                session.execute(
                    delete(digests).where(_key(digests).in_(gone), found),
                    execution_options={"synchronize_session": False},
                )
        return len(gone)


def _outside(what: Findable, known: Collection[str]) -> ColumnElement[bool]:
    """Key ids that aren't among the known, as ranges: an index answers it at once where there are none."""
    ordered, key = sorted(known), _key(what.digests)
    between = pairwise(ordered)
    return or_(key < ordered[0], key > ordered[-1], *((key > low) & (key < high) for low, high in between))


def _found_under(what: Findable, key_ids: Collection[str]) -> ColumnElement[bool]:
    """Rows that have a digest under one of the keys."""
    its = aliased(what.digests)
    return exists().where(_of(its, what) == _id(what), _key(its).in_(key_ids))


def _new_ones(session: Session, what: Findable, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those whose digest nobody has. One that another row has is the same number twice: an operator's matter."""
    if not rows:
        return []
    unique = [column.name for column in inspect(what.digests).primary_key]
    columns = [what.digests.__table__.c[name] for name in unique]
    sought = [tuple(row[name] for name in unique) for row in rows]
    taken = {tuple(found) for found in session.execute(select(*columns).where(tuple_(*columns).in_(sought)))}
    for row, key in zip(rows, sought, strict=True):
        if key in taken:
            log.error("number_twice", table=what.name, row=row[what.owner])
    return [row for row, key in zip(rows, sought, strict=True) if key not in taken]


def _on_file(what: Findable) -> ColumnElement[bool]:
    return what.column.is_not(None)


def _id(what: Findable) -> ColumnElement[str]:
    column: ColumnElement[str] = what.table.__table__.c["id"]
    return column


def _key(digests: Any) -> ColumnElement[str]:
    column: ColumnElement[str] = digests.key_id
    return column


def _of(digests: Any, what: Findable) -> ColumnElement[str]:
    """The column of a table of digests, or of an alias of it, that says whose digest it is."""
    column: ColumnElement[str] = getattr(digests, what.owner)
    return column
