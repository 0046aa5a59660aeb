"""APP-24: employer and provider apply, the district reviews, the city verifies; no step skipped, every finding kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from shared.contracts.common import Opinion
from shared.contracts.kernel.decisions import VERIFY_DECISIONS, VerifyDecisions
from shared.contracts.registry import eligibility
from shared.contracts.review import cases as contract
from shared.errors import Conflict, InvalidRequest, NoPolicyInForce, NotFound, NotPermitted, PolicyNotMet
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.review.town import (
    ELSEWHERE,
    EMPLOYER,
    PLAN,
    PROVIDER,
    WITH_DEPARTMENTS,
    Town,
    finding,
    outcomes,
)


def test_a_project_passes_provider_district_and_city(town: Town) -> None:
    case_id = town.submit().case_id
    assert town.case(case_id).state == "awaiting_provider"
    assert town.join(case_id).station == "district_review"
    assert town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"
    town.occupation_class = "shortage"
    answer = town.review(town.city(), case_id, "approve")
    assert (answer.state, answer.station) == ("approved", None)

    (told,) = town.harness.told(contract.PROJECT_APPROVED)
    assert told.project_id == case_id and told.document == answer.document
    assert (told.employer_id, told.provider_id, told.provider_kind) == (EMPLOYER, PROVIDER, "vocational_college")
    assert (told.submitted_on, told.approved_on) == (date(2022, 6, 6), date(2022, 6, 6))
    assert (told.occupation_class, told.plan, told.cooperation_agreement) == ("shortage", PLAN, True)


def test_the_class_of_the_occupation_is_that_of_the_day_of_approval(town: Town) -> None:
    """INT-24."""
    case_id = town.joined()
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert town.asked("registry.ask_occupation") == []
    town.harness.move_clock(date(2022, 6, 20))
    town.review(town.city(), case_id, "approve")
    (question,) = town.asked("registry.ask_occupation")
    assert question.approved_on == date(2022, 6, 20)
    case = town.case(case_id)
    assert (case.submitted_on, case.approved_on, case.occupation_class) == (
        date(2022, 6, 6),
        date(2022, 6, 20),
        "ordinary",
    )


def test_whoever_is_next_is_told_at_every_station(town: Town) -> None:
    town.approved()
    told = town.harness.told(contract.CASE_SUBMITTED)
    assert [each.station for each in told] == [None, "district_review", "city_verification"]


def test_the_history_names_who_did_what_and_the_co_departments(town: Town) -> None:
    case_id = town.approved()
    history = town.case(case_id).history
    assert [(step.number, step.station, step.move, step.by) for step in history] == [
        (1, None, "submit", "clerk-1"),
        (2, None, "join", "clerk-2"),
        (3, "district_review", "approve", "officer-1"),
        (4, "city_verification", "approve", "officer-2"),
    ]
    assert history[2].co_departments == ("区财政局",)


@pytest.mark.parametrize("on", [date(2019, 1, 1), date(2022, 5, 26)])
def test_a_day_without_a_document_is_refused_by_name(new_town: Callable[..., Town], on: date) -> None:
    """X-7."""
    with pytest.raises(NoPolicyInForce, match=str(on)):
        new_town(today=on).submit()


def test_organisations_that_are_not_registered_are_all_named(town: Town) -> None:
    request = contract.SubmitProject("apprenticeship", "org-unknown", PLAN, "given")
    with pytest.raises(InvalidRequest) as refused:
        town.harness.call(town.employer("org-new"), contract.SUBMIT_PROJECT, request)
    assert [field["path"] for field in refused.value.details["fields"]] == ["employer_id", "provider_id"]


def test_an_unmet_must_forbids_approval_with_every_finding(town: Town) -> None:
    """APP-24 consent, APP-30 standard, and what registry found about the provider, all at once."""
    town.findings[PROVIDER] = (finding("APP-6", "unmet"),)
    case_id = town.submit(standard="").case_id
    town.join(case_id, consent="missing")
    with pytest.raises(PolicyNotMet) as refused:
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    unmet = {rule for rule, outcome in outcomes(refused.value.details["findings"]) if outcome == "unmet"}
    assert unmet == {"APP-6", "APP-24", "APP-30"}
    assert town.case(case_id).station == "district_review"


def test_a_must_cannot_be_accepted_with_a_reason(town: Town) -> None:
    case_id = town.joined(standard="")
    with pytest.raises((Conflict, PolicyNotMet)):
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-30": "企业承诺补交"})


def test_a_principle_is_accepted_with_a_reason_that_stands_for_the_city_too(town: Town) -> None:
    """APP-1 co-departments, APP-36 agreement."""
    case_id = town.submit().case_id
    town.join(case_id, agreement=False)
    with pytest.raises(PolicyNotMet):
        town.review(town.district(), case_id, "approve")
    reasons = {"APP-1": "本次无需会同", "APP-36": "协议正在用印"}
    town.review(town.district(), case_id, "approve", accepted=reasons)
    assert town.review(town.city(), case_id, "approve").state == "approved"
    found = outcomes(each for decision in town.case(case_id).decisions for each in decision.findings)
    assert {("APP-1", "accepted"), ("APP-36", "accepted")} <= found


def test_a_principle_of_another_services_decision_is_accepted_too(town: Town) -> None:
    town.findings[PROVIDER] = (finding("APP-6", "unmet", "principle"),)
    case_id = town.joined()
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-6": "已现场核实"})
    provider = next(each for each in town.case(case_id).decisions if each.subject_id == PROVIDER)
    assert (provider.decision_id, provider.verdict) == (f"decision-{PROVIDER}", "met")
    assert town.review(town.city(), case_id, "approve").state == "approved"


def test_a_reason_where_nothing_is_to_be_accepted_is_refused(town: Town) -> None:
    case_id = town.joined()
    with pytest.raises(Conflict, match="APP-36"):
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS, accepted={"APP-36": "不必要的理由"})


def test_a_returned_project_is_decided_anew_under_its_first_day(town: Town) -> None:
    """INT-16, X-7."""
    case_id = town.joined(standard="")
    town.review(town.district(), case_id, "return")
    (returned,) = town.harness.told(contract.CASE_RETURNED)
    assert "APP-30" in returned.reason and returned.station is None
    assert town.waiting(town.employer()) == [case_id]

    town.harness.move_clock(date(2022, 8, 1))
    answer = town.resubmit(case_id)
    assert (answer.state, answer.station) == ("in_review", "district_review")
    case = town.case(case_id)
    assert (case.submitted_on, case.plan.standard) == (date(2022, 6, 6), PLAN.standard)
    assert [question.on for question in town.asked("registry.decide_parties")] == [date(2022, 6, 6)] * 2
    assert ("APP-30", "met") in outcomes(each for decision in case.decisions for each in decision.findings)
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert town.review(town.city(), case_id, "approve").state == "approved"


def test_reasons_of_an_earlier_round_do_not_count_again(town: Town) -> None:
    case_id = town.joined()
    town.review(town.district(), case_id, "approve", accepted={"APP-1": "本次无需会同"})
    town.review(town.city(), case_id, "return")
    town.resubmit(case_id)
    assert len(town.case(case_id).decisions) == 3  # employer, provider and project, all made anew
    with pytest.raises(PolicyNotMet):
        town.review(town.district(), case_id, "approve")


def test_an_approval_does_not_meet_a_case_that_changed_meanwhile(town: Town) -> None:
    """The occupation's class was asked about one plan; before it arrives, another plan stands at the same station."""
    case_id = town.joined()
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)

    def change_meanwhile(_: eligibility.AskOccupation) -> eligibility.OccupationAnswer:
        town.review(town.city("officer-3"), case_id, "return")
        town.resubmit(case_id, occupation="6-31-01-99")
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
        return eligibility.OccupationAnswer("decision-occupation", "shortage", True)

    town.harness.answers(eligibility.ASK_OCCUPATION, change_meanwhile)
    with pytest.raises(Conflict):
        town.review(town.city(), case_id, "approve")
    assert town.harness.told(contract.PROJECT_APPROVED) == []


