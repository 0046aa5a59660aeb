"""The database has the last word, and says the same on both dialects."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from services.review.models import ReviewTable
from tests.conftest import MadeDatabase
from tests.services.review.town import Town


def test_models_equal_migrations(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    own = set(ReviewTable.metadata.tables)
    engine = create_engine(make_database("review", dialect).owner_url)

    def ours(_: object, name: str | None, kind: str, __: bool, ___: object) -> bool:
        return kind != "table" or name in own

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        assert compare_metadata(context, ReviewTable.metadata) == []
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_steps SET opinion = 'another'",
        "DELETE FROM case_steps",
        "UPDATE case_decisions SET verdict = 'met'",
        "DELETE FROM case_decisions",
        "UPDATE cases SET state = 'approved'",
        "UPDATE cases SET station = NULL",
        "UPDATE cases SET kind = 'another'",
    ],
)
def test_history_is_only_added_to_and_a_state_is_whole(town: Town, statement: str) -> None:
    town.joined()
    with pytest.raises(DBAPIError), town.bench.database.transaction() as session:
        session.execute(text(statement))
