"""APP-24: apprentices sign up for an approved project; each row is answered, nobody stands on two rosters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.review import applications, cases
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted, SkillsError
from tests.conftest import MadeDatabase
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE, EMPLOYER, finding, people


def test_registry_decides_for_the_enrolment_and_the_term_of_the_plan(driver: Driver) -> None:
    project_id = driver.approved()
    driver.neighbours.funded = (eligibility.Funded("person-00001", "6-31-01-02", "advanced"),)
    driver.sign_up(project_id, people(1))
    (question,) = driver.asked("registry.decide_apprentices")
    assert (question.on, question.enrolment_on, question.training_ends_on) == (
        date(2022, 6, 6),
        date(2022, 7, 1),
        date(2024, 6, 30),
    )
    assert (question.employer_id, question.level, question.funded) == (EMPLOYER, "advanced", driver.neighbours.funded)


def test_a_late_roster_is_judged_for_the_day_it_comes(driver: Driver) -> None:
    project_id = driver.approved()
    driver.harness.move_clock(date(2022, 9, 15))
    driver.sign_up(project_id, people(1))
    (question,) = driver.asked("registry.decide_apprentices")
    assert (question.enrolment_on, question.training_ends_on) == (date(2022, 9, 15), date(2024, 9, 14))


def test_training_from_29_february_is_judged_to_28_february(driver: Driver) -> None:
    project_id = driver.approved()
    driver.harness.move_clock(date(2024, 2, 29))
    driver.sign_up(project_id, people(1))
    (question,) = driver.asked("registry.decide_apprentices")
    assert (question.enrolment_on, question.training_ends_on) == (date(2024, 2, 29), date(2026, 2, 28))


def test_strangers_to_the_employer_are_refused_by_row_and_the_others_stand(driver: Driver) -> None:
    """Registry refuses a question about strangers whole, naming each by its place."""
    project_id = driver.approved()
    decided = driver.harness.neighbours["registry.decide_apprentices"]

    def refuse_strangers(request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        places = [place for place, person in enumerate(request.person_ids) if person.startswith("stranger")]
        if places:
            raise InvalidRequest.of(*((f"person_ids[{place}]", "没有登记") for place in places))
        answer: eligibility.ApprenticesDecided = decided(request)
        return answer

    driver.harness.answers(eligibility.DECIDE_APPRENTICES, refuse_strangers)
    roster = driver.sign_up(project_id, ["stranger-1", "person-00001", "stranger-2"])
    assert [row.outcome for row in roster.rows] == ["refused", "accepted", "refused"]
    with pytest.raises(InvalidRequest):
        driver.sign_up(project_id, ["stranger-1"])


# --- rows --------------------------------------------------------------------------------------------------------


def test_duplicates_inside_a_roster_are_refused_and_the_others_stand(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), ["person-00001", "person-00002", "person-00001"])
    assert [(row.row, row.outcome) for row in roster.rows] == [(1, "accepted"), (2, "accepted"), (3, "refused")]
    assert "第 1 行" in (roster.rows[2].message or "")


@pytest.mark.parametrize("reviewed", [False, True])
def test_a_person_stands_on_one_roster_of_a_project(driver: Driver, reviewed: bool) -> None:
    project_id = driver.approved()
    first = driver.sign_up(project_id, people(1))
    if reviewed:
        driver.review(driver.district(), first.case_id, "approve", WITH_DEPARTMENTS)
    second = driver.sign_up(project_id, people(2))
    assert [row.outcome for row in second.rows] == ["refused", "accepted"]
    assert "名单中" in (second.rows[0].message or "")
    with pytest.raises(InvalidRequest):
        driver.sign_up(project_id, people(2))


def test_somebody_whose_enrolment_has_ended_is_reviewed_anew(driver: Driver) -> None:
    """INT-90: a roster of their own, and their place in the plan is theirs again."""
    project_id = driver.approved()
    first = driver.sign_up(project_id, people(2))
    driver.review(driver.district(), first.case_id, "approve", WITH_DEPARTMENTS)
    driver.neighbours.gone = ("person-00001",)
    second = driver.sign_up(project_id, people(2))
    assert [row.outcome for row in second.rows] == ["accepted", "refused"]
    assert driver.case(first.case_id).persons_accepted == ("person-00001", "person-00002")
    driver.review(driver.district(), second.case_id, "approve", WITH_DEPARTMENTS)
    assert driver.case(second.case_id).persons_accepted == ("person-00001",)


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_people_of_a_roster_sent_back_may_sign_up_again(driver: Driver, outcome: str) -> None:
    project_id = driver.approved()
    first = driver.sign_up(project_id, people(1))
    driver.review(driver.district(), first.case_id, outcome)
    second = driver.sign_up(project_id, people(1))
    assert driver.review(driver.district(), second.case_id, "approve", WITH_DEPARTMENTS).state == "approved"


def test_somebody_refused_may_sign_up_again_after_the_cure(driver: Driver) -> None:
    project_id = driver.approved()
    driver.neighbours.findings["person-00002"] = (finding("APP-2", "unmet"),)
    driver.review(driver.district(), driver.sign_up(project_id, people(2)).case_id, "approve", WITH_DEPARTMENTS)
    driver.neighbours.findings.clear()
    again = driver.sign_up(project_id, people(2))
    assert [row.outcome for row in again.rows] == ["refused", "accepted"]
    driver.review(driver.district(), again.case_id, "approve", WITH_DEPARTMENTS)
    assert driver.case(again.case_id).persons_accepted == ("person-00002",)


def test_who_signed_up_elsewhere_while_registry_was_asked_is_refused_by_row(driver: Driver) -> None:
    project_id = driver.approved()
    decided = driver.harness.neighbours["registry.decide_apprentices"]

    def sign_up_meanwhile(request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        driver.harness.neighbours["registry.decide_apprentices"] = decided
        driver.sign_up(project_id, people(1))
        answer: eligibility.ApprenticesDecided = decided(request)
        return answer

    driver.harness.answers(eligibility.DECIDE_APPRENTICES, sign_up_meanwhile)
    assert [row.outcome for row in driver.sign_up(project_id, people(2)).rows] == ["refused", "accepted"]


def test_two_rosters_with_one_person_at_the_same_moment_leave_one(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    project_id = driver.approved()

    def attempt(_: int) -> str:
        try:
            return driver.sign_up(project_id, people(1)).case_id
        except SkillsError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(24)))
    assert len([result for result in results if result not in ("conflict", "invalid_request")]) == 1
    driver.harness.close()


def test_a_large_roster_is_told_in_parts_and_read_in_pages(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(head_count=2001), people(2001))
    driver.review(driver.district(), roster.case_id, "approve", WITH_DEPARTMENTS)
    told = driver.harness.told(cases.ROSTER_APPROVED)
    assert [(each.part, each.parts, len(each.person_ids)) for each in told] == [(1, 3, 1000), (2, 3, 1000), (3, 3, 1)]
    assert [person for each in told for person in each.person_ids] == people(2001)

    seen, cursor = [], None
    while True:
        page = driver.case(roster.case_id, cursor=cursor)
        seen += [each.subject_id for each in page.decisions if each.subject_id != roster.case_id]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == people(2001)


# --- who may -----------------------------------------------------------------------------------------------------


def test_a_roster_needs_an_approved_project(driver: Driver) -> None:
    with pytest.raises(Conflict):
        driver.sign_up(driver.joined(), people(1))


def test_a_roster_is_signed_up_for_a_project_of_ones_own(driver: Driver) -> None:
    project_id = driver.approved()
    request = applications.SubmitRoster(project_id, (applications.RosterRow(1, "person-00001"),))
    with pytest.raises(NotFound):
        driver.harness.call(driver.employer(ELSEWHERE), applications.SUBMIT_ROSTER, request)
    with pytest.raises(NotPermitted):
        driver.harness.call(driver.employer("org-provider"), applications.SUBMIT_ROSTER, request)
    assert driver.asked("registry.decide_apprentices") == []


def test_a_roster_is_no_project(driver: Driver) -> None:
    roster = driver.sign_up(driver.approved(), people(1))
    driver.review(driver.district(), roster.case_id, "return")
    with pytest.raises(InvalidRequest):
        driver.resubmit(roster.case_id)
    with pytest.raises(InvalidRequest):
        driver.sign_up(roster.case_id, people(1))
