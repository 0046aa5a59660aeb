"""The tables that the migrations make are the ones that the models describe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.training.models import OVERLAP, TrainingTable
from shared.store.database import Database


def test_models_equal_migrations(make_database: Callable[..., Any], dialect: str) -> None:
    database = Database(make_database("training", dialect).owner_url)

    def ours(_: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
        """The kernel's tables have a history of their own; the exclusion constraint's index is no index of a model."""
        return not (reflected and compare_to is None and ((kind == "table" and name not in OURS) or name == OVERLAP))

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, TrainingTable.metadata) == []
    database.dispose()


OURS = set(TrainingTable.metadata.tables)
