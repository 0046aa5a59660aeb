"""A roster brings no more people than the plan has places (APP-8's head count), whatever happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from shared.errors import Conflict, SkillsError
from shared.store import migrate
from tests.conftest import MadeDatabase
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import finding


def people(first: int, last: int) -> list[str]:
    return [f"person-{number}" for number in range(first, last + 1)]


def test_the_plan_is_filled_and_not_exceeded(driver: Driver) -> None:
    project_id = driver.approved(head_count=3)
    driver.sign_up(project_id, people(1, 2))
    with pytest.raises(Conflict, match="计划培养 3 人，已有 2 人") as refused:
        driver.sign_up(project_id, people(3, 4))
    assert refused.value.details == {"places": 3, "signed_up": 2, "rows": 2}
    assert driver.sign_up(project_id, people(3, 3)).state == "in_review"


def test_rows_that_are_refused_take_no_place(driver: Driver) -> None:
    project_id = driver.approved(head_count=2)
    driver.sign_up(project_id, people(1, 1))
    again = driver.sign_up(project_id, ["person-1", "person-2", "person-2"])
    assert [row.outcome for row in again.rows] == ["refused", "accepted", "refused"]


def test_a_refused_person_leaves_a_place_to_another(driver: Driver) -> None:
    project_id = driver.approved(head_count=2)
    driver.neighbours.findings["person-1"] = (finding("APP-2", "unmet"),)
    roster = driver.sign_up(project_id, people(1, 2))
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    with pytest.raises(Conflict):
        driver.sign_up(project_id, people(3, 4))
    assert driver.sign_up(project_id, people(3, 3)).state == "in_review"


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_a_roster_sent_back_leaves_its_places(driver: Driver, outcome: str) -> None:
    project_id = driver.approved(head_count=2)
    driver.review(driver.district(), driver.sign_up(project_id, people(1, 2)).case_id, outcome)
    assert driver.sign_up(project_id, people(3, 4)).state == "in_review"


def test_a_mended_plan_has_its_own_places(driver: Driver) -> None:
    case_id = driver.joined(head_count=1)
    driver.review(driver.district(), case_id, "return")
    driver.resubmit(case_id, head_count=2)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    driver.review(driver.city(), case_id, "approve")
    assert driver.sign_up(case_id, people(1, 2)).state == "in_review"


@pytest.mark.parametrize("statement", ["signed_up = places + 1", "signed_up = -1", "places = 0"])
def test_the_database_counts_too(driver: Driver, statement: str) -> None:
    driver.sign_up(driver.approved(), people(1, 1))
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(f"UPDATE projects SET {statement}"))


def test_rosters_at_the_same_moment_do_not_exceed_the_plan_together(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    project_id = driver.approved(head_count=5)

    def attempt(number: int) -> str:
        try:
            return driver.sign_up(project_id, people(2 * number, 2 * number + 1)).state
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(attempt, range(8)))
    assert results == ["conflict"] * 6 + ["in_review"] * 2
    driver.harness.close()


def test_projects_from_before_the_count_are_counted(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    """One roster within its plan, one that was longer than its plan before that was forbidden."""
    url = make_database("review", dialect, migrated=False).owner_url
    migrate.upgrade("review", url, to="review_0002")
    engine = create_engine(url)
    with engine.begin() as connection:
        for case_id, signed_up in (("within", 2), ("beyond", 4)):
            connection.execute(text(CASE), {"id": case_id})
            plan = '{"occupation":"6-31-01-02","level":"advanced","head_count":3}'
            connection.execute(text(PROJECT), {"id": case_id, "plan": plan})
            for number in range(signed_up + 1):
                state = "refused" if number == signed_up else "waiting"
                connection.execute(text(PERSON), {"id": case_id, "person": f"person-{number}", "state": state})
    migrate.upgrade("review", url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT case_id, occupation, level, places, signed_up FROM projects ORDER BY case_id")
        ).all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [
        ("beyond", "6-31-01-02", "advanced", 4, 4),
        ("within", "6-31-01-02", "advanced", 3, 2),
    ]


CASE = (
    "INSERT INTO cases (case_id, kind, programme, document, state, district, employer_id, provider_id, project_id, "
    "submitted_on, approved_on, round, version) VALUES (:id, 'project', 'p', 'd', 'approved', '110105', 'e', 'f', :id, "
    "'2022-06-06', '2022-06-06', 1, 1)"
)
PROJECT = (
    "INSERT INTO projects (case_id, plan, employer_consent, cooperation_agreement, version) "
    "VALUES (:id, :plan, 'given', true, 1)"
)
PERSON = (
    "INSERT INTO roster_persons (case_id, person_id, project_id, row, state, reason) "
    "VALUES (:id, :person, :id, 1, :state, 'x')"
)
