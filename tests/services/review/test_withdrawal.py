"""An employer takes its case back before it is decided, and never after."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from shared.contracts.review import cases as contract
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Speaker
from tests.services.review.town import ELSEWHERE, WITH_DEPARTMENTS, Town


def withdraw(town: Town, case_id: str, by: Speaker | None = None, reason: str = "生产计划调整") -> contract.CaseAnswer:
    return town.harness.call(by or town.employer(), contract.WITHDRAW_CASE, contract.WithdrawCase(case_id, reason))


def alone(town: Town) -> str:
    return town.submit().case_id


def at_the_district(town: Town) -> str:
    return town.joined()


def at_the_city(town: Town) -> str:
    case_id = town.joined()
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    return case_id


def returned(town: Town) -> str:
    case_id = town.joined()
    town.review(town.district(), case_id, "return")
    return case_id


@pytest.mark.parametrize("project", [alone, at_the_district, at_the_city, returned])
def test_a_project_that_is_not_decided_is_withdrawn_and_moves_no_more(town: Town, project: Any) -> None:
    case_id = project(town)
    answer = withdraw(town, case_id)
    assert (answer.state, answer.station) == ("withdrawn", None)
    assert [told.case_id for told in town.harness.told(contract.CASE_WITHDRAWN)] == [case_id]
    step = town.case(case_id).history[-1]
    assert (step.move, step.by, step.opinion) == ("withdraw", "clerk-1", "生产计划调整")
    for again in (partial(withdraw, town), town.resubmit, town.join):
        with pytest.raises(Conflict):
            again(case_id)
    for speaker in (town.provider(), town.employer(), town.district(), town.city()):
        assert town.waiting(speaker) == []


@pytest.mark.parametrize("outcome", ["approve", "reject"])
def test_what_is_decided_is_not_withdrawn(town: Town, outcome: str) -> None:
    case_id = town.approved() if outcome == "approve" else town.joined()
    if outcome == "reject":
        town.review(town.district(), case_id, "reject")
    with pytest.raises(Conflict):
        withdraw(town, case_id)
    assert town.harness.told(contract.CASE_WITHDRAWN) == []


def test_a_withdrawn_roster_frees_its_people_and_their_places(town: Town) -> None:
    project_id = town.approved(head_count=2)
    roster = town.sign_up(project_id, ["person-1", "person-2"])
    assert withdraw(town, roster.case_id).state == "withdrawn"
    assert {each.person_id for each in town.case(roster.case_id).persons_refused} == {"person-1", "person-2"}
    again = town.sign_up(project_id, ["person-1", "person-2"])
    assert town.review(town.district(), again.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_an_approved_roster_is_not_withdrawn(town: Town) -> None:
    roster = town.sign_up(town.approved(), ["person-1"])
    town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    with pytest.raises(Conflict):
        withdraw(town, roster.case_id)
    assert town.case(roster.case_id).persons_accepted == ("person-1",)


def test_only_the_employer_withdraws_and_says_why(town: Town) -> None:
    case_id = town.joined()
    with pytest.raises(NotFound):
        withdraw(town, case_id, by=town.employer(ELSEWHERE))
    for other in (town.provider(), town.district(), town.city()):
        with pytest.raises(NotPermitted):
            withdraw(town, case_id, by=other)
    with pytest.raises(InvalidRequest):
        withdraw(town, case_id, reason="")
    assert town.case(case_id).state == "in_review"


@pytest.mark.parametrize(
    ("project", "station"),
    [(alone, None), (at_the_district, "district_review"), (at_the_city, "city_verification"), (returned, None)],
)
def test_the_station_that_it_was_taken_from_is_told(town: Town, project: Any, station: str | None) -> None:
    withdraw(town, project(town))
    (told,) = town.harness.told(contract.CASE_WITHDRAWN)
    assert told.station == station


def test_what_the_employer_typed_stays_on_the_case(town: Town) -> None:
    withdraw(town, town.joined(), reason="张某某已离职")
    (told,) = town.harness.told(contract.CASE_WITHDRAWN)
    assert told.reason == ""
