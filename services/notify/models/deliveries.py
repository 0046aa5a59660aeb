"""Messages on their way besides the inbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models.base import NotifyTable
from shared.contracts.notify.channels import Channel
from shared.contracts.notify.deliveries import DeliveryState
from shared.store.kernel_tables import RowNumber
from shared.store.types import IdColumn, InstantColumn

_WAITING = text("state = 'waiting'")
_UNDELIVERED = text("state <> 'delivered'")


class DeliveryRow(NotifyTable):
    """A message on one channel. waiting: it is due at `next_try_at`; while a replica sends it, that instant lies
    ahead, so that no other takes it. `attempts` counts the tries begun; `urgent`: it passes quiet hours.

    `reason`: why the last try failed, by code. `receipt`: what the other side answered when it took it.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        CheckConstraint("channel IN ('mail', 'webhook')", name="channel"),
        CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'no_address')", name="state"),
        CheckConstraint("(state = 'waiting') = (next_try_at IS NOT NULL)", name="waiting_is_due"),
        CheckConstraint("(state = 'delivered') = (receipt_at IS NOT NULL)", name="delivered_has_receipt"),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_deliveries_due", "channel", "next_try_at", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_deliveries_undelivered", "number", postgresql_where=_UNDELIVERED, sqlite_where=_UNDELIVERED),
    )

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    delivery_id: Mapped[str] = mapped_column(IdColumn, unique=True)
    message_id: Mapped[str] = mapped_column(IdColumn, ForeignKey("messages.message_id"))
    channel: Mapped[Channel] = mapped_column(String(10))
    urgent: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[DeliveryState] = mapped_column(String(10))
    attempts: Mapped[int] = mapped_column(Integer)
    next_try_at: Mapped[datetime | None] = mapped_column(InstantColumn)
    reason: Mapped[str | None] = mapped_column(String(60))
    receipt: Mapped[str | None] = mapped_column(String(100))
    receipt_at: Mapped[datetime | None] = mapped_column(InstantColumn)
