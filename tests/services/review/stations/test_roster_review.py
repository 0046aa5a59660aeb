"""The people of a roster are judged one by one: by clauses, by the officer, accepted with a reason."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.review import cases
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet, SkillsError
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.driver import WITH_DEPARTMENTS, Driver, outcomes
from tests.services.review.neighbours import finding, people


def test_the_district_accepts_those_who_meet_every_clause(driver: Driver) -> None:
    project_id = driver.approved()
    driver.neighbours.findings["person-00002"] = (finding("APP-2", "unmet"),)
    roster = driver.sign_up(project_id, people(3))
    assert (roster.state, roster.station) == ("in_review", "district_review")
    assert [(row.outcome, row.message is None) for row in roster.rows] == [
        ("accepted", True),
        ("accepted", False),
        ("accepted", True),
    ]

    assert driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS).state == "approved"
    (told,) = driver.harness.told(cases.ROSTER_APPROVED)
    assert told.person_ids == ("person-00001", "person-00003")
    assert (told.project_id, told.part, told.parts) == (project_id, 1, 1)
    case = driver.case(roster.case_id)
    assert case.persons_accepted == told.person_ids
    ((refused, reason),) = ((each.person_id, each.reason) for each in case.persons_refused)
    assert refused == "person-00002" and "APP-2" in reason


def test_a_principle_of_people_is_accepted_with_a_reason(driver: Driver) -> None:
    project_id = driver.approved()
    driver.neighbours.findings["person-00001"] = (finding("APP-2", "unmet", "principle"),)
    first = driver.sign_up(project_id, people(2))
    reasons = {"APP-2": "已核对原件"}
    driver.review(driver.district(), first.case_id, "approve", WITH_DEPARTMENTS, accepted=reasons)
    (told,) = driver.harness.told(cases.ROSTER_APPROVED)
    assert told.person_ids == ("person-00001", "person-00002")
    decisions = {each.subject_id: each for each in driver.case(first.case_id).decisions}
    assert outcomes(decisions["person-00001"].findings) == {("APP-2", "accepted")}


def test_without_the_reason_those_people_are_refused(driver: Driver) -> None:
    project_id = driver.approved()
    driver.neighbours.findings["person-00001"] = (finding("APP-2", "unmet", "principle"),)
    roster = driver.sign_up(project_id, people(2))
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    assert driver.case(roster.case_id).persons_accepted == ("person-00002",)


def test_the_officer_refuses_a_person_with_a_reason(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(2))
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS, refused={"person-00001": "人已离职"})
    case = driver.case(roster.case_id)
    assert case.persons_accepted == ("person-00002",)
    assert case.persons_refused == (cases.RefusedPerson("person-00001", "人已离职"),)


def test_the_officer_refuses_only_people_of_the_roster(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(1))
    with pytest.raises(InvalidRequest):
        driver.review(
            driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS, refused={"person-99999": "不在名单"}
        )


def test_a_roster_that_nobody_passes_is_not_approved(driver: Driver) -> None:
    driver.neighbours.findings["person-00001"] = (finding("APP-2", "unmet"),)
    roster = driver.sign_up(driver.approved(), people(1))
    with pytest.raises(Conflict):
        driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    assert driver.harness.told(cases.ROSTER_APPROVED) == []


def test_the_roster_review_records_the_co_departments_too(driver: Driver) -> None:
    """APP-1."""
    roster = driver.sign_up(driver.approved(), people(1))
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.district(), roster.case_id, "approve")
    assert ("APP-1", "unmet") in outcomes(refused.value.details["findings"])
    assert driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_a_person_without_a_decision_leaves_the_roster_unapproved(driver: Driver) -> None:
    """APP-24: a finding for each. Registry answers about somebody else only."""
    project_id = driver.approved()
    driver.harness.answers(eligibility.DECIDE_APPRENTICES, lambda _: eligibility.ApprenticesDecided(()))
    with pytest.raises(InvalidRequest) as refused:
        driver.sign_up(project_id, people(1))
    assert [field["path"] for field in refused.value.details["fields"]] == ["rows[0].person_id"]


@pytest.mark.parametrize("subject", ["clerk-1", "clerk-2"])
def test_who_signed_up_or_applied_for_the_project_does_not_review_the_roster(driver: Driver, subject: str) -> None:
    """X-5."""
    roster = driver.sign_up(driver.approved(), people(1))
    with pytest.raises(NotPermitted):
        driver.review(driver.district(subject), roster.case_id, "approve", WITH_DEPARTMENTS)


def test_the_officer_of_the_project_may_review_its_roster(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(1))
    assert driver.waiting(driver.district("officer-1")) == [roster.case_id]
    driver.review(driver.district("officer-1"), roster.case_id, "approve", WITH_DEPARTMENTS)


def test_another_district_does_not_review_the_roster(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(1))
    with pytest.raises(NotFound):
        driver.review(driver.district("officer-9", SHUNYI), roster.case_id, "approve", WITH_DEPARTMENTS)


def test_two_officers_at_the_same_moment_take_one_step(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    roster = driver.sign_up(driver.approved(), people(3))

    def attempt(number: int) -> str:
        try:
            officer = driver.district(f"officer-{number + 10}")
            return driver.review(officer, roster.case_id, "approve", WITH_DEPARTMENTS).state
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(attempt, range(8)))
    assert results == ["approved"] + ["conflict"] * 7
    assert len(driver.harness.told(cases.ROSTER_APPROVED)) == 1
    driver.harness.close()
