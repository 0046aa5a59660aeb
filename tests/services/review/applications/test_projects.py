"""APP-24: employer and provider apply, the district reviews, the city verifies; no step skipped, every finding kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from shared.contracts.common import Opinion
from shared.contracts.kernel import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.registry import eligibility
from shared.contracts.review import cases as contract
from shared.errors import Conflict, InvalidRequest, NoPolicyInForce, NotFound, NotPermitted, PolicyNotMet
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.review.driver import PLAN, WITH_DEPARTMENTS, Driver, outcomes
from tests.services.review.neighbours import ELSEWHERE, EMPLOYER, PROVIDER, finding


def test_a_project_passes_provider_district_and_city(driver: Driver) -> None:
    case_id = driver.submit().case_id
    assert driver.case(case_id).state == "awaiting_provider"
    assert driver.join(case_id).station == "district_review"
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"
    driver.neighbours.occupation_class = "shortage"
    answer = driver.review(driver.city(), case_id, "approve")
    assert (answer.state, answer.station) == ("approved", None)

    (told,) = driver.harness.told(contract.PROJECT_APPROVED)
    assert told.project_id == case_id and told.document == answer.document
    assert (told.employer_id, told.provider_id, told.provider_kind) == (EMPLOYER, PROVIDER, "vocational_college")
    assert (told.submitted_on, told.approved_on) == (date(2022, 6, 6), date(2022, 6, 6))
    assert (told.occupation_class, told.plan, told.cooperation_agreement) == ("shortage", PLAN, True)


def test_the_class_of_the_occupation_is_that_of_the_day_of_approval(driver: Driver) -> None:
    """INT-24."""
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.asked("registry.ask_occupation") == []
    driver.harness.move_clock(date(2022, 6, 20))
    driver.review(driver.city(), case_id, "approve")
    (question,) = driver.asked("registry.ask_occupation")
    assert question.approved_on == date(2022, 6, 20)
    case = driver.case(case_id)
    assert (case.submitted_on, case.approved_on, case.occupation_class) == (
        date(2022, 6, 6),
        date(2022, 6, 20),
        "ordinary",
    )


def test_whoever_is_next_is_told_at_every_station(driver: Driver) -> None:
    driver.approved()
    told = driver.harness.told(contract.CASE_SUBMITTED)
    assert [each.station for each in told] == [None, "district_review", "city_verification"]


def test_the_history_names_who_did_what_and_the_co_departments(driver: Driver) -> None:
    case_id = driver.approved()
    history = driver.case(case_id).history
    assert [(step.number, step.station, step.move, step.by) for step in history] == [
        (1, None, "submit", "clerk-1"),
        (2, None, "join", "clerk-2"),
        (3, "district_review", "approve", "officer-1"),
        (4, "city_verification", "approve", "officer-2"),
    ]
    assert history[2].co_departments == ("区财政局",)


@pytest.mark.parametrize("on", [date(2019, 1, 1), date(2022, 5, 26)])
def test_a_day_without_a_document_is_refused_by_name(new_driver: Callable[..., Driver], on: date) -> None:
    """X-7."""
    with pytest.raises(NoPolicyInForce, match=str(on)):
        new_driver(today=on).submit()


def test_organisations_that_are_not_registered_are_all_named(driver: Driver) -> None:
    request = contract.SubmitProject("apprenticeship", "org-unknown", PLAN, "given")
    with pytest.raises(InvalidRequest) as refused:
        driver.harness.call(driver.employer("org-new"), contract.SUBMIT_PROJECT, request)
    assert [field["path"] for field in refused.value.details["fields"]] == ["employer_id", "provider_id"]


def test_an_unmet_must_forbids_approval_with_every_finding(driver: Driver) -> None:
    """APP-24 consent, APP-30 standard, and what registry found about the provider, all at once."""
    driver.neighbours.findings[PROVIDER] = (finding("APP-6", "unmet"),)
    case_id = driver.submit(standard="").case_id
    driver.join(case_id, consent="missing")
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    unmet = {rule for rule, outcome in outcomes(refused.value.details["findings"]) if outcome == "unmet"}
    assert unmet == {"APP-6", "APP-24", "APP-30"}
    assert driver.case(case_id).station == "district_review"


def test_a_must_cannot_be_accepted_with_a_reason(driver: Driver) -> None:
    case_id = driver.joined(standard="")
    with pytest.raises((Conflict, PolicyNotMet)):
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-30": "企业承诺补交"})


def test_a_principle_is_accepted_with_a_reason_that_stands_for_the_city_too(driver: Driver) -> None:
    """APP-1 co-departments, APP-36 agreement."""
    case_id = driver.submit().case_id
    driver.join(case_id, agreement=False)
    with pytest.raises(PolicyNotMet):
        driver.review(driver.district(), case_id, "approve")
    reasons = {"APP-1": "本次无需会同", "APP-36": "协议正在用印"}
    driver.review(driver.district(), case_id, "approve", accepted=reasons)
    assert driver.review(driver.city(), case_id, "approve").state == "approved"
    found = outcomes(each for decision in driver.case(case_id).decisions for each in decision.findings)
    assert {("APP-1", "accepted"), ("APP-36", "accepted")} <= found


def test_a_principle_of_another_services_decision_is_accepted_too(driver: Driver) -> None:
    driver.neighbours.findings[PROVIDER] = (finding("APP-6", "unmet", "principle"),)
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-6": "已现场核实"})
    provider = next(each for each in driver.case(case_id).decisions if each.subject_id == PROVIDER)
    assert (provider.decision_id, provider.verdict) == (f"decision-{PROVIDER}", "met")
    assert driver.review(driver.city(), case_id, "approve").state == "approved"


def test_a_reason_where_nothing_is_to_be_accepted_is_refused(driver: Driver) -> None:
    case_id = driver.joined()
    with pytest.raises(Conflict, match="APP-36"):
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-36": "不必要的理由"})


def test_a_returned_project_is_decided_anew_under_its_first_day(driver: Driver) -> None:
    """INT-16, X-7."""
    case_id = driver.joined(standard="")
    driver.review(driver.district(), case_id, "return")
    (returned,) = driver.harness.told(contract.CASE_RETURNED)
    assert "APP-30" in returned.reason and returned.station is None
    assert driver.waiting(driver.employer()) == [case_id]

    driver.harness.move_clock(date(2022, 8, 1))
    answer = driver.resubmit(case_id)
    assert (answer.state, answer.station) == ("in_review", "district_review")
    case = driver.case(case_id)
    assert (case.submitted_on, case.plan.standard) == (date(2022, 6, 6), PLAN.standard)
    assert [question.on for question in driver.asked("registry.decide_parties")] == [date(2022, 6, 6)] * 2
    assert ("APP-30", "met") in outcomes(each for decision in case.decisions for each in decision.findings)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.review(driver.city(), case_id, "approve").state == "approved"


def test_reasons_of_an_earlier_round_do_not_count_again(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", accepted={"APP-1": "本次无需会同"})
    driver.review(driver.city(), case_id, "return")
    driver.resubmit(case_id)
    assert len(driver.case(case_id).decisions) == 3  # employer, provider and project, all made anew
    with pytest.raises(PolicyNotMet):
        driver.review(driver.district(), case_id, "approve")


def test_an_approval_does_not_meet_a_case_that_changed_meanwhile(driver: Driver) -> None:
    """The occupation's class was asked about one plan; before it arrives, another plan stands at the same station."""
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)

    def change_meanwhile(_: eligibility.AskOccupation) -> eligibility.OccupationAnswer:
        driver.review(driver.city("officer-3"), case_id, "return")
        driver.resubmit(case_id, occupation="6-31-01-99")
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
        return eligibility.OccupationAnswer("decision-occupation", "shortage", True)

    driver.harness.answers(eligibility.ASK_OCCUPATION, change_meanwhile)
    with pytest.raises(Conflict):
        driver.review(driver.city(), case_id, "approve")
    assert driver.harness.told(contract.PROJECT_APPROVED) == []


