"""Pages follow each other by the keys of their rows, on both dialects, whatever a cursor holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, Table, insert, select

from shared.errors import InvalidRequest
from shared.store.cursors import behind, cursor_of, page
from shared.store.database import Database
from shared.store.types import IdColumn, InstantColumn
from tests.conftest import MadeDatabase

ROWS = Table(
    "pages_of_rows",
    MetaData(),
    Column("day", Date),
    Column("at", InstantColumn),
    Column("id", IdColumn, primary_key=True),
    Column("n", Integer),
)
NOON = datetime(2022, 6, 6, 12, tzinfo=UTC)


@pytest.fixture
def database(make_database: Callable[..., MadeDatabase], dialect: str) -> Iterator[Database]:
    """Seven rows: two days, ties within a day, ids that don't follow the days."""
    made = Database(make_database("review", dialect).owner_url)
    ROWS.create(made.engine)
    rows = [
        {
            "day": date(2022, 6, 6 + number % 2),
            "at": NOON + timedelta(microseconds=number % 3),
            "id": f"id-{9 - number}",
            "n": number,
        }
        for number in range(7)
    ]
    with made.transaction() as session:
        session.execute(insert(ROWS), rows)
    yield made
    made.dispose()


@pytest.mark.parametrize("keys", [("day", "id"), ("at", "id"), ("day", "at", "n"), ("n",)])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_hold_every_row_once_in_order(database: Database, keys: tuple[str, ...], limit: int) -> None:
    columns = [ROWS.c[key] for key in keys]
    with database.reading() as session:
        whole = session.execute(select(ROWS).order_by(*columns)).all()
        seen: list[Any] = []
        cursor = None
        while cursor is not None or not seen:
            chosen = select(ROWS).where(behind(cursor, *columns)).order_by(*columns).limit(limit + 1)
            rows, cursor = page(
                session.execute(chosen).all(), limit, lambda row: tuple(getattr(row, key) for key in keys)
            )
            assert 0 < len(rows) <= limit
            seen += rows
    assert seen == whole and len(seen) == 7


def test_a_cursor_is_made_of_what_an_id_is_made_of() -> None:
    assert cursor_of(date(2022, 6, 6), "x" * 32).replace("-", "").replace("_", "").isalnum()


def written(plain: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "案件",
        "!!!!",
        written([]),
        written({}),
        written(1),
        written(["2022-06-06"]),
        written(["2022-06-06", "id-1", 1]),
        written(["2022-06-31", "id-1"]),
        written([20220606, "id-1"]),
        written(["2022-06-06", 1]),
        written(["2022-06-06", None]),
        written(["2022-06-06", "nul\0"]),
        base64.urlsafe_b64encode(b'["2022-06-06","\\ud800"]').decode(),
        written([[]] * 2),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_what_is_no_cursor_is_refused_by_field(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        behind(cursor, ROWS.c.day, ROWS.c.id)
    assert [field["path"] for field in refused.value.details["fields"]] == ["cursor"]


@pytest.mark.parametrize("key", [2**63, -(2**63), True, 1.5, "1"])
def test_a_number_that_no_column_holds_is_refused(key: Any) -> None:
    with pytest.raises(InvalidRequest):
        behind(written([key]), ROWS.c.n)


@pytest.mark.parametrize("key", ["2022-06-06T12:00:00", "2022-06-06", "noon"])
def test_an_instant_without_its_zone_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        behind(written([key]), ROWS.c.at)


@pytest.mark.parametrize("key", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_outside_of_all_years_of_utc_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        behind(written([key]), ROWS.c.at)
