"""APP-26: the district summons, the city suspends, nothing is skipped, and the remedy ends it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.review import cases
from shared.contracts.review import oversight as contract
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet, SkillsError
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.overseer import Overseer
from tests.services.review.town import APPLIED_ON, EMPLOYER, PROVIDER, Town, outcomes

DAY = timedelta(days=1)


@pytest.fixture
def project_id(town: Town) -> str:
    return town.approved()


def test_from_the_summons_to_the_day_training_goes_on(town: Town, overseer: Overseer, project_id: str) -> None:
    summons_id = overseer.summon(project_id)
    assert overseer.interview(summons_id).state == "refused"
    assert overseer.report(summons_id).state == "reported"
    assert overseer.standing(project_id) == []
    suspended = overseer.suspend(summons_id, from_on=APPLIED_ON + DAY)
    assert suspended.state == "suspended" and suspended.decision is not None
    assert outcomes(suspended.decision.findings) == {("APP-26", "met")}
    assert overseer.standing(project_id) == ["suspension"]

    town.harness.move_clock(APPLIED_ON + 20 * DAY)
    assert overseer.remedy(summons_id).state == "remedied"
    lifted = overseer.lift(summons_id)
    assert lifted.state == "closed" and lifted.decision is not None
    assert outcomes(lifted.decision.findings) == {("APP-26", "met")}
    assert overseer.standing(project_id) == []

    (blocked,) = town.harness.told(contract.CASE_BLOCKED)
    (unblocked,) = town.harness.told(contract.CASE_UNBLOCKED)
    assert (blocked.kind, blocked.project_id, blocked.on) == ("suspension", project_id, APPLIED_ON + DAY)
    assert (blocked.employer_id, blocked.provider_id) == (EMPLOYER, PROVIDER)
    assert (unblocked.block_id, unblocked.on) == (blocked.block_id, APPLIED_ON + 20 * DAY)
    for event in (contract.EMPLOYER_SUMMONED, contract.REFUSAL_REPORTED, contract.REMEDY_RECORDED):
        assert [told.of_id for told in town.harness.told(event)] == [summons_id]


def test_who_mends_in_time_is_never_suspended(town: Town, overseer: Overseer, project_id: str) -> None:
    """X-13: the day is told, so that the employer is reminded, and told again when it is over."""
    summons_id = overseer.summon(project_id)
    assert overseer.interview(summons_id, "agreed").state == "mending"
    (due,) = town.harness.told(cases.DEADLINE_SET)
    assert (due.deadline_id, due.due_on) == (summons_id, APPLIED_ON + 30 * DAY)
    assert (due.party, due.organisation_id, due.subject_id) == ("employer", EMPLOYER, project_id)
    assert overseer.remedy(summons_id).state == "closed"
    (over,) = town.harness.told(cases.DEADLINE_CLOSED)
    assert (over.deadline_id, over.outcome) == (summons_id, "met")
    assert town.harness.told(contract.CASE_BLOCKED) == []


@pytest.mark.parametrize(("days", "may"), [(30, False), (31, True)])
def test_a_day_to_mend_that_passed_is_reported_and_not_before(
    town: Town, overseer: Overseer, project_id: str, days: int, may: bool
) -> None:
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id, "agreed")
    town.harness.move_clock(APPLIED_ON + days * DAY)
    if not may:
        with pytest.raises(Conflict, match="2022-07-06"):
            overseer.report(summons_id)
        assert town.harness.told(cases.DEADLINE_CLOSED) == []
        return
    assert overseer.report(summons_id).state == "reported"
    assert [each.outcome for each in town.harness.told(cases.DEADLINE_CLOSED)] == ["dropped"]
    assert overseer.suspend(summons_id).state == "suspended"


def test_another_interview_moves_the_day_to_mend(town: Town, overseer: Overseer, project_id: str) -> None:
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id, "agreed")
    overseer.interview(summons_id, "agreed", remedy_due_on=APPLIED_ON + 60 * DAY)
    told = town.harness.told(cases.DEADLINE_SET)
    assert [(each.deadline_id, each.due_on) for each in told] == [
        (summons_id, APPLIED_ON + 30 * DAY),
        (summons_id, APPLIED_ON + 60 * DAY),
    ]
    assert overseer.interview(summons_id, "refused").state == "refused"
    assert [each.outcome for each in town.harness.told(cases.DEADLINE_CLOSED)] == ["dropped"]


def test_the_city_does_not_suspend_after_an_interview_without_the_superior(overseer: Overseer, project_id: str) -> None:
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id, superior_present=False)
    overseer.report(summons_id)
    with pytest.raises(PolicyNotMet, match="所列各条") as refused:
        overseer.suspend(summons_id)
    (finding,) = refused.value.details["findings"]
    assert (finding["rule"], finding["outcome"]) == ("APP-26", "unmet") and "会同企业主管部门" in finding["message"]
    assert overseer.standing(project_id) == []
    overseer.interview(summons_id)
    overseer.report(summons_id)
    assert overseer.suspend(summons_id).state == "suspended"


def test_an_employer_that_declared_no_superior_is_interviewed_without_one(town: Town, overseer: Overseer) -> None:
    project_id = town.approved(consent="no_superior")
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id, superior="无上级主管单位", superior_present=False)
    overseer.report(summons_id)
    assert overseer.suspend(summons_id).state == "suspended"


def test_putting_it_right_before_the_city_decides_ends_the_matter(overseer: Overseer, project_id: str) -> None:
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id)
    overseer.report(summons_id)
    assert overseer.remedy(summons_id).state == "closed"
    with pytest.raises(Conflict):
        overseer.suspend(summons_id)


def test_a_remedy_older_than_the_suspension_lifts_nothing(town: Town, overseer: Overseer, project_id: str) -> None:
    town.harness.move_clock(APPLIED_ON + DAY)
    summons_id = overseer.suspended(project_id)
    overseer.remedy(summons_id, on=APPLIED_ON)
    with pytest.raises(PolicyNotMet):
        overseer.lift(summons_id)
    assert overseer.standing(project_id) == ["suspension"]
    overseer.remedy(summons_id, on=APPLIED_ON + DAY)
    assert overseer.lift(summons_id).state == "closed"


def test_no_step_is_skipped(overseer: Overseer, project_id: str) -> None:
    summons_id = overseer.summon(project_id)
    for act in (overseer.report, overseer.suspend, overseer.remedy, overseer.lift):
        with pytest.raises(Conflict):
            act(summons_id)
    overseer.interview(summons_id)
    for act in (overseer.suspend, overseer.lift):
        with pytest.raises(Conflict):
            act(summons_id)
    overseer.report(summons_id)
    overseer.suspend(summons_id)
    with pytest.raises(Conflict, match="停训整改中"):
        overseer.lift(summons_id)
    with pytest.raises(Conflict):
        overseer.interview(summons_id, "agreed")


def test_a_project_has_one_open_summons(overseer: Overseer, project_id: str) -> None:
    first = overseer.summon(project_id)
    with pytest.raises(Conflict, match="尚未了结"):
        overseer.summon(project_id)
    overseer.interview(first, "agreed")
    overseer.remedy(first)
    assert overseer.summon(project_id) != first


def test_who_reported_does_not_suspend_and_who_saw_the_remedy_does_not_lift(
    town: Town, overseer: Overseer, project_id: str
) -> None:
    """X-5: the same person, with a token of either office."""
    summons_id = overseer.summon(project_id, by=town.district("officer-3"))
    overseer.interview(summons_id)
    overseer.report(summons_id, by=town.district("officer-4"))
    for person in ("officer-3", "officer-4"):
        with pytest.raises(NotPermitted, match="已办理过"):
            overseer.suspend(summons_id, by=town.city(person))
    overseer.suspend(summons_id)
    overseer.remedy(summons_id, by=town.district("officer-3"))
    with pytest.raises(NotPermitted, match="整改核查"):
        overseer.lift(summons_id, by=town.city("officer-3"))
    assert overseer.lift(summons_id).state == "closed"  # who suspended may lift


@pytest.mark.parametrize(
    ("outcome", "changes", "fields"),
    [
        ("agreed", {"remedy_due_on": None}, ["remedy_due_on"]),
        ("agreed", {"remedy_due_on": APPLIED_ON - DAY}, ["remedy_due_on"]),
        ("agreed", {"head_present": False, "remedy_due_on": None}, ["outcome", "remedy_due_on"]),
        ("refused", {"remedy_due_on": APPLIED_ON}, ["remedy_due_on"]),
        ("refused", {"held_on": APPLIED_ON + DAY}, ["held_on"]),
        ("refused", {"held_on": APPLIED_ON - DAY}, ["held_on"]),
    ],
)
def test_minutes_that_say_two_things_are_refused_by_field(
    overseer: Overseer, project_id: str, outcome: str, changes: dict[str, Any], fields: list[str]
) -> None:
    summons_id = overseer.summon(project_id)
    with pytest.raises(InvalidRequest) as refused:
        overseer.interview(summons_id, outcome, **changes)
    assert [field["path"] for field in refused.value.details["fields"]] == fields


def test_days_that_cannot_be_are_refused(overseer: Overseer, project_id: str) -> None:
    with pytest.raises(InvalidRequest, match="所列各项"):
        overseer.summon(project_id, meet_on=APPLIED_ON - DAY)
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id)
    overseer.report(summons_id)
    with pytest.raises(InvalidRequest):
        overseer.suspend(summons_id, from_on=APPLIED_ON - DAY)
    overseer.suspend(summons_id)
    with pytest.raises(InvalidRequest):
        overseer.remedy(summons_id, on=APPLIED_ON + DAY)


def test_each_office_takes_its_own_steps(town: Town, overseer: Overseer, project_id: str) -> None:
    """INT-38: the district summons, the city suspends."""
    with pytest.raises(NotPermitted):
        overseer.summon(project_id, by=town.city())
    with pytest.raises(NotFound):
        overseer.summon(project_id, by=town.district("officer-9", SHUNYI))
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id)
    with pytest.raises(NotFound):
        overseer.report(summons_id, by=town.district("officer-9", SHUNYI))
    overseer.report(summons_id)
    with pytest.raises(NotPermitted):
        overseer.suspend(summons_id, by=town.district("officer-7"))


def test_nobody_is_summoned_for_a_project_that_is_not_approved(town: Town, overseer: Overseer) -> None:
    with pytest.raises(Conflict):
        overseer.summon(town.joined())


def test_two_city_officers_at_the_same_moment_suspend_once(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    town = Town.on(make_database("review", "postgresql").url, tmp_path)
    overseer = Overseer(town)
    project_id = town.approved()
    summons_id = overseer.summon(project_id)
    overseer.interview(summons_id)
    overseer.report(summons_id)

    def attempt(number: int) -> str:
        try:
            return overseer.suspend(summons_id, by=town.city(f"officer-{number + 10}")).state
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["conflict"] * 7 + ["suspended"]
    assert len(town.harness.told(contract.CASE_BLOCKED)) == 1
    assert overseer.standing(project_id) == ["suspension"]
    town.harness.close()


def test_another_citys_document_that_orders_no_steps_refuses_none(new_town: Callable[..., Town]) -> None:
    """The made-up document has no clause like APP-26: an order is kept without a finding."""
    documents = Path(__file__).parents[2] / "rules" / "documents"
    town = new_town(policy_path=str(documents / "example-city.yaml"), today=date(2031, 3, 1))
    town.employer_district = "990105"
    case_id = town.joined(level="junior", term_years=1, standard="")
    town.review(town.city(), case_id, "approve")
    overseer, officer = Overseer(town), town.district(district="990105")
    summons_id = overseer.summon(case_id, by=officer)
    overseer.interview(summons_id, by=officer, superior_present=False)
    overseer.report(summons_id, by=officer)
    suspended = overseer.suspend(summons_id)
    assert suspended.decision is not None and suspended.decision.findings == ()
    assert overseer.standing(case_id) == ["suspension"]
