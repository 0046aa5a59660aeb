"""An employer takes its case back before it is decided, and never after."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from shared.contracts.review import applications, cases
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Speaker
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE


def withdraw(
    driver: Driver, case_id: str, by: Speaker | None = None, reason: str = "生产计划调整"
) -> applications.CaseAnswer:
    return driver.harness.call(
        by or driver.employer(), applications.WITHDRAW_CASE, applications.WithdrawCase(case_id, reason)
    )


def alone(driver: Driver) -> str:
    return driver.submit().case_id


def at_the_district(driver: Driver) -> str:
    return driver.joined()


def at_the_city(driver: Driver) -> str:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    return case_id


def returned(driver: Driver) -> str:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return")
    return case_id


@pytest.mark.parametrize("project", [alone, at_the_district, at_the_city, returned])
def test_a_project_that_is_not_decided_is_withdrawn_and_moves_no_more(driver: Driver, project: Any) -> None:
    case_id = project(driver)
    answer = withdraw(driver, case_id)
    assert (answer.state, answer.station) == ("withdrawn", None)
    assert [told.case_id for told in driver.harness.told(cases.CASE_WITHDRAWN)] == [case_id]
    step = driver.case(case_id).history[-1]
    assert (step.move, step.by, step.opinion) == ("withdraw", "clerk-1", "生产计划调整")
    for again in (partial(withdraw, driver), driver.resubmit, driver.join):
        with pytest.raises(Conflict):
            again(case_id)
    for speaker in (driver.provider(), driver.employer(), driver.district(), driver.city()):
        assert driver.waiting(speaker) == []


@pytest.mark.parametrize("outcome", ["approve", "reject"])
def test_what_is_decided_is_not_withdrawn(driver: Driver, outcome: str) -> None:
    case_id = driver.approved() if outcome == "approve" else driver.joined()
    if outcome == "reject":
        driver.review(driver.district(), case_id, "reject")
    with pytest.raises(Conflict):
        withdraw(driver, case_id)
    assert driver.harness.told(cases.CASE_WITHDRAWN) == []


def test_a_withdrawn_roster_frees_its_people_and_their_places(driver: Driver) -> None:
    project_id = driver.approved(head_count=2)
    roster = driver.sign_up(project_id, ["person-1", "person-2"])
    assert withdraw(driver, roster.case_id).state == "withdrawn"
    assert {each.person_id for each in driver.case(roster.case_id).persons_refused} == {"person-1", "person-2"}
    again = driver.sign_up(project_id, ["person-1", "person-2"])
    assert driver.review(driver.district(), again.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_an_approved_roster_is_not_withdrawn(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), ["person-1"])
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    with pytest.raises(Conflict):
        withdraw(driver, roster.case_id)
    assert driver.case(roster.case_id).persons_accepted == ("person-1",)


def test_only_the_employer_withdraws_and_says_why(driver: Driver) -> None:
    case_id = driver.joined()
    with pytest.raises(NotFound):
        withdraw(driver, case_id, by=driver.employer(ELSEWHERE))
    for other in (driver.provider(), driver.district(), driver.city()):
        with pytest.raises(NotPermitted):
            withdraw(driver, case_id, by=other)
    with pytest.raises(InvalidRequest):
        withdraw(driver, case_id, reason="")
    assert driver.case(case_id).state == "in_review"


@pytest.mark.parametrize(
    ("project", "station"),
    [(alone, None), (at_the_district, "district_review"), (at_the_city, "city_verification"), (returned, None)],
)
def test_the_station_that_it_was_taken_from_is_told(driver: Driver, project: Any, station: str | None) -> None:
    withdraw(driver, project(driver))
    (told,) = driver.harness.told(cases.CASE_WITHDRAWN)
    assert told.station == station


def test_what_the_employer_typed_stays_on_the_case(driver: Driver) -> None:
    withdraw(driver, driver.joined(), reason="张某某已离职")
    (told,) = driver.harness.told(cases.CASE_WITHDRAWN)
    assert told.reason == ""