def test_the_provider_mends_its_part_of_a_returned_project(town: Town) -> None:
    case_id = town.submit().case_id
    town.join(case_id, consent="missing")
    town.review(town.district(), case_id, "return")
    assert town.join(case_id).state == "returned"
    town.resubmit(case_id)
    assert town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"


def test_a_rejected_project_moves_no_more(town: Town) -> None:
    case_id = town.joined()
    assert town.review(town.district(), case_id, "reject").state == "rejected"
    assert [each.case_id for each in town.harness.told(contract.CASE_REJECTED)] == [case_id]
    with pytest.raises(Conflict):
        town.resubmit(case_id)
    with pytest.raises(Conflict):
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_sending_back_needs_words_and_they_stay_on_the_case(town: Town, outcome: str) -> None:
    case_id = town.joined()
    with pytest.raises(InvalidRequest):
        town.review(town.district(), case_id, outcome, Opinion("  "))
    town.review(town.district(), case_id, outcome, Opinion("请张某某补交材料"))
    assert town.case(case_id).history[-1].opinion == "请张某某补交材料"
    told = [*town.harness.told(contract.CASE_RETURNED), *town.harness.told(contract.CASE_REJECTED)]
    assert [each for each in told if "张某某" in each.reason] == []


def test_nothing_but_joining_happens_before_the_provider_joins(town: Town) -> None:
    case_id = town.submit().case_id
    assert town.waiting(town.provider()) == [case_id]
    for official in (town.district(), town.city()):
        with pytest.raises(NotFound):
            town.case(case_id, official)
    with pytest.raises(Conflict):
        town.resubmit(case_id)
    town.join(case_id)
    assert town.waiting(town.provider()) == []
    with pytest.raises(Conflict):
        town.join(case_id)