def test_the_provider_mends_its_part_of_a_returned_project(driver: Driver) -> None:
    case_id = driver.submit().case_id
    driver.join(case_id, consent="missing")
    driver.review(driver.district(), case_id, "return")
    assert driver.join(case_id).state == "returned"
    driver.resubmit(case_id)
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"


def test_a_rejected_project_moves_no_more(driver: Driver) -> None:
    case_id = driver.joined()
    assert driver.review(driver.district(), case_id, "reject").state == "rejected"
    assert [each.case_id for each in driver.harness.told(contract.CASE_REJECTED)] == [case_id]
    with pytest.raises(Conflict):
        driver.resubmit(case_id)
    with pytest.raises(Conflict):
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_sending_back_needs_words_and_they_stay_on_the_case(driver: Driver, outcome: str) -> None:
    case_id = driver.joined()
    with pytest.raises(InvalidRequest):
        driver.review(driver.district(), case_id, outcome, Opinion("  "))
    driver.review(driver.district(), case_id, outcome, Opinion("请张某某补交材料"))
    assert driver.case(case_id).history[-1].opinion == "请张某某补交材料"
    told = [*driver.harness.told(contract.CASE_RETURNED), *driver.harness.told(contract.CASE_REJECTED)]
    assert [each for each in told if "张某某" in each.reason] == []


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
            driver.provider(ELSEWHERE), contract.JOIN_PROJECT, contract.JoinProject(case_id, "given", True)
        )
    assert driver.asked("registry.decide_parties") == []


