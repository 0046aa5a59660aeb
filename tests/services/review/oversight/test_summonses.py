"""APP-26: the district summons, the city suspends, nothing is skipped, and the remedy ends it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.review import cases, oversight
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet, SkillsError
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.driver import APPLIED_ON, DAY, Driver, outcomes
from tests.services.review.neighbours import EMPLOYER, PROVIDER


@pytest.fixture
def project_id(driver: Driver) -> str:
    return driver.approved()


def test_from_the_summons_to_the_day_training_goes_on(driver: Driver, project_id: str) -> None:
    summons_id = driver.summon(project_id)
    assert driver.interview(summons_id).state == "refused"
    assert driver.report(summons_id).state == "reported"
    assert driver.standing(project_id) == []
    suspended = driver.suspend(summons_id, from_on=APPLIED_ON + DAY)
    assert suspended.state == "suspended" and suspended.decision is not None
    assert outcomes(suspended.decision.findings) == {("APP-26", "met")}
    assert driver.standing(project_id) == ["suspension"]

    driver.harness.move_clock(APPLIED_ON + 20 * DAY)
    assert driver.remedy(summons_id).state == "remedied"
    lifted = driver.lift(summons_id)
    assert lifted.state == "closed" and lifted.decision is not None
    assert outcomes(lifted.decision.findings) == {("APP-26", "met")}
    assert driver.standing(project_id) == []

    (blocked,) = driver.harness.told(oversight.CASE_BLOCKED)
    (unblocked,) = driver.harness.told(oversight.CASE_UNBLOCKED)
    assert (blocked.kind, blocked.project_id, blocked.on) == ("suspension", project_id, APPLIED_ON + DAY)
    assert (blocked.employer_id, blocked.provider_id) == (EMPLOYER, PROVIDER)
    assert (unblocked.block_id, unblocked.on) == (blocked.block_id, APPLIED_ON + 20 * DAY)
    for event in (oversight.EMPLOYER_SUMMONED, oversight.REFUSAL_REPORTED, oversight.REMEDY_RECORDED):
        assert [told.of_id for told in driver.harness.told(event)] == [summons_id]


def test_who_mends_in_time_is_never_suspended(driver: Driver, project_id: str) -> None:
    """X-13: the day is told, so that the employer is reminded, and told again when it is over."""
    summons_id = driver.summon(project_id)
    assert driver.interview(summons_id, "agreed").state == "mending"
    (due,) = driver.harness.told(cases.DEADLINE_SET)
    assert (due.deadline_id, due.due_on) == (summons_id, APPLIED_ON + 30 * DAY)
    assert (due.party, due.organisation_id, due.subject_id) == ("employer", EMPLOYER, project_id)
    assert driver.remedy(summons_id).state == "closed"
    (over,) = driver.harness.told(cases.DEADLINE_CLOSED)
    assert (over.deadline_id, over.outcome) == (summons_id, "met")
    assert driver.harness.told(oversight.CASE_BLOCKED) == []


@pytest.mark.parametrize(("days", "may"), [(30, False), (31, True)])
def test_a_day_to_mend_that_passed_is_reported_and_not_before(
    driver: Driver, project_id: str, days: int, may: bool
) -> None:
    summons_id = driver.summon(project_id)
    driver.interview(summons_id, "agreed")
    driver.harness.move_clock(APPLIED_ON + days * DAY)
    if not may:
        with pytest.raises(Conflict, match="2022-07-06"):
            driver.report(summons_id)
        assert driver.harness.told(cases.DEADLINE_CLOSED) == []
        return
    assert driver.report(summons_id).state == "reported"
    assert [each.outcome for each in driver.harness.told(cases.DEADLINE_CLOSED)] == ["dropped"]
    assert driver.suspend(summons_id).state == "suspended"


def test_another_interview_moves_the_day_to_mend(driver: Driver, project_id: str) -> None:
    summons_id = driver.summon(project_id)
    driver.interview(summons_id, "agreed")
    driver.interview(summons_id, "agreed", remedy_due_on=APPLIED_ON + 60 * DAY)
    told = driver.harness.told(cases.DEADLINE_SET)
    assert [(each.deadline_id, each.due_on) for each in told] == [
        (summons_id, APPLIED_ON + 30 * DAY),
        (summons_id, APPLIED_ON + 60 * DAY),
    ]
    assert driver.interview(summons_id, "refused").state == "refused"
    assert [each.outcome for each in driver.harness.told(cases.DEADLINE_CLOSED)] == ["dropped"]


def test_the_city_does_not_suspend_after_an_interview_without_the_superior(driver: Driver, project_id: str) -> None:
    summons_id = driver.summon(project_id)
    driver.interview(summons_id, superior_present=False)
    driver.report(summons_id)
    with pytest.raises(PolicyNotMet, match="所列各条") as refused:
        driver.suspend(summons_id)
    (finding,) = refused.value.details["findings"]
    assert (finding["rule"], finding["outcome"]) == ("APP-26", "unmet") and "会同企业主管部门" in finding["message"]
    assert driver.standing(project_id) == []
    driver.interview(summons_id)
    driver.report(summons_id)
    assert driver.suspend(summons_id).state == "suspended"


def test_an_employer_that_declared_no_superior_is_interviewed_without_one(driver: Driver) -> None:
    project_id = driver.approved(consent="no_superior")
    summons_id = driver.summon(project_id)
    driver.interview(summons_id, superior="无上级主管单位", superior_present=False)
    driver.report(summons_id)
    assert driver.suspend(summons_id).state == "suspended"


def test_putting_it_right_before_the_city_decides_ends_the_matter(driver: Driver, project_id: str) -> None:
    summons_id = driver.summon(project_id)
    driver.interview(summons_id)
    driver.report(summons_id)
    assert driver.remedy(summons_id).state == "closed"
    with pytest.raises(Conflict):
        driver.suspend(summons_id)


def test_a_remedy_older_than_the_suspension_lifts_nothing(driver: Driver, project_id: str) -> None:
    driver.harness.move_clock(APPLIED_ON + DAY)
    summons_id = driver.suspended(project_id)
    driver.remedy(summons_id, on=APPLIED_ON)
    with pytest.raises(PolicyNotMet):
        driver.lift(summons_id)
    assert driver.standing(project_id) == ["suspension"]
    driver.remedy(summons_id, on=APPLIED_ON + DAY)
    assert driver.lift(summons_id).state == "closed"


def test_no_step_is_skipped(driver: Driver, project_id: str) -> None:
    summons_id = driver.summon(project_id)
    for act in (driver.report, driver.suspend, driver.remedy, driver.lift):
        with pytest.raises(Conflict):
            act(summons_id)
    driver.interview(summons_id)
    for act in (driver.suspend, driver.lift):
        with pytest.raises(Conflict):
            act(summons_id)
    driver.report(summons_id)
    driver.suspend(summons_id)
    with pytest.raises(Conflict, match="停训整改中"):
        driver.lift(summons_id)
    with pytest.raises(Conflict):
        driver.interview(summons_id, "agreed")


def test_a_project_has_one_open_summons(driver: Driver, project_id: str) -> None:
    first = driver.summon(project_id)
    with pytest.raises(Conflict, match="尚未了结"):
        driver.summon(project_id)
    driver.interview(first, "agreed")
    driver.remedy(first)
    assert driver.summon(project_id) != first


def test_who_reported_does_not_suspend_and_who_saw_the_remedy_does_not_lift(driver: Driver, project_id: str) -> None:
    """X-5: the same person, with a token of either office."""
    summons_id = driver.summon(project_id, by=driver.district("officer-3"))
    driver.interview(summons_id)
    driver.report(summons_id, by=driver.district("officer-4"))
    for person in ("officer-3", "officer-4"):
        with pytest.raises(NotPermitted, match="已办理过"):
            driver.suspend(summons_id, by=driver.city(person))
    driver.suspend(summons_id)
    driver.remedy(summons_id, by=driver.district("officer-3"))
    with pytest.raises(NotPermitted, match="整改核查"):
        driver.lift(summons_id, by=driver.city("officer-3"))
    assert driver.lift(summons_id).state == "closed"  # who suspended may lift


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
    driver: Driver, project_id: str, outcome: str, changes: dict[str, Any], fields: list[str]
) -> None:
    summons_id = driver.summon(project_id)
    with pytest.raises(InvalidRequest) as refused:
        driver.interview(summons_id, outcome, **changes)
    assert [field["path"] for field in refused.value.details["fields"]] == fields


def test_days_that_cannot_be_are_refused(driver: Driver, project_id: str) -> None:
    with pytest.raises(InvalidRequest, match="所列各项"):
        driver.summon(project_id, meet_on=APPLIED_ON - DAY)
    summons_id = driver.summon(project_id)
    driver.interview(summons_id)
    driver.report(summons_id)
    with pytest.raises(InvalidRequest):
        driver.suspend(summons_id, from_on=APPLIED_ON - DAY)
    driver.suspend(summons_id)
    with pytest.raises(InvalidRequest):
        driver.remedy(summons_id, on=APPLIED_ON + DAY)


def test_each_office_takes_its_own_steps(driver: Driver, project_id: str) -> None:
    """INT-38: the district summons, the city suspends."""
    with pytest.raises(NotPermitted):
        driver.summon(project_id, by=driver.city())
    with pytest.raises(NotFound):
        driver.summon(project_id, by=driver.district("officer-9", SHUNYI))
    summons_id = driver.summon(project_id)
    driver.interview(summons_id)
    with pytest.raises(NotFound):
        driver.report(summons_id, by=driver.district("officer-9", SHUNYI))
    driver.report(summons_id)
    with pytest.raises(NotPermitted):
        driver.suspend(summons_id, by=driver.district("officer-7"))


def test_nobody_is_summoned_for_a_project_that_is_not_approved(driver: Driver) -> None:
    with pytest.raises(Conflict):
        driver.summon(driver.joined())


def test_two_city_officers_at_the_same_moment_suspend_once(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    project_id = driver.approved()
    summons_id = driver.summon(project_id)
    driver.interview(summons_id)
    driver.report(summons_id)

    def attempt(number: int) -> str:
        try:
            return driver.suspend(summons_id, by=driver.city(f"officer-{number + 10}")).state
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == ["conflict"] * 7 + ["suspended"]
    assert len(driver.harness.told(oversight.CASE_BLOCKED)) == 1
    assert driver.standing(project_id) == ["suspension"]
    driver.harness.close()


def test_another_citys_document_that_orders_no_steps_refuses_none(new_driver: Callable[..., Driver]) -> None:
    """The made-up document has no clause like APP-26: an order is kept without a finding."""
    documents = Path(__file__).parents[3] / "rules" / "documents"
    driver = new_driver(policy_path=str(documents / "example-city.yaml"), today=date(2031, 3, 1))
    driver.neighbours.employer_district = "990105"
    case_id = driver.joined(level="junior", term_years=1, standard="")
    driver.review(driver.city(), case_id, "approve")
    officer = driver.district(district="990105")
    summons_id = driver.summon(case_id, by=officer)
    driver.interview(summons_id, by=officer, superior_present=False)
    driver.report(summons_id, by=officer)
    suspended = driver.suspend(summons_id)
    assert suspended.decision is not None and suspended.decision.findings == ()
    assert driver.standing(case_id) == ["suspension"]
