"""One review step: who may take it (APP-24, X-5), what forbids it, what reasons accept, what sending back does."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.common import Opinion
from shared.contracts.registry import eligibility
from shared.contracts.review import cases
from shared.errors import Conflict, InvalidRequest, NotPermitted, PolicyNotMet
from tests.services.harness import SHUNYI
from tests.services.review.driver import WITH_DEPARTMENTS, Driver, outcomes
from tests.services.review.neighbours import PROVIDER, finding


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
    assert driver.harness.told(cases.PROJECT_APPROVED) == []


def test_a_rejected_project_moves_no_more(driver: Driver) -> None:
    case_id = driver.joined()
    assert driver.review(driver.district(), case_id, "reject").state == "rejected"
    assert [each.case_id for each in driver.harness.told(cases.CASE_REJECTED)] == [case_id]
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
    told = [*driver.harness.told(cases.CASE_RETURNED), *driver.harness.told(cases.CASE_REJECTED)]
    assert [each for each in told if "张某某" in each.reason] == []


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
