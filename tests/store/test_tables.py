"""The kernel's tables: as the models say, closed to change where nothing may change, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, String, Table, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError, StatementError

from shared.clock import now
from shared.contracts.schema.declare import SERVICES
from shared.kernel.audit_sealer import Sealer
from shared.money import Money
from shared.store.database import Database
from shared.store.kernel_tables import DecisionRow, FileRow, HeadRow, KernelTable
from shared.store.migrate import is_current, upgrade
from shared.store.types import InstantColumn, JsonColumn, MoneyColumn
from tests.conftest import MadeDatabase
from tests.kernel.notebook import Notebook

MakeDatabase = Callable[..., MadeDatabase]


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in KernelTable.metadata.tables


# --- migrations ------------------------------------------------------------------------------------------------------


def test_the_kernels_models_equal_its_migrations(make_database: MakeDatabase, dialect: str) -> None:
    database = Database(make_database("notify", dialect).owner_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        differences = compare_metadata(context, KernelTable.metadata)
    database.dispose()
    assert differences == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_database_is_current_once_both_histories_are_at_their_newest(
    make_database: MakeDatabase, service: str
) -> None:
    made = make_database(service, "sqlite", migrated=False)
    database = Database(made.url)
    assert not is_current(service, database)
    upgrade(service, made.owner_url)
    assert is_current(service, database)
    upgrade(service, made.owner_url)  # again changes nothing
    assert is_current(service, database)
    database.dispose()


def test_a_database_at_an_older_version_is_not_current(make_database: MakeDatabase, dialect: str) -> None:
    made = make_database("notify", dialect)
    owner, database = Database(made.owner_url), Database(made.url)
    assert is_current("notify", database)
    with owner.engine.begin() as connection:
        (newest,) = [
            version
            for version in connection.scalars(text("SELECT version_num FROM alembic_version"))
            if version.startswith("notify")
        ]
        connection.execute(text("DELETE FROM alembic_version WHERE version_num = :newest"), {"newest": newest})
    assert not is_current("notify", database)
    owner.dispose()
    database.dispose()


def test_what_a_migration_cannot_finish_it_does_not_begin(make_database: MakeDatabase) -> None:
    made = make_database("notify", "postgresql", migrated=False)
    owner = Database(made.owner_url)
    with owner.engine.begin() as connection:
        connection.execute(text("CREATE TABLE audit (id integer)"))
    with pytest.raises(ProgrammingError):
        upgrade("notify", made.owner_url)
    assert inspect(owner.engine).get_table_names() == ["audit"]
    owner.dispose()


# --- closed to change ------------------------------------------------------------------------------------------------

GUARDED = {
    "audit": "outcome",
    "seals": "link",
    "heads": "signed",
    "decisions": "document",
    "documents": "content_hash",
    "files": "name",
}
"""Tables whose rows never change, each with one of its columns."""

_CHANGES = [
    *(f"UPDATE {table} SET {column} = 'x'" for table, column in GUARDED.items()),
    *(f"DELETE FROM {table}" for table in GUARDED),
]


def filled(book: Notebook) -> Notebook:
    """One row in each guarded table."""
    book.write("first")
    Sealer("review", book.database, partial(book.harness.keys.audit_key, "review"), 0.0).seal_batch()
    with book.database.transaction() as session:
        about = {"name": "n", "subject_id": "s", "document": "d", "decision": {}, "actor": {}}
        session.add(DecisionRow(**about, business_date=now().date(), decided_at=now()))
        session.add(HeadRow(chain="training", sequence=1, signed={}, received_at=now()))
        file = {"file": "f", "name": "n", "media_type": "m", "size": 1, "district": "d", "organisation": "o"}
        session.add(FileRow(**file, roles=[], kept_at=now()))
    return book


def test_not_even_the_owner_changes_a_guarded_row(book: Notebook) -> None:
    owner = Database(filled(book).made.owner_url)
    for change in _CHANGES:
        with pytest.raises(DBAPIError, match="append_only_"), owner.engine.begin() as connection:
            connection.execute(text(change))
    owner.dispose()


def test_a_guarded_table_cannot_be_emptied_at_one_stroke(postgresql_book: Notebook) -> None:
    owner = Database(postgresql_book.made.owner_url)
    for table in GUARDED:
        with pytest.raises(DBAPIError, match="append_only_"), owner.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
    owner.dispose()


def test_replacing_a_row_is_changing_it(make_book: Callable[[str], Notebook]) -> None:
    book = make_book("sqlite")
    book.write("first")
    with pytest.raises(DBAPIError, match="append_only_audit"), book.database.transaction() as session:
        session.execute(text("INSERT OR REPLACE INTO audit SELECT * FROM audit"))


FORBIDDEN = (
    *_CHANGES,
    "DELETE FROM audit WHERE 1 = 0",
    "TRUNCATE audit",
    "TRUNCATE outbox",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP TRIGGER append_only_audit ON audit",
    "DROP TABLE requests",
    "CREATE TABLE mine (id integer)",
    "UPDATE alembic_version SET version_num = 'x'",
)


def test_the_running_role_has_no_right_to_it(postgresql_book: Notebook) -> None:
    refusal = r"permission denied|must be owner"
    for statement in FORBIDDEN:
        with pytest.raises(ProgrammingError, match=refusal), postgresql_book.database.transaction() as session:
            session.execute(text(statement))


def test_the_running_role_of_one_service_does_not_enter_another_ones_database(make_database: MakeDatabase) -> None:
    review, notify = make_database("review"), make_database("notify")
    intruder = Database(review.url.replace(review.name, notify.name))
    with pytest.raises(DBAPIError, match="permission denied for database"), intruder.reading() as session:
        session.execute(text("SELECT 1"))
    intruder.dispose()


# --- columns that keep their promise ---------------------------------------------------------------------------------

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("money", MoneyColumn),
    Column("at", InstantColumn),
    Column("facts", JsonColumn),
    Column("id", String(8)),
)


@pytest.fixture
def samples(make_database: MakeDatabase, dialect: str) -> Any:
    database = Database(make_database("notify", dialect, migrated=False).owner_url)
    SAMPLES.create(database.engine)
    yield database
    database.dispose()


def kept(samples: Database, **values: Any) -> tuple[Any, Any]:
    """(what comes back, what lies in the table) of the one value given."""
    ((name, _),) = values.items()
    with samples.transaction() as session:
        session.execute(SAMPLES.delete())
        session.execute(insert(SAMPLES).values(**values))
        back = session.scalar(select(SAMPLES.c[name]))
        return back, session.scalar(text(f"SELECT {name} FROM samples"))


AMOUNTS = [Money(0), Money(-1), Money.parse("0.10"), Money(2**53 + 1), Money(2**63 - 1)]


def test_money_is_whole_fen_to_the_last_one(samples: Database) -> None:
    for amount in AMOUNTS:
        back, raw = kept(samples, money=amount)
        assert back == amount
        assert type(raw) is int and raw == amount.fen


def test_money_lies_in_a_bigint_on_both_databases(samples: Database) -> None:
    (column,) = (one for one in inspect(samples.engine).get_columns("samples") if one["name"] == "money")
    assert str(column["type"]) == "BIGINT"


@pytest.mark.parametrize("amount", [1.5, 100, "4200.00"])
def test_only_money_gets_into_a_money_column(samples: Database, amount: Any) -> None:
    with pytest.raises(StatementError):
        kept(samples, money=amount)


def test_an_instant_is_kept_in_utc_and_sorts_as_it_counts(samples: Database) -> None:
    beijing = timezone(timedelta(hours=8))
    instant = datetime(2022, 6, 6, 7, 30, tzinfo=beijing)
    back, raw = kept(samples, at=instant)
    assert (back, back.utcoffset()) == (instant, timedelta(0))
    assert raw == "2022-06-05T23:30:00.000000+00:00"
    later = InstantColumn().process_bind_param(datetime(2022, 6, 6, tzinfo=UTC), samples.engine.dialect)
    assert later is not None and raw < later


def test_an_instant_without_a_zone_is_refused(samples: Database) -> None:
    with pytest.raises(StatementError, match="time zone"):
        kept(samples, at=datetime(2022, 6, 6, 7, 30))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("facts", [{"b": [1, None, "字"], "a": {"y": True, "x": "0.10"}}, [], "text", 0])
def test_json_is_one_text_for_one_value(samples: Database, facts: Any) -> None:
    back, raw = kept(samples, facts=facts)
    assert back == facts
    assert isinstance(raw, str) and " " not in raw
    if isinstance(facts, dict):
        assert raw == '{"a":{"x":"0.10","y":true},"b":[1,null,"字"]}'
