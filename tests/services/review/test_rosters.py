"""APP-24: apprentices sign up for an approved project; the district accepts or refuses them one by one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.review import cases as contract
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, PolicyNotMet, SkillsError
from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.review.town import ELSEWHERE, EMPLOYER, WITH_DEPARTMENTS, Town, finding, outcomes


def people(count: int) -> list[str]:
    return [f"person-{number:05}" for number in range(1, count + 1)]


def test_the_district_accepts_those_who_meet_every_clause(town: Town) -> None:
    project_id = town.approved()
    town.findings["person-00002"] = (finding("APP-2", "unmet"),)
    roster = town.sign_up(project_id, people(3))
    assert (roster.state, roster.station) == ("in_review", "district_review")
    assert [(row.outcome, row.message is None) for row in roster.rows] == [
        ("accepted", True),
        ("accepted", False),
        ("accepted", True),
    ]

    assert town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS).state == "approved"
    (told,) = town.harness.told(contract.ROSTER_APPROVED)
    assert told.person_ids == ("person-00001", "person-00003")
    assert (told.project_id, told.part, told.parts) == (project_id, 1, 1)
    case = town.case(roster.case_id)
    assert case.persons_accepted == told.person_ids
    ((refused, reason),) = ((each.person_id, each.reason) for each in case.persons_refused)
    assert refused == "person-00002" and "APP-2" in reason


def test_registry_decides_for_the_enrolment_and_the_term_of_the_plan(town: Town) -> None:
    project_id = town.approved()
    town.funded = (eligibility.Funded("person-00001", "6-31-01-02", "advanced"),)
    town.sign_up(project_id, people(1))
    (question,) = town.asked("registry.decide_apprentices")
    assert (question.on, question.enrolment_on, question.training_ends_on) == (
        date(2022, 6, 6),
        date(2022, 7, 1),
        date(2024, 6, 30),
    )
    assert (question.employer_id, question.level, question.funded) == (EMPLOYER, "advanced", town.funded)


def test_a_late_roster_is_judged_for_the_day_it_comes(town: Town) -> None:
    project_id = town.approved()
    town.harness.move_clock(date(2022, 9, 15))
    town.sign_up(project_id, people(1))
    (question,) = town.asked("registry.decide_apprentices")
    assert (question.enrolment_on, question.training_ends_on) == (date(2022, 9, 15), date(2024, 9, 14))


def test_a_principle_of_people_is_accepted_with_a_reason(town: Town) -> None:
    project_id = town.approved()
    town.findings["person-00001"] = (finding("APP-2", "unmet", "principle"),)
    first = town.sign_up(project_id, people(2))
    reasons = {"APP-2": "已核对原件"}
    town.review(town.district(), first.case_id, "approve", WITH_DEPARTMENTS, accepted=reasons)
    (told,) = town.harness.told(contract.ROSTER_APPROVED)
    assert told.person_ids == ("person-00001", "person-00002")
    decisions = {each.subject_id: each for each in town.case(first.case_id).decisions}
    assert outcomes(decisions["person-00001"].findings) == {("APP-2", "accepted")}


def test_without_the_reason_those_people_are_refused(town: Town) -> None:
    project_id = town.approved()
    town.findings["person-00001"] = (finding("APP-2", "unmet", "principle"),)
    roster = town.sign_up(project_id, people(2))
    town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    assert town.case(roster.case_id).persons_accepted == ("person-00002",)


def test_the_officer_refuses_a_person_with_a_reason(town: Town) -> None:
    roster = town.sign_up(town.approved(), people(2))
    town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS, refused={"person-00001": "人已离职"})
    case = town.case(roster.case_id)
    assert case.persons_accepted == ("person-00002",)
    assert case.persons_refused == (contract.RefusedPerson("person-00001", "人已离职"),)


def test_the_officer_refuses_only_people_of_the_roster(town: Town) -> None:
    roster = town.sign_up(town.approved(), people(1))
    with pytest.raises(InvalidRequest):
        town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS, refused={"person-99999": "不在名单"})


def test_a_roster_that_nobody_passes_is_not_approved(town: Town) -> None:
    town.findings["person-00001"] = (finding("APP-2", "unmet"),)
    roster = town.sign_up(town.approved(), people(1))
    with pytest.raises(Conflict):
        town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    assert town.harness.told(contract.ROSTER_APPROVED) == []


def test_the_roster_review_records_the_co_departments_too(town: Town) -> None:
    """APP-1."""
    roster = town.sign_up(town.approved(), people(1))
    with pytest.raises(PolicyNotMet) as refused:
        town.review(town.district(), roster.case_id, "approve")
    assert ("APP-1", "unmet") in outcomes(refused.value.details["findings"])
    assert town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_a_person_without_a_decision_leaves_the_roster_unapproved(town: Town) -> None:
    """APP-24: a finding for each. Registry answers about somebody else only."""
    project_id = town.approved()
    town.harness.answers(eligibility.DECIDE_APPRENTICES, lambda _: eligibility.ApprenticesDecided(()))
    with pytest.raises(InvalidRequest) as refused:
        town.sign_up(project_id, people(1))
    assert [field["path"] for field in refused.value.details["fields"]] == ["rows[0].person_id"]


def test_strangers_to_the_employer_are_refused_by_row_and_the_others_stand(town: Town) -> None:
    """Registry refuses a question about strangers whole, naming each by its place."""
    project_id = town.approved()
    decided = town.harness.neighbours["registry.decide_apprentices"]

    def refuse_strangers(request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        places = [place for place, person in enumerate(request.person_ids) if person.startswith("stranger")]
        if places:
            raise InvalidRequest.of(*((f"person_ids[{place}]", "没有登记") for place in places))
        answer: eligibility.ApprenticesDecided = decided(request)
        return answer

    town.harness.answers(eligibility.DECIDE_APPRENTICES, refuse_strangers)
    roster = town.sign_up(project_id, ["stranger-1", "person-00001", "stranger-2"])
    assert [row.outcome for row in roster.rows] == ["refused", "accepted", "refused"]
    with pytest.raises(InvalidRequest):
        town.sign_up(project_id, ["stranger-1"])


# --- rows --------------------------------------------------------------------------------------------------------


def test_duplicates_inside_a_roster_are_refused_and_the_others_stand(town: Town) -> None:
    roster = town.sign_up(town.approved(), ["person-00001", "person-00002", "person-00001"])
    assert [(row.row, row.outcome) for row in roster.rows] == [(1, "accepted"), (2, "accepted"), (3, "refused")]
    assert "第 1 行" in (roster.rows[2].message or "")


@pytest.mark.parametrize("reviewed", [False, True])
def test_a_person_stands_on_one_roster_of_a_project(town: Town, reviewed: bool) -> None:
    project_id = town.approved()
    first = town.sign_up(project_id, people(1))
    if reviewed:
        town.review(town.district(), first.case_id, "approve", WITH_DEPARTMENTS)
    second = town.sign_up(project_id, people(2))
    assert [row.outcome for row in second.rows] == ["refused", "accepted"]
    assert "名单中" in (second.rows[0].message or "")
    with pytest.raises(InvalidRequest):
        town.sign_up(project_id, people(2))


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_people_of_a_roster_sent_back_may_sign_up_again(town: Town, outcome: str) -> None:
    project_id = town.approved()
    first = town.sign_up(project_id, people(1))
    town.review(town.district(), first.case_id, outcome)
    second = town.sign_up(project_id, people(1))
    assert town.review(town.district(), second.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_somebody_refused_may_sign_up_again_after_the_cure(town: Town) -> None:
    project_id = town.approved()
    town.findings["person-00002"] = (finding("APP-2", "unmet"),)
    town.review(town.district(), town.sign_up(project_id, people(2)).case_id, "approve", WITH_DEPARTMENTS)
    town.findings.clear()
    again = town.sign_up(project_id, people(2))
    assert [row.outcome for row in again.rows] == ["refused", "accepted"]
    town.review(town.district(), again.case_id, "approve", WITH_DEPARTMENTS)
    assert town.case(again.case_id).persons_accepted == ("person-00002",)


def test_who_signed_up_elsewhere_while_registry_was_asked_is_refused_by_row(town: Town) -> None:
    project_id = town.approved()
    decided = town.harness.neighbours["registry.decide_apprentices"]

    def sign_up_meanwhile(request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        town.harness.neighbours["registry.decide_apprentices"] = decided
        town.sign_up(project_id, people(1))
        answer: eligibility.ApprenticesDecided = decided(request)
        return answer

    town.harness.answers(eligibility.DECIDE_APPRENTICES, sign_up_meanwhile)
    assert [row.outcome for row in town.sign_up(project_id, people(2)).rows] == ["refused", "accepted"]


def test_two_rosters_with_one_person_at_the_same_moment_leave_one(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    town = Town.on(make_database("review", "postgresql").url, tmp_path)
    project_id = town.approved()

    def attempt(_: int) -> str:
        try:
            return town.sign_up(project_id, people(1)).case_id
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(24)))
    assert len([result for result in results if result not in ("conflict", "invalid_request")]) == 1
    town.harness.close()


def test_two_officers_at_the_same_moment_take_one_step(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    town = Town.on(make_database("review", "postgresql").url, tmp_path)
    roster = town.sign_up(town.approved(), people(3))

    def attempt(number: int) -> str:
        try:
            officer = town.district(f"officer-{number + 10}")
            return town.review(officer, roster.case_id, "approve", WITH_DEPARTMENTS).state
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = sorted(pool.map(attempt, range(8)))
    assert results == ["approved"] + ["conflict"] * 7
    assert len(town.harness.told(contract.ROSTER_APPROVED)) == 1
    town.harness.close()


def test_a_large_roster_is_told_in_parts_and_read_in_pages(town: Town) -> None:
    roster = town.sign_up(town.approved(head_count=2001), people(2001))
    town.review(town.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    told = town.harness.told(contract.ROSTER_APPROVED)
    assert [(each.part, each.parts, len(each.person_ids)) for each in told] == [(1, 3, 1000), (2, 3, 1000), (3, 3, 1)]
    assert [person for each in told for person in each.person_ids] == people(2001)

    seen, cursor = [], None
    while True:
        page = town.case(roster.case_id, cursor=cursor)
        seen += [each.subject_id for each in page.decisions if each.subject_id != roster.case_id]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == people(2001)


# --- who may -----------------------------------------------------------------------------------------------------


def test_a_roster_needs_an_approved_project(town: Town) -> None:
    with pytest.raises(Conflict):
        town.sign_up(town.joined(), people(1))


def test_a_roster_is_signed_up_for_a_project_of_ones_own(town: Town) -> None:
    project_id = town.approved()
    request = contract.SubmitRoster(project_id, (contract.RosterRow(1, "person-00001"),))
    with pytest.raises(NotFound):
        town.harness.call(town.employer(ELSEWHERE), contract.SUBMIT_ROSTER, request)
    with pytest.raises(NotPermitted):
        town.harness.call(town.employer("org-provider"), contract.SUBMIT_ROSTER, request)
    assert town.asked("registry.decide_apprentices") == []


def test_a_roster_is_no_project(town: Town) -> None:
    roster = town.sign_up(town.approved(), people(1))
    town.review(town.district(), roster.case_id, "return")
    with pytest.raises(InvalidRequest):
        town.resubmit(roster.case_id)
    with pytest.raises(InvalidRequest):
        town.sign_up(roster.case_id, people(1))


@pytest.mark.parametrize("subject", ["clerk-1", "clerk-2"])
def test_who_signed_up_or_applied_for_the_project_does_not_review_the_roster(town: Town, subject: str) -> None:
    """X-5."""
    roster = town.sign_up(town.approved(), people(1))
    with pytest.raises(NotPermitted):
        town.review(town.district(subject), roster.case_id, "approve", WITH_DEPARTMENTS)


def test_the_officer_of_the_project_may_review_its_roster(town: Town) -> None:
    roster = town.sign_up(town.approved(), people(1))
    assert town.waiting(town.district("officer-1")) == [roster.case_id]
    town.review(town.district("officer-1"), roster.case_id, "approve", WITH_DEPARTMENTS)


def test_another_district_does_not_review_the_roster(town: Town) -> None:
    roster = town.sign_up(town.approved(), people(1))
    with pytest.raises(NotFound):
        town.review(town.district("officer-9", SHUNYI), roster.case_id, "approve", WITH_DEPARTMENTS)
