"""The database has the last word, and says the same on both dialects."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.review.models import ReviewTable
from tests.conftest import MadeDatabase
from tests.services.review.driver import Driver


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
def test_history_is_only_added_to_and_a_state_is_whole(driver: Driver, statement: str) -> None:
    driver.joined()
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
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
        "UPDATE oversight_matters SET kind = 'public_notice', state = 'dismissed'",
    ],
)
def test_a_block_is_opened_once_and_lifted_once_and_acts_are_only_added_to(driver: Driver, statement: str) -> None:
    project_id = driver.project_with("person-1")
    for _ in range(2):
        inquiry = driver.inquire(project_id, "person-1")
        driver.conclude(inquiry.id, "cleared")
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE blocks SET lifted_on = '2022-06-06'", "UPDATE blocks SET lifted_by = 'somebody'", "DELETE FROM blocks"],
)
def test_a_standing_block_is_lifted_by_somebody_on_a_day(driver: Driver, statement: str) -> None:
    driver.lodge(driver.approved())
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices SET to_on = '2022-06-07'",
        "UPDATE notices SET title = 'another'",
        "UPDATE notices SET ended_on = NULL",
        "UPDATE notices SET objections = objections + 1 WHERE ended_on IS NOT NULL",
        "UPDATE notices SET objections = -1 WHERE ended_on IS NULL",
        "DELETE FROM notices",
        "UPDATE notice_objections SET notice_id = 'another'",
        "DELETE FROM notice_objections",
    ],
)
def test_a_notice_is_published_once_and_ended_once(driver: Driver, statement: str) -> None:
    project_id = driver.approved()
    first = driver.publish(project_id)
    driver.lodge(project_id, notice_id=first.notice_id)
    driver.withdraw_notice(first.notice_id)
    driver.publish(project_id)
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(statement))


def test_a_second_open_notice_of_a_case_is_refused_by_the_index_alone(driver: Driver) -> None:
    """Its id is that of a matter, so that nothing else stands in its way; one that ended is let in."""
    project_id = driver.approved()
    driver.publish(project_id)
    objection = driver.lodge(project_id).id
    copied = (
        "INSERT INTO notices SELECT :own, case_id, title, published_at, from_on, to_on, working_days, 0, {} "
        "FROM notices"
    )
    with pytest.raises(IntegrityError), driver.harness.database.transaction() as session:
        session.execute(text(copied.format("NULL")), {"own": objection})
    with driver.harness.database.transaction() as session:
        session.execute(text(copied.format("to_on")), {"own": objection})
