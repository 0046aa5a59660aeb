"""APP-24: employer and provider apply, no station is skipped, every finding is kept; strangers know nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.registry import eligibility
from shared.contracts.review import applications, cases
from shared.errors import Conflict, InvalidRequest, NoPolicyInForce, NotFound
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.review.driver import PLAN, WITH_DEPARTMENTS, Driver, outcomes
from tests.services.review.neighbours import ELSEWHERE, EMPLOYER, PROVIDER


def test_a_project_passes_provider_district_and_city(driver: Driver) -> None:
    case_id = driver.submit().case_id
    assert driver.case(case_id).state == "awaiting_provider"
    assert driver.join(case_id).station == "district_review"
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"
    driver.neighbours.occupation_class = "shortage"
    answer = driver.review(driver.city(), case_id, "approve")
    assert (answer.state, answer.station) == ("approved", None)

    (told,) = driver.harness.told(cases.PROJECT_APPROVED)
    assert told.project_id == case_id and told.document == answer.document
    assert (told.employer_id, told.provider_id, told.provider_kind) == (EMPLOYER, PROVIDER, "vocational_college")
    assert (told.submitted_on, told.approved_on) == (date(2022, 6, 6), date(2022, 6, 6))
    assert (told.occupation_class, told.plan, told.cooperation_agreement) == ("shortage", PLAN, True)


def test_whoever_is_next_is_told_at_every_station(driver: Driver) -> None:
    driver.approved()
    told = driver.harness.told(cases.CASE_SUBMITTED)
    assert [each.station for each in told] == [None, "district_review", "city_verification"]


@pytest.mark.parametrize("on", [date(2019, 1, 1), date(2022, 5, 26)])
def test_a_day_without_a_document_is_refused_by_name(new_driver: Callable[..., Driver], on: date) -> None:
    """X-7."""
    with pytest.raises(NoPolicyInForce, match=str(on)):
        new_driver(today=on).submit()


def test_organisations_that_are_not_registered_are_all_named(driver: Driver) -> None:
    request = applications.SubmitProject("apprenticeship", "org-unknown", PLAN, "given")
    with pytest.raises(InvalidRequest) as refused:
        driver.harness.call(driver.employer("org-new"), applications.SUBMIT_PROJECT, request)
    assert [field["path"] for field in refused.value.details["fields"]] == ["employer_id", "provider_id"]


def test_a_returned_project_is_decided_anew_under_its_first_day(driver: Driver) -> None:
    """INT-16, X-7."""
    case_id = driver.joined(standard="")
    driver.review(driver.district(), case_id, "return")
    (returned,) = driver.harness.told(cases.CASE_RETURNED)
    assert "APP-30" in returned.reason and returned.station is None
    assert driver.waiting(driver.employer()) == [case_id]

    driver.harness.move_clock(date(2022, 8, 1))
    answer = driver.resubmit(case_id)
    assert (answer.state, answer.station) == ("in_review", "district_review")
    case = driver.case(case_id)
    assert (case.submitted_on, case.plan.standard) == (date(2022, 6, 6), PLAN.standard)
    assert [question.on for question in driver.asked("registry.decide_parties")] == [date(2022, 6, 6)] * 3
    assert ("APP-30", "met") in outcomes(each for decision in case.decisions for each in decision.findings)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.review(driver.city(), case_id, "approve").state == "approved"


def test_the_provider_mends_its_part_of_a_returned_project(driver: Driver) -> None:
    case_id = driver.submit().case_id
    driver.join(case_id, consent="missing")
    driver.review(driver.district(), case_id, "return")
    assert driver.join(case_id).state == "returned"
    driver.resubmit(case_id)
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"


def test_nothing_but_joining_happens_before_the_provider_joins(driver: Driver) -> None:
    case_id = driver.submit().case_id
    assert driver.waiting(driver.provider()) == [case_id]
    for official in (driver.district(), driver.city()):
        with pytest.raises(NotFound):
            driver.case(case_id, official)
    with pytest.raises(Conflict):
        driver.resubmit(case_id)
    driver.join(case_id)
    assert driver.waiting(driver.provider()) == []
    with pytest.raises(Conflict):
        driver.join(case_id)


# --- jurisdiction and persons ------------------------------------------------------------------------------------


def test_another_district_knows_nothing_of_the_case(driver: Driver) -> None:
    """APP-1."""
    case_id = driver.joined()
    with pytest.raises(NotFound):
        driver.case(case_id, driver.district("officer-9", SHUNYI))
    with pytest.raises(NotFound):
        driver.review(driver.district("officer-9", SHUNYI), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.waiting(driver.district("officer-9", SHUNYI)) == []


def test_another_employer_or_provider_knows_nothing_of_the_case(driver: Driver) -> None:
    case_id = driver.submit().case_id
    for stranger in (driver.employer(ELSEWHERE), driver.provider(ELSEWHERE)):
        with pytest.raises(NotFound):
            driver.case(case_id, stranger)
    with pytest.raises(NotFound):
        driver.harness.call(
            driver.provider(ELSEWHERE), applications.JOIN_PROJECT, applications.JoinProject(case_id, "given", True)
        )
    assert driver.asked("registry.decide_parties") == []


def test_the_same_request_id_submits_once(driver: Driver) -> None:
    """X-14."""
    request = applications.SubmitProject("apprenticeship", PROVIDER, PLAN, "given")
    twice = [
        driver.harness.call(driver.employer(), applications.SUBMIT_PROJECT, request, request_id="request-1")
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(driver.harness.told(cases.CASE_SUBMITTED)) == 1


# --- what is kept ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "advised"), [(date(2024, 11, 25), False), (date(2024, 11, 26), True)])
def test_the_reported_repeal_is_advice_on_the_case_from_its_day(driver: Driver, on: date, advised: bool) -> None:
    driver.harness.move_clock(on)
    case_id = driver.joined()
    found = outcomes(each for decision in driver.case(case_id).decisions for each in decision.findings)
    assert (("X-7", "advice") in found) == advised
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.review(driver.city(), case_id, "approve").state == "approved"


def test_stored_decisions_are_decided_again_to_the_same(driver: Driver) -> None:
    """X-6."""
    case_id = driver.submit().case_id
    driver.join(case_id, agreement=False)
    driver.review(driver.district(), case_id, "approve", accepted={"APP-1": "无需会同", "APP-36": "正在用印"})
    auditor = driver.harness.speaker(Role.AUDITOR, "auditor-1")
    verified = driver.harness.call(auditor, VERIFY_DECISIONS["review"], VerifyDecisions())
    assert (verified.verified, verified.differing) == (3, ())


def test_registry_is_asked_about_the_day_of_the_application(driver: Driver) -> None:
    """INT-25."""
    case_id = driver.submit().case_id
    driver.harness.move_clock(date(2022, 7, 1))
    driver.join(case_id)
    (question,) = driver.asked("registry.decide_parties")
    assert isinstance(question, eligibility.DecideParties)
    assert (question.on, question.occupation) == (date(2022, 6, 6), PLAN.occupation)
