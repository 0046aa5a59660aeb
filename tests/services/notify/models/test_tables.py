"""The models say what the migrations made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.notify.models import NotifyTable
from shared.store.database import Database
from tests.conftest import MadeDatabase


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in NotifyTable.metadata.tables


def test_models_equal_migrations(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    database = Database(make_database("notify", dialect).owner_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _is_ours})
        difference = compare_metadata(context, NotifyTable.metadata)
    database.dispose()
    assert difference == []
