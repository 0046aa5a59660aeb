"""The tables that every service's database holds besides its own: one definition, migrated by one history.

outbox        what this service told, in order          requests   request ids and the answers they got
inbox         what it was told, applied once            decisions  facts, findings and outcome, whole
audit         who did what                              seals      the hash chain over audit
heads         the other services' sealed heads          documents  policy documents seen at start
leases        which replica does the single duties      business_clock  the business date, where it may be moved
redeliveries  calls that came again, by digest
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.store.types import IdColumn, InstantColumn, JsonColumn, new_id

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

# SQLite numbers rows by itself only in a column declared INTEGER PRIMARY KEY.
RowNumber = BigInteger().with_variant(Integer, "sqlite")


class Numbered:
    """Rows in the order in which they came: by `number`, which is drawn; named outside by `id`."""

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)


_UNSENT = text("sent_at IS NULL")
_WAITING = text("applied_at IS NULL AND parked_at IS NULL")
_PARKED = text("parked_at IS NOT NULL")


class KernelTable(DeclarativeBase):
    """Base of the kernel's tables."""

    metadata = MetaData(naming_convention=NAMING)


class OutboxRow(KernelTable):
    """An event, written in the transaction that made it true. `position` is given at sending: a cursor without gaps."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("aggregate_id", "sequence"),
        Index("ix_outbox_unsent", "number", postgresql_where=_UNSENT, sqlite_where=_UNSENT),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(Integer)
    aggregate_id: Mapped[str] = mapped_column(IdColumn)
    sequence: Mapped[int] = mapped_column(Integer)
    district: Mapped[str | None] = mapped_column(String(6))
    occurred_at: Mapped[datetime] = mapped_column(InstantColumn)
    business_date: Mapped[date] = mapped_column(Date)
    actor: Mapped[Any] = mapped_column(JsonColumn)
    correlation_id: Mapped[str] = mapped_column(String(64))
    data: Mapped[Any] = mapped_column(JsonColumn)
    sent_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    position: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class InboxRow(KernelTable):
    """An event as it was delivered, and how far its effect has come. Unique for ever: a second delivery is dropped."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "number",
            postgresql_where=_WAITING,
            sqlite_where=_WAITING,
        ),
        Index("ix_inbox_parked", "number", postgresql_where=_PARKED, sqlite_where=_PARKED),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    name: Mapped[str] = mapped_column(String(80))
    body: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(InstantColumn)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(InstantColumn)
    applied_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    parked_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    reason: Mapped[str | None] = mapped_column(Text)


class Answered(KernelTable):
    """A request id that committed, with its content's digest and its answer (X-14). Kept for ever."""

    __tablename__ = "requests"

    system: Mapped[str] = mapped_column(String(128), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    method: Mapped[str] = mapped_column(String(80))
    content: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Any] = mapped_column(JsonColumn, nullable=True)
    answered_at: Mapped[datetime] = mapped_column(InstantColumn)


class DecisionRow(Numbered, KernelTable):
    """A decision, whole (X-6): its facts decided again under its document (`id@hash`) give it again."""

    __tablename__ = "decisions"

    name: Mapped[str] = mapped_column(String(80))
    subject_id: Mapped[str] = mapped_column(IdColumn, index=True)
    document: Mapped[str] = mapped_column(String(160))
    decision: Mapped[Any] = mapped_column(JsonColumn)
    actor: Mapped[Any] = mapped_column(JsonColumn)
    business_date: Mapped[date] = mapped_column(Date)
    decided_at: Mapped[datetime] = mapped_column(InstantColumn)


class AuditRow(KernelTable):
    """Who, what, on what, when, from where, with what outcome; written with the effect, refusals on their own."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(IdColumn, unique=True, default=new_id)
    at: Mapped[datetime] = mapped_column(InstantColumn)
    business_date: Mapped[date] = mapped_column(Date)
    actor: Mapped[Any] = mapped_column(JsonColumn)
    action: Mapped[str] = mapped_column(String(80))
    objects: Mapped[Any] = mapped_column(JsonColumn)
    outcome: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str | None] = mapped_column(String(80))
    request_id: Mapped[str | None] = mapped_column(String(64))
    correlation_id: Mapped[str] = mapped_column(String(64))


class SealRow(KernelTable):
    """One link of the chain (`shared/security/audit_chain.py`): the place of one audit row in it."""

    __tablename__ = "seals"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[str] = mapped_column(ForeignKey("audit.id"), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    link: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(20))
    sealed_at: Mapped[datetime] = mapped_column(InstantColumn)


class HeadRow(KernelTable):
    """Another service's signed head, kept here so that a rewritten or cut chain shows."""

    __tablename__ = "heads"
    __table_args__ = (UniqueConstraint("chain", "sequence"),)

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    chain: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int] = mapped_column(BigInteger)
    signed: Mapped[Any] = mapped_column(JsonColumn)
    received_at: Mapped[datetime] = mapped_column(InstantColumn)


class FileRow(KernelTable):
    """A file that this service keeps for somebody; its content lies encrypted in the object store under its hash.

    `roles`: who in reach may fetch it, empty for all of them.
    """

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("file", "district", "organisation"),)

    id: Mapped[str] = mapped_column(IdColumn, primary_key=True, default=new_id)
    file: Mapped[str] = mapped_column(String(71))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    district: Mapped[str] = mapped_column(String(6))
    organisation: Mapped[str] = mapped_column(IdColumn)
    roles: Mapped[Any] = mapped_column(JsonColumn)
    kept_at: Mapped[datetime] = mapped_column(InstantColumn)


class DocumentRow(KernelTable):
    """A policy document as this service first saw it: another body under a known id and revision refuses to start."""

    __tablename__ = "documents"

    document_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(InstantColumn)


class Lease(KernelTable):
    """Which replica does a duty that only one may do at a time."""

    __tablename__ = "leases"

    duty: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(InstantColumn)


class Redelivered(KernelTable):
    """How often a call came again. `digest`: keyed, of the whole delivery; nothing of its content stands here."""

    __tablename__ = "redeliveries"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    deliveries: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(InstantColumn)
    last_at: Mapped[datetime] = mapped_column(InstantColumn, index=True)


class BusinessClock(KernelTable):
    """The business date, where a sandbox may move it: one row, or none for the real day in Beijing."""

    __tablename__ = "business_clock"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    today: Mapped[date] = mapped_column(Date)
