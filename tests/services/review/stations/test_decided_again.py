"""Findings of a case in review are decided again on the evidence of the day of the decision; both are shown."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.review import cases
from shared.contracts.review.cases import EarlierDecision
from shared.errors import Conflict, PolicyNotMet
from tests.services.review.driver import WITH_DEPARTMENTS, Driver, outcomes
from tests.services.review.neighbours import EMPLOYER, PROVIDER, finding, people

MENDED_ON = date(2022, 6, 20)


def _earlier(driver: Driver, case_id: str, name: str) -> list[EarlierDecision]:
    return [one for one in driver.case(case_id).earlier_decisions if one.name == name]


# --- people of a roster ------------------------------------------------------------------------------------------


def test_a_contract_renewed_before_the_review_is_accepted_and_both_findings_are_shown(driver: Driver) -> None:
    """APP-2: the roster's answer says renew, then hand in; the employer does."""
    driver.neighbours.findings["person-00001"] = (finding("APP-2", "unmet"),)
    submitted_on = driver.harness.today
    roster = driver.sign_up(driver.approved(), people(2))
    assert roster.rows[0].message == "APP-2：请补正后重新提交"
    driver.harness.move_clock(MENDED_ON)
    del driver.neighbours.findings["person-00001"]
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    case = driver.case(roster.case_id)
    assert (case.persons_accepted, case.persons_refused) == (("person-00001", "person-00002"), ())
    now = {each.subject_id: each.verdict for each in case.decisions}
    assert now["person-00001"] == "met"
    (earlier,) = _earlier(driver, roster.case_id, "registry.apprentice")
    assert (earlier.decision.subject_id, earlier.decision.verdict) == ("person-00001", "refused")
    assert (earlier.round, earlier.decided_on) == (1, submitted_on)


def test_evidence_that_ended_before_the_review_refuses_whom_it_is_about(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(2))
    driver.neighbours.findings["person-00001"] = (finding("APP-2", "unmet"),)
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    case = driver.case(roster.case_id)
    assert case.persons_accepted == ("person-00002",)
    assert [refused.person_id for refused in case.persons_refused] == ["person-00001"]


def test_the_people_are_asked_about_for_the_day_of_the_review(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(2))
    driver.harness.move_clock(MENDED_ON)
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    first, again = driver.asked("registry.decide_apprentices")
    assert (again.on, again.person_ids, again.stage) == (MENDED_ON, first.person_ids, "roster")


def test_a_roster_sent_back_asks_nobody_about_its_people(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(1))
    driver.review(driver.district(), roster.case_id, "return")
    assert len(driver.asked("registry.decide_apprentices")) == 1


def test_a_page_is_as_long_as_its_decisions_earlier_ones_too(driver: Driver) -> None:
    for person in people(3):
        driver.neighbours.findings[person] = (finding("APP-2", "unmet", "principle"),)
    roster = driver.sign_up(driver.approved(), people(5))
    driver.neighbours.findings.clear()
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    shown, cursor = [], None
    while True:
        page = driver.case(roster.case_id, limit=4, cursor=cursor)
        of_people = [one.subject_id for one in page.decisions if one.subject_id in people(5)]
        assert len(of_people) + len([one for one in page.earlier_decisions if one.name == "registry.apprentice"]) <= 4
        shown += of_people
        cursor = page.cursor
        if cursor is None:
            break
    assert shown == people(5)


# --- the parties of a project ------------------------------------------------------------------------------------


@pytest.mark.parametrize("party", [EMPLOYER, PROVIDER])
def test_what_a_party_mended_before_the_review_counts(driver: Driver, party: str) -> None:
    driver.neighbours.findings[party] = (finding("APP-29", "unmet"),)
    case_id = driver.joined()
    with pytest.raises(PolicyNotMet):
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    del driver.neighbours.findings[party]
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"
    name = "registry.employer" if party == EMPLOYER else "registry.provider"
    (earlier,) = _earlier(driver, case_id, name)
    assert outcomes(earlier.decision.findings) == {("APP-29", "unmet")}


@pytest.mark.parametrize("party", [EMPLOYER, PROVIDER])
def test_what_a_party_lost_between_the_stations_refuses_at_the_next(driver: Driver, party: str) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    driver.neighbours.findings[party] = (finding("APP-6", "unmet"),)
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.city(), case_id, "approve")
    assert ("APP-6", "unmet") in outcomes(refused.value.details["findings"])
    assert driver.harness.told(cases.PROJECT_APPROVED) == []


def test_an_accepted_principle_stays_accepted_at_the_next_station(driver: Driver) -> None:
    driver.neighbours.findings[PROVIDER] = (finding("APP-6", "unmet", "principle"),)
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-6": "已现场核实"})
    driver.review(driver.city(), case_id, "approve")
    assert driver.case(case_id).state == "approved"


def test_a_reason_for_what_is_mended_meanwhile_is_not_wanted(driver: Driver) -> None:
    driver.neighbours.findings[PROVIDER] = (finding("APP-6", "unmet", "principle"),)
    case_id = driver.joined()
    driver.neighbours.findings.clear()
    with pytest.raises(Conflict):
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-6": "已现场核实"})
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)


def test_an_employer_that_moved_to_another_district_is_not_approved_by_the_old_one(driver: Driver) -> None:
    """APP-1: what is known of the parties is refreshed with their decisions."""
    case_id = driver.joined()
    driver.neighbours.employer_district = "110113"
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert ("APP-1", "unmet") in outcomes(refused.value.details["findings"])


def test_a_returned_case_tells_what_is_unmet_on_the_day_of_its_return(driver: Driver) -> None:
    driver.neighbours.findings[EMPLOYER] = (finding("APP-29", "unmet"),)
    case_id = driver.joined()
    driver.neighbours.findings[EMPLOYER] = (finding("APP-4", "unmet"),)
    driver.review(driver.district(), case_id, "return")
    (told,) = driver.harness.told(cases.CASE_RETURNED)
    assert "APP-4" in told.reason and "APP-29" not in told.reason