def test_an_employer_that_moved_away_since_is_found(driver: Driver) -> None:
    """APP-1, INT-22."""
    case_id = driver.submit().case_id
    driver.neighbours.employer_district = SHUNYI
    driver.join(case_id)
    with pytest.raises(PolicyNotMet) as refused:
        driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert ("APP-1", "unmet") in outcomes(refused.value.details["findings"])


def test_the_city_cannot_take_the_districts_step(driver: Driver) -> None:
    case_id = driver.joined()
    with pytest.raises(NotPermitted):
        driver.review(driver.city(), case_id, "approve", WITH_DEPARTMENTS)


@pytest.mark.parametrize("subject", ["clerk-1", "clerk-2"])
def test_who_applied_does_not_review(driver: Driver, subject: str) -> None:
    """X-5."""
    case_id = driver.joined()
    with pytest.raises(NotPermitted, match="申报"):
        driver.review(driver.district(subject), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.waiting(driver.district(subject)) == []


def test_who_reviewed_for_the_district_does_not_verify_for_the_city(driver: Driver) -> None:
    """X-5."""
    case_id = driver.joined()
    driver.review(driver.district("officer-1"), case_id, "approve", WITH_DEPARTMENTS)
    assert driver.waiting(driver.city("officer-1")) == []
    with pytest.raises(NotPermitted):
        driver.review(driver.city("officer-1"), case_id, "approve")


def test_the_same_officer_reviews_again_what_he_returned(driver: Driver) -> None:
    case_id = driver.joined()
    driver.review(driver.district(), case_id, "return")
    driver.resubmit(case_id)
    assert driver.waiting(driver.district()) == [case_id]
    assert driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"


def test_the_same_request_id_submits_once(driver: Driver) -> None:
    """X-14."""
    request = contract.SubmitProject("apprenticeship", PROVIDER, PLAN, "given")
    twice = [
        driver.harness.call(driver.employer(), contract.SUBMIT_PROJECT, request, request_id="request-1")
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(driver.harness.told(contract.CASE_SUBMITTED)) == 1


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
