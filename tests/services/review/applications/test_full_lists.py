"""A roster of five thousand: signed up, judged and shown within what a message may hold."""

from __future__ import annotations

from dataclasses import replace

from shared.contracts.registry import eligibility
from shared.contracts.review import applications, cases
from shared.contracts.schema.shapes import ROWS_PER_CALL
from tests.services.full_lists import answered, ids, rows_answered
from tests.services.review.driver import WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import finding

LONG = "没有有效的劳动合同，请先签订一年以上的劳动合同并补录；" * 2


def submitted(driver: Driver, project_id: str, people: list[str]) -> applications.SubmitRoster:
    rows = (applications.RosterRow(number, person) for number, person in enumerate([*people, people[0]], start=1))
    return applications.SubmitRoster(project_id, tuple(rows))


def test_a_roster_of_five_thousand_is_asked_about_in_slices_and_answered_row_by_row(driver: Driver) -> None:
    project_id = driver.approved(head_count=ROWS_PER_CALL)
    people = ids(ROWS_PER_CALL - 1)
    long = replace(finding("APP-2", "unmet"), message=LONG)
    driver.neighbours.findings = dict.fromkeys(people, (long,) * 7)
    request = submitted(driver, project_id, people)
    rows = rows_answered(driver.harness, driver.employer(), applications.SUBMIT_ROSTER, request)
    assert {row["outcome"] for row in rows[:-1]} == {"accepted"}
    asked = [len(question.person_ids) for question in driver.asked("registry.decide_apprentices")]
    assert (sum(asked), max(asked)) == (ROWS_PER_CALL - 1, eligibility.DECISIONS_PER_CALL)


def test_whom_a_slice_was_funded_for_is_asked_with_that_slice(driver: Driver) -> None:
    people = ids(eligibility.DECISIONS_PER_CALL + 1)
    first, last = people[0], people[-1]
    driver.neighbours.funded = tuple(eligibility.Funded(one, "6-31-01-02", "advanced") for one in (first, last))
    driver.sign_up(driver.approved(head_count=ROWS_PER_CALL), people)
    asked = [[one.person_id for one in question.funded] for question in driver.asked("registry.decide_apprentices")]
    assert asked == [[first], [last]]


def test_a_roster_of_five_thousand_is_judged_and_shown_page_by_page(driver: Driver) -> None:
    project_id = driver.approved(head_count=ROWS_PER_CALL)
    people = ids(ROWS_PER_CALL - 1)
    case_id = answered(
        driver.harness, driver.employer(), applications.SUBMIT_ROSTER, submitted(driver, project_id, people)
    )["case_id"]
    refusals = tuple(cases.RefusedPerson(person, LONG) for person in people[1:])
    request = applications.ReviewCase(case_id, "approve", WITH_DEPARTMENTS, persons_refused=refusals)
    answered(driver.harness, driver.district(), applications.REVIEW_CASE, request)
    shown, cursor = 0, None
    while True:
        page = answered(driver.harness, driver.employer(), cases.GET_CASE, cases.GetCase(case_id, cursor))
        shown += sum(one["subject_id"] in set(people) for one in page["decisions"])
        cursor = page["cursor"]
        if cursor is None:
            break
    assert shown == len(people)
    assert page["persons_accepted"] == people[:1]
    assert len(page["persons_refused"]) == len(people) - 1