# --- jurisdiction and persons ------------------------------------------------------------------------------------


def test_another_district_knows_nothing_of_the_case(town: Town) -> None:
    """APP-1."""
    case_id = town.joined()
    with pytest.raises(NotFound):
        town.case(case_id, town.district("officer-9", SHUNYI))
    with pytest.raises(NotFound):
        town.review(town.district("officer-9", SHUNYI), case_id, "approve", WITH_DEPARTMENTS)
    assert town.waiting(town.district("officer-9", SHUNYI)) == []


def test_another_employer_or_provider_knows_nothing_of_the_case(town: Town) -> None:
    case_id = town.submit().case_id
    for stranger in (town.employer(ELSEWHERE), town.provider(ELSEWHERE)):
        with pytest.raises(NotFound):
            town.case(case_id, stranger)
    with pytest.raises(NotFound):
        town.harness.call(town.provider(ELSEWHERE), contract.JOIN_PROJECT, contract.JoinProject(case_id, "given", True))
    assert town.asked("registry.decide_parties") == []


def test_an_employer_that_moved_away_since_is_found(town: Town) -> None:
    """APP-1, INT-22."""
    case_id = town.submit().case_id
    town.employer_district = SHUNYI
    town.join(case_id)
    with pytest.raises(PolicyNotMet) as refused:
        town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert ("APP-1", "unmet") in outcomes(refused.value.details["findings"])


def test_the_city_cannot_take_the_districts_step(town: Town) -> None:
    case_id = town.joined()
    with pytest.raises(NotPermitted):
        town.review(town.city(), case_id, "approve", WITH_DEPARTMENTS)


@pytest.mark.parametrize("subject", ["clerk-1", "clerk-2"])
def test_who_applied_does_not_review(town: Town, subject: str) -> None:
    """X-5."""
    case_id = town.joined()
    with pytest.raises(NotPermitted, match="申报"):
        town.review(town.district(subject), case_id, "approve", WITH_DEPARTMENTS)
    assert town.waiting(town.district(subject)) == []


def test_who_reviewed_for_the_district_does_not_verify_for_the_city(town: Town) -> None:
    """X-5."""
    case_id = town.joined()
    town.review(town.district("officer-1"), case_id, "approve", WITH_DEPARTMENTS)
    assert town.waiting(town.city("officer-1")) == []
    with pytest.raises(NotPermitted):
        town.review(town.city("officer-1"), case_id, "approve")


def test_the_same_officer_reviews_again_what_he_returned(town: Town) -> None:
    case_id = town.joined()
    town.review(town.district(), case_id, "return")
    town.resubmit(case_id)
    assert town.waiting(town.district()) == [case_id]
    assert town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS).station == "city_verification"


def test_the_same_request_id_submits_once(town: Town) -> None:
    """X-14."""
    request = contract.SubmitProject("apprenticeship", PROVIDER, PLAN, "given")
    twice = [
        town.harness.call(town.employer(), contract.SUBMIT_PROJECT, request, request_id="request-1") for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(town.harness.told(contract.CASE_SUBMITTED)) == 1


# --- what is kept ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "advised"), [(date(2024, 11, 25), False), (date(2024, 11, 26), True)])
def test_the_reported_repeal_is_advice_on_the_case_from_its_day(town: Town, on: date, advised: bool) -> None:
    town.harness.move_clock(on)
    case_id = town.joined()
    found = outcomes(each for decision in town.case(case_id).decisions for each in decision.findings)
    assert (("X-7", "advice") in found) == advised
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert town.review(town.city(), case_id, "approve").state == "approved"


def test_stored_decisions_are_decided_again_to_the_same(town: Town) -> None:
    """X-6."""
    case_id = town.submit().case_id
    town.join(case_id, agreement=False)
    town.review(town.district(), case_id, "approve", accepted={"APP-1": "无需会同", "APP-36": "正在用印"})
    auditor = town.harness.speaker(Role.AUDITOR, "auditor-1")
    verified = town.harness.call(auditor, VERIFY_DECISIONS["review"], VerifyDecisions())
    assert (verified.verified, verified.differing) == (3, ())


def test_registry_is_asked_about_the_day_of_the_application(town: Town) -> None:
    """INT-25."""
    case_id = town.submit().case_id
    town.harness.move_clock(date(2022, 7, 1))
    town.join(case_id)
    (question,) = town.asked("registry.decide_parties")
    assert isinstance(question, eligibility.DecideParties)
    assert (question.on, question.occupation) == (date(2022, 6, 6), PLAN.occupation)
