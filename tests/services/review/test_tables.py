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
from tests.services.review.overseer import Overseer
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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE blocks SET lifted_on = NULL, lifted_by = NULL",
        "UPDATE blocks SET lifted_by = 'another'",
        "UPDATE blocks SET opened_on = '2022-06-05'",
        "UPDATE blocks SET kind = 'suspension'",
        "UPDATE blocks SET project_id = 'another'",
        "DELETE FROM blocks",
        "UPDATE oversight_acts SET words = 'another'",
        "DELETE FROM oversight_acts",
        "UPDATE inquiry_persons SET person_id = 'another'",
        "DELETE FROM inquiry_persons",
        "UPDATE oversight_matters SET state = 'passed'",
        "UPDATE oversight_matters SET kind = 'another'",
        "UPDATE oversight_matters SET kind = 'summons', state = 'summoned'",
        "UPDATE oversight_matters SET block_id = (SELECT min(block_id) FROM blocks)",
    ],
)
def test_a_block_is_opened_once_and_lifted_once_and_acts_are_only_added_to(overseer: Overseer, statement: str) -> None:
    project_id = overseer.project_with("person-1")
    for _ in range(2):
        inquiry = overseer.inquire(project_id, "person-1")
        overseer.conclude(inquiry.id, "cleared")
    with pytest.raises(DBAPIError), overseer.town.bench.database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE blocks SET lifted_on = '2022-06-06'", "UPDATE blocks SET lifted_by = 'somebody'", "DELETE FROM blocks"],
)
def test_a_standing_block_is_lifted_by_somebody_on_a_day(overseer: Overseer, statement: str) -> None:
    overseer.lodge(overseer.town.approved())
    with pytest.raises(DBAPIError), overseer.town.bench.database.transaction() as session:
        session.execute(text(statement))
