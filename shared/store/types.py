"""Column types that keep their promise on both databases."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from shared.contracts.schema import codec
from shared.money import Money

IdColumn = String(64)


def new_id() -> str:
    """A random identifier: carries no time, no order and no personal data."""
    return uuid.uuid4().hex


class MoneyColumn(TypeDecorator[Money]):
    """Whole fen in BIGINT. Never NUMERIC: SQLite would store a REAL."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return None if value is None else value.fen

    def process_result_value(self, value: Any, dialect: Dialect) -> Money | None:
        return None if value is None else Money(int(value))


class InstantColumn(TypeDecorator[datetime]):
    """An aware instant as ISO text in UTC: sorts as it counts, on both databases alike."""

    impl = String(32)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant has a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class JsonColumn(TypeDecorator[Any]):
    """Canonical JSON text, so that a stored fact hashes the same wherever it is read."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else codec.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else codec.loads(value)
