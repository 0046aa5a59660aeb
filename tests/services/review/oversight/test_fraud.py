"""APP-27: an inquiry stops the money; confirmed it is told person by person; another officer concludes it."""

from __future__ import annotations

import pytest

from shared.contracts.review import oversight
from shared.errors import Conflict, InvalidRequest, NotPermitted, PolicyNotMet
from tests.services.review.driver import WITH_DEPARTMENTS, Driver, outcomes


def people(count: int) -> list[str]:
    return [f"person-{number:05}" for number in range(1, count + 1)]


def test_a_cleared_inquiry_lets_the_money_go_on(driver: Driver) -> None:
    project_id = driver.project_with("person-1")
    inquiry = driver.inquire(project_id, "person-1")
    assert inquiry.standing and driver.standing(project_id) == ["fraud_inquiry"]
    assert not driver.conclude(inquiry.id, "cleared").standing
    assert driver.standing(project_id) == []
    assert driver.harness.told(oversight.FRAUD_CONFIRMED) == []
    with pytest.raises(Conflict):
        driver.conclude(inquiry.id, "confirmed")


def test_fraud_of_named_persons_is_told_and_the_others_go_on(driver: Driver) -> None:
    project_id = driver.project_with("person-1", "person-2", "person-3")
    inquiry = driver.inquire(project_id, "person-3", "person-1")
    assert not driver.conclude(inquiry.id, "confirmed").standing
    (told,) = driver.harness.told(oversight.FRAUD_CONFIRMED)
    assert (told.inquiry_id, told.project_id, told.whole_project) == (inquiry.id, project_id, False)
    assert (told.part, told.parts, told.person_ids) == (1, 1, ("person-3", "person-1"))
    assert driver.standing(project_id) == []
    entry = driver.oversight(project_id).entries[0]
    assert (entry.state, entry.person_ids) == ("confirmed", ("person-3", "person-1"))
    assert entry.decision is not None and outcomes(entry.decision.findings) == {("APP-27", "met")}
    more = driver.sign_up(project_id, ["person-4"])
    assert driver.review(driver.district(), more.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_fraud_of_the_whole_project_blocks_it_for_ever(driver: Driver) -> None:
    project_id = driver.project_with("person-1")
    waiting = driver.sign_up(project_id, ["person-2"]).case_id
    inquiry = driver.inquire(project_id)
    assert driver.conclude(inquiry.id, "confirmed").standing
    (told,) = driver.harness.told(oversight.FRAUD_CONFIRMED)
    assert (told.whole_project, told.part, told.parts, told.person_ids) == (True, 1, 1, ())
    assert driver.standing(project_id) == ["fraud_inquiry"]
    assert driver.harness.told(oversight.CASE_UNBLOCKED) == []
    with pytest.raises(Conflict, match="骗取"):
        driver.sign_up(project_id, ["person-3"])
    with pytest.raises(Conflict, match="骗取"):
        driver.review(driver.district(), waiting, "approve", WITH_DEPARTMENTS)
    assert driver.review(driver.district(), waiting, "reject").state == "rejected"


def test_many_persons_are_told_in_parts_of_a_thousand(driver: Driver) -> None:
    project_id = driver.project_with(*people(2001), head_count=2001)
    driver.conclude(driver.inquire(project_id, *people(2001)).id, "confirmed")
    told = driver.harness.told(oversight.FRAUD_CONFIRMED)
    assert [(each.part, each.parts, len(each.person_ids)) for each in told] == [(1, 3, 1000), (2, 3, 1000), (3, 3, 1)]
    assert [person for each in told for person in each.person_ids] == people(2001)


def test_only_persons_accepted_on_a_roster_of_the_project_are_inquired_about(driver: Driver) -> None:
    project_id = driver.project_with("person-1")
    other = driver.project_with("person-2")
    driver.sign_up(project_id, ["person-3"])  # waits, and isn't accepted yet
    with pytest.raises(InvalidRequest) as refused:
        driver.inquire(project_id, "person-1", "person-2", "person-1", "person-3", "person-9")
    fields = [field["path"] for field in refused.value.details["fields"]]
    assert fields == [f"person_ids[{number}]" for number in (1, 2, 3, 4)]
    assert driver.standing(project_id) == driver.standing(other) == []


def test_another_officer_concludes(driver: Driver) -> None:
    """X-5."""
    inquiry = driver.inquire(driver.approved(), by=driver.district("officer-3"))
    for same in (driver.district("officer-3"), driver.city("officer-3")):
        with pytest.raises(NotPermitted, match="发起核查"):
            driver.conclude(inquiry.id, "confirmed", by=same)
    assert driver.conclude(inquiry.id, "confirmed", by=driver.city("officer-4")).standing


def test_a_confirmed_fraud_hands_its_leads_over(driver: Driver) -> None:
    inquiry = driver.inquire(driver.approved())
    with pytest.raises(PolicyNotMet) as refused:
        driver.conclude(inquiry.id, "confirmed", referred_to=())
    assert outcomes(refused.value.details["findings"]) == {("APP-27", "unmet")}
    driver.conclude(inquiry.id, "confirmed", referred_to=("discipline_inspection", "judicial_organs"))


def test_a_cleared_inquiry_hands_nothing_over(driver: Driver) -> None:
    inquiry = driver.inquire(driver.approved())
    request = oversight.ConcludeFraudInquiry(inquiry.id, "cleared", "未发现问题", ("judicial_organs",))
    with pytest.raises(InvalidRequest):
        driver.harness.call(driver.district("officer-5"), oversight.CONCLUDE_FRAUD_INQUIRY, request)


def test_whom_an_inquiry_is_about_the_parties_learn_when_it_is_confirmed(driver: Driver) -> None:
    project_id = driver.project_with("person-1")
    inquiry = driver.inquire(project_id, "person-1")
    assert driver.oversight(project_id).entries[0].person_ids == ("person-1",)
    assert driver.oversight(project_id, by=driver.employer()).entries[0].person_ids == ()
    driver.conclude(inquiry.id, "confirmed")
    assert driver.oversight(project_id, by=driver.employer()).entries[0].person_ids == ("person-1",)
