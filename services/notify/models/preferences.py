"""Where a party wants its messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.models.base import NotifyTable
from shared.store.types import IdColumn, InstantColumn

_LIVE = text("replaced_at IS NULL")


class ChoiceRow(NotifyTable):
    """`kind`: of messages, or "all"."""

    __tablename__ = "channel_choices"

    recipient: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    mail: Mapped[bool] = mapped_column(Boolean)
    webhook: Mapped[bool] = mapped_column(Boolean)


class TargetRow(NotifyTable):
    """`key_id`: names the secret to the receiver. Address and secret are encrypted for their row: an address may
    hold a token of the receiver's.
    """

    __tablename__ = "webhook_targets"
    __table_args__ = (
        Index("uq_webhook_targets_live", "recipient", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
    )

    key_id: Mapped[str] = mapped_column(IdColumn, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(80))
    url: Mapped[bytes] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(InstantColumn)
    replaced_at: Mapped[datetime | None] = mapped_column(InstantColumn)
