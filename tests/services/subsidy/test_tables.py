"""The tables forbid what must never happen to money, whoever writes to them."""

from __future__ import annotations

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.subsidy.models import SubsidyTable
from shared.store.database import Database
from tests.conftest import MadeDatabase


def test_the_models_are_what_the_migrations_make(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    database = Database(make_database("subsidy", dialect).owner_url)
    own = set(SubsidyTable.metadata.tables)

    def of_subsidy(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in own

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_subsidy, "compare_type": True})
        differences = compare_metadata(context, SubsidyTable.metadata)
    database.dispose()
    assert differences == []
