"""Digests and their keys: what is found under an old key only is given a digest under the active one.

A document is found under any key of the ring. Where a key was taken away too early, some documents can't be found any
more, and whoever they belong to could be registered a second time (X-1): until their digests are made again, from the
sealed numbers, every look-up is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import structlog
from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.exc import StaleDataError

from services.registry.models import Digest, IdentityDocument
from services.registry.races import insert_absent
from services.registry.vault import Vault
from shared.errors import Unavailable
from shared.security.aead import Unreadable
from shared.security.keys import KeyRing
from shared.store.database import Database
from shared.store.renewal import SLICE, Step

log = structlog.get_logger()


def check_all_found(session: Session, known: Collection[str]) -> None:
    """Raises Unavailable where a document has a digest, but none under a known key. `known`: key ids of the ring."""
    other = aliased(Digest)
    under_known = exists().where(other.document_id == Digest.document_id, other.key_id.in_(known))
    lost = select(Digest.document_id).where(_outside(known), ~under_known).limit(1)
    if session.scalar(lost) is not None:
        raise Unavailable("证件检索密钥正在恢复，暂不能登记或查找人员；请稍后重试，持续出现请联系系统管理员")


def _outside(known: Collection[str]) -> ColumnElement[bool]:
    """Key ids that aren't among the known, as ranges: an index answers it at once where there are none."""
    ordered = sorted(known)
    between = pairwise(ordered)
    return or_(
        Digest.key_id < ordered[0],
        Digest.key_id > ordered[-1],
        *((Digest.key_id > low) & (Digest.key_id < high) for low, high in between),
    )


@dataclass(frozen=True)
class DocumentDigests:
    """The digests of all identity documents, as something that is kept under the ring `digest`."""

    database: Database
    vault: Vault

    def usage(self, ring: KeyRing) -> Counter[str]:
        """Documents that have no digest under the active key, by each key that finds them; "" where none does."""
        missing = _without(ring.active.key_id)
        with self.database.reading() as session:
            lost = (
                session.scalar(select(func.count()).select_from(IdentityDocument).where(~_found_under(ring.keys))) or 0
            )
            each = session.execute(
                select(Digest.key_id, func.count())
                .join(IdentityDocument, IdentityDocument.id == Digest.document_id)
                .where(missing, Digest.key_id.in_(ring.keys))
                .group_by(Digest.key_id)
            ).all()
        return +Counter({"": lost, **dict(each)})

    def renew(self, ring: KeyRing, after: str) -> Step:
        """Makes a slice of missing digests; at the end forgets those of keys that are gone."""
        with self.database.reading() as session:
            documents = session.scalars(
                select(IdentityDocument)
                .where(_without(ring.active.key_id), IdentityDocument.id > after)
                .order_by(IdentityDocument.id)
                .limit(SLICE)
            ).all()
        rows = [row for document in documents for row in self._digest(document)]
        try:
            with self.database.transaction() as session:
                insert_absent(session, Digest, _new_ones(session, rows))
        except StaleDataError:  # registered again at this very moment, with a digest under the active key
            return Step(0, after)
        if len(documents) == SLICE:
            return Step(len(documents), documents[-1].id)
        return Step(len(documents) + self._forget(ring), None)

    def _digest(self, document: IdentityDocument) -> Iterator[dict[str, str]]:
        """The row of a document; none where its number can't be read: it goes on needing its old digest."""
        try:
            number = self.vault.open(document.number, IdentityDocument.__tablename__, "number", document.id)
        except Unreadable as error:
            log.error("unreadable", table=IdentityDocument.__tablename__, row=document.id, **error.details)
            return
        key_id, digest = self.vault.lookup.digest(document.kind, number)
        yield {"key_id": key_id, "kind": document.kind, "digest": digest, "document_id": document.id}

    def _forget(self, ring: KeyRing) -> int:
        """Digests under keys that the ring no longer holds, of documents that the active key finds."""
        other = aliased(Digest)
        found = exists().where(other.document_id == Digest.document_id, other.key_id == ring.active.key_id)
        with self.database.transaction() as session:
            gone = session.scalars(select(Digest.key_id).where(_outside(ring.keys), found).distinct()).all()
            if gone:
                session.execute(
                    delete(Digest).where(Digest.key_id.in_(gone), found),
                    execution_options={"synchronize_session": False},
                )
        return len(gone)


def _without(key_id: str) -> ColumnElement[bool]:
    """Documents that have no digest under a key."""
    return ~_found_under([key_id])


def _found_under(key_ids: Collection[str]) -> ColumnElement[bool]:
    """Documents that have a digest under one of the keys."""
    its = aliased(Digest)
    return exists().where(its.document_id == IdentityDocument.id, its.key_id.in_(key_ids))


def _new_ones(session: Session, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those whose digest nobody has. One that another document has is the same number twice: an operator's matter."""
    taken = set(session.scalars(select(Digest.digest).where(Digest.digest.in_([row["digest"] for row in rows]))))
    for row in rows:
        if row["digest"] in taken:
            log.error("identity_document_twice", document=row["document_id"])
    return [row for row in rows if row["digest"] not in taken]
