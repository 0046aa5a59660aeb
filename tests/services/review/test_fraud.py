"""APP-27: an inquiry stops the money; confirmed it is told person by person; another officer concludes it."""

from __future__ import annotations

import pytest

from shared.contracts.review import oversight as contract
from shared.errors import Conflict, InvalidRequest, NotPermitted, PolicyNotMet
from tests.services.review.overseer import Overseer
from tests.services.review.town import WITH_DEPARTMENTS, Town, outcomes


def people(count: int) -> list[str]:
    return [f"person-{number:05}" for number in range(1, count + 1)]


def test_a_cleared_inquiry_lets_the_money_go_on(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with("person-1")
    inquiry = overseer.inquire(project_id, "person-1")
    assert inquiry.standing and overseer.standing(project_id) == ["fraud_inquiry"]
    assert not overseer.conclude(inquiry.id, "cleared").standing
    assert overseer.standing(project_id) == []
    assert town.harness.told(contract.FRAUD_CONFIRMED) == []
    with pytest.raises(Conflict):
        overseer.conclude(inquiry.id, "confirmed")


def test_fraud_of_named_persons_is_told_and_the_others_go_on(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with("person-1", "person-2", "person-3")
    inquiry = overseer.inquire(project_id, "person-3", "person-1")
    assert not overseer.conclude(inquiry.id, "confirmed").standing
    (told,) = town.harness.told(contract.FRAUD_CONFIRMED)
    assert (told.inquiry_id, told.project_id, told.whole_project) == (inquiry.id, project_id, False)
    assert (told.part, told.parts, told.person_ids) == (1, 1, ("person-3", "person-1"))
    assert overseer.standing(project_id) == []
    entry = overseer.oversight(project_id).entries[0]
    assert (entry.state, entry.person_ids) == ("confirmed", ("person-3", "person-1"))
    assert entry.decision is not None and outcomes(entry.decision.findings) == {("APP-27", "met")}
    more = town.sign_up(project_id, ["person-4"])
    assert town.review(town.district(), more.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_fraud_of_the_whole_project_blocks_it_for_ever(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with("person-1")
    waiting = town.sign_up(project_id, ["person-2"]).case_id
    inquiry = overseer.inquire(project_id)
    assert overseer.conclude(inquiry.id, "confirmed").standing
    (told,) = town.harness.told(contract.FRAUD_CONFIRMED)
    assert (told.whole_project, told.part, told.parts, told.person_ids) == (True, 1, 1, ())
    assert overseer.standing(project_id) == ["fraud_inquiry"]
    assert town.harness.told(contract.CASE_UNBLOCKED) == []
    with pytest.raises(Conflict, match="骗取"):
        town.sign_up(project_id, ["person-3"])
    with pytest.raises(Conflict, match="骗取"):
        town.review(town.district(), waiting, "approve", WITH_DEPARTMENTS)
    assert town.review(town.district(), waiting, "reject").state == "rejected"


def test_many_persons_are_told_in_parts_of_a_thousand(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with(*people(2001), head_count=2001)
    overseer.conclude(overseer.inquire(project_id, *people(2001)).id, "confirmed")
    told = town.harness.told(contract.FRAUD_CONFIRMED)
    assert [(each.part, each.parts, len(each.person_ids)) for each in told] == [(1, 3, 1000), (2, 3, 1000), (3, 3, 1)]
    assert [person for each in told for person in each.person_ids] == people(2001)


def test_only_persons_accepted_on_a_roster_of_the_project_are_inquired_about(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with("person-1")
    other = overseer.project_with("person-2")
    town.sign_up(project_id, ["person-3"])  # waits, and isn't accepted yet
    with pytest.raises(InvalidRequest) as refused:
        overseer.inquire(project_id, "person-1", "person-2", "person-1", "person-3", "person-9")
    fields = [field["path"] for field in refused.value.details["fields"]]
    assert fields == [f"person_ids[{number}]" for number in (1, 2, 3, 4)]
    assert overseer.standing(project_id) == overseer.standing(other) == []


def test_another_officer_concludes(town: Town, overseer: Overseer) -> None:
    """X-5."""
    inquiry = overseer.inquire(town.approved(), by=town.district("officer-3"))
    for same in (town.district("officer-3"), town.city("officer-3")):
        with pytest.raises(NotPermitted, match="发起核查"):
            overseer.conclude(inquiry.id, "confirmed", by=same)
    assert overseer.conclude(inquiry.id, "confirmed", by=town.city("officer-4")).standing


def test_a_confirmed_fraud_hands_its_leads_over(town: Town, overseer: Overseer) -> None:
    inquiry = overseer.inquire(town.approved())
    with pytest.raises(PolicyNotMet) as refused:
        overseer.conclude(inquiry.id, "confirmed", referred_to=())
    assert outcomes(refused.value.details["findings"]) == {("APP-27", "unmet")}
    overseer.conclude(inquiry.id, "confirmed", referred_to=("discipline_inspection", "judicial_organs"))


def test_a_cleared_inquiry_hands_nothing_over(town: Town, overseer: Overseer) -> None:
    inquiry = overseer.inquire(town.approved())
    request = contract.ConcludeFraudInquiry(inquiry.id, "cleared", "未发现问题", ("judicial_organs",))
    with pytest.raises(InvalidRequest):
        town.harness.call(town.district("officer-5"), contract.CONCLUDE_FRAUD_INQUIRY, request)


def test_whom_an_inquiry_is_about_the_parties_learn_when_it_is_confirmed(town: Town, overseer: Overseer) -> None:
    project_id = overseer.project_with("person-1")
    inquiry = overseer.inquire(project_id, "person-1")
    assert overseer.oversight(project_id).entries[0].person_ids == ("person-1",)
    assert overseer.oversight(project_id, by=town.employer()).entries[0].person_ids == ()
    overseer.conclude(inquiry.id, "confirmed")
    assert overseer.oversight(project_id, by=town.employer()).entries[0].person_ids == ("person-1",)
