"""Sealing the audit after commit: rows are chained in the order of sealing, the head is signed and told to the others.

Rows are written unchained, so that no command waits for another; one sealer chains them afterwards. The other
services keep each head, so that whoever rewrites or cuts a chain would have to rewrite five databases.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shared.bus.wire import Event
from shared.clock import beijing_today, now
from shared.contracts.catalogue import EVENTS
from shared.contracts.kernel.audit import AuditPage, AuditSealed, ReadAudit
from shared.kernel.work import Telling, Work, tell
from shared.observability import AUDIT_UNSEALED_AGE
from shared.security import audit_chain
from shared.security.audit_chain import Head, SignedHead
from shared.security.keys import SigningKey
from shared.security.speaker import Speaker
from shared.store.database import Database
from shared.store.kernel_tables import AuditRow, HeadRow, SealRow

BATCH = 1000

LATE = 60.0
"""Seconds within which a transaction that has written its audit row has ended."""

WHOLE = 3600.0
"""Seconds after which all rows are looked at again, lest one that took longer stay unsealed."""


@dataclass
class Horizon:
    """Up to which number all audit rows are known to be sealed, so that nobody looks through the whole audit each time.

    A lower number may be committed after a higher one. What was the highest one a while ago is safe, though: whoever
    was writing a lower one then has ended. `clock`: seconds that only go forward.
    """

    clock: Callable[[], float] = time.monotonic
    number: int = 0
    _seen: tuple[float, int] | None = field(default=None)
    _whole_at: float | None = field(default=None)

    def advance(self, highest: int, unsealed: int | None) -> None:
        """After a look at what lies beyond `number`: the highest row there is, and the lowest that isn't sealed."""
        moment = self.clock()
        if self._whole_at is None or moment - self._whole_at >= WHOLE:
            self._whole_at, self._seen, self.number = moment, (moment, highest), 0
        elif self._seen is not None and moment - self._seen[0] >= LATE:
            safe = self._seen[1] if unsealed is None else min(self._seen[1], unsealed - 1)
            self.number, self._seen = max(self.number, safe), (moment, highest)


@dataclass
class Sealer:
    """One service's sealer. `key`: gives the one that signs now; `every`: seconds between two published heads."""

    service: str
    database: Database
    key: Callable[[], SigningKey]
    every: float
    horizon: Horizon = field(default_factory=Horizon)
    _told_at: datetime | None = field(default=None)

    def seal_batch(self) -> int:
        """Seals what waits, up to a batch, if the pause since the last head is over; returns how many rows."""
        if self._told_at is not None and now() - self._told_at < timedelta(seconds=self.every):
            return 0
        with self.database.transaction() as session:
            rows = session.scalars(self._unsealed().order_by(AuditRow.number).limit(BATCH)).all()
            if len(rows) < BATCH:
                self.horizon.advance(_highest(session), rows[0].number if rows else None)
            if not rows:
                return 0
            seals, head = audit_chain.seal(self._head(session), [_chained(row) for row in rows])
            at = now()
            for one in seals:
                session.add(SealRow(**_columns(one), sealed_at=at))
            self._tell(session, audit_chain.sign_head(head, self.key(), at))
        if len(rows) < BATCH:
            self._told_at = at
        return len(rows)

    def _unsealed(self) -> Select[Any]:
        sealed = SealRow.audit_id == AuditRow.id
        unsealed = select(AuditRow).outerjoin(SealRow, sealed).where(SealRow.audit_id.is_(None))
        return unsealed.where(AuditRow.number > self.horizon.number)

    def _head(self, session: Session) -> Head:
        last = session.scalar(select(SealRow).order_by(SealRow.sequence.desc()).limit(1))
        return Head(self.service) if last is None else Head(self.service, last.sequence, last.link)

    def _tell(self, session: Session, signed: SignedHead) -> None:
        tell(
            session,
            EVENTS[f"{self.service}.audit_sealed"],
            f"audit-{self.service}",
            AuditSealed(signed.to_json()),
            Telling(Speaker.service(self.service), beijing_today(), signed.sealed_at, f"seal-{signed.head.sequence}"),
        )

    def page(self, session: Session, request: ReadAudit) -> AuditPage:
        """Rows with their seals, and the heads of the other chains that are kept here."""
        rows = session.scalars(
            select(AuditRow).where(AuditRow.number > request.cursor).order_by(AuditRow.number).limit(request.limit)
        ).all()
        seals = session.scalars(select(SealRow).where(SealRow.audit_id.in_([row.id for row in rows]))).all()
        heads = session.scalars(
            select(HeadRow).where(HeadRow.number > request.heads_cursor).order_by(HeadRow.number).limit(request.limit)
        ).all()
        return AuditPage(
            rows=tuple(_as_json(_chained(row)) for row in rows),
            seals=tuple(_columns(seal) for seal in seals),
            heads=tuple(head.signed for head in heads),
            cursor=rows[-1].number if len(rows) == request.limit else None,
            heads_cursor=heads[-1].number if len(heads) == request.limit else None,
        )

    def measure(self) -> None:
        """Sets the gauge: age in seconds of the oldest row that is not sealed."""
        with self.database.reading() as session:
            beyond = self._unsealed().with_only_columns(func.min(AuditRow.at), func.min(AuditRow.number))
            oldest, lowest = session.execute(beyond).one()
            self.horizon.advance(_highest(session), lowest)
        AUDIT_UNSEALED_AGE.labels(self.service).set((now() - oldest).total_seconds() if oldest else 0)


def keep_head(work: Work, event: Event[AuditSealed]) -> None:
    """Keeps another service's head as it came; whether it is genuine is checked by `skills audit verify`."""
    signed = SignedHead.from_json(event.data.head)
    chain = event.envelope.name.partition(".")[0]
    here = (HeadRow.chain == chain, HeadRow.sequence == signed.head.sequence)
    if work.session.scalar(select(HeadRow.number).where(*here)) is None:
        row = HeadRow(chain=chain, sequence=signed.head.sequence, signed=signed.to_json(), received_at=work.at)
        work.session.add(row)


def _highest(session: Session) -> int:
    return session.scalar(select(func.max(AuditRow.number))) or 0


def _chained(row: AuditRow) -> audit_chain.AuditRow:
    content = {
        "business_date": row.business_date.isoformat(),
        "actor": row.actor,
        "action": row.action,
        "objects": row.objects,
        "outcome": row.outcome,
        "purpose": row.purpose,
        "request_id": row.request_id,
        "correlation_id": row.correlation_id,
    }
    return audit_chain.AuditRow(row.id, row.at, content)


def _as_json(row: audit_chain.AuditRow) -> dict[str, Any]:
    return {"row_id": row.row_id, "recorded_at": row.recorded_at.isoformat(), "content": dict(row.content)}


def _columns(seal: audit_chain.Seal | SealRow) -> dict[str, Any]:
    audit_id = seal.row_id if isinstance(seal, audit_chain.Seal) else seal.audit_id
    return {
        "sequence": seal.sequence,
        "audit_id": audit_id,
        "digest": seal.digest,
        "link": seal.link,
        "algorithm": seal.algorithm,
    }
