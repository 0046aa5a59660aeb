"""Everybody sees what he has to do next, and nothing that others have to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.contracts.common import ListWaiting, WaitingItem
from shared.contracts.review import cases
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.review.driver import APPLIED_ON, DAY, WITH_DEPARTMENTS, Driver
from tests.services.review.neighbours import ELSEWHERE


def items(driver: Driver, speaker: Speaker) -> tuple[WaitingItem, ...]:
    return driver.harness.call(speaker, cases.LIST_WAITING, ListWaiting()).items


def waits(driver: Driver, speaker: Speaker) -> list[tuple[str, str]]:
    return [(item.kind, item.id) for item in items(driver, speaker)]


def test_a_project_waits_for_provider_district_city_and_employer_in_turn(driver: Driver) -> None:
    case_id = driver.submit().case_id
    assert waits(driver, driver.provider()) == [("project_to_join", case_id)]
    assert waits(driver, driver.district()) == []
    driver.join(case_id)
    assert waits(driver, driver.provider()) == []
    (item,) = items(driver, driver.district())
    assert (item.kind, item.id, item.project_id) == ("case_to_review", case_id, case_id)
    assert (item.title, item.district, item.since, item.due_on) == ("项目申请：区级审核", "110105", APPLIED_ON, None)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert waits(driver, driver.district("officer-7")) == []
    assert [item.title for item in items(driver, driver.city())] == ["项目申请：市级复核"]
    driver.review(driver.city(), case_id, "return")
    assert waits(driver, driver.employer()) == [("project_to_mend", case_id)]
    assert waits(driver, driver.city()) == []


def test_a_roster_waits_for_the_district_and_not_for_who_applied(driver: Driver) -> None:
    """X-5: the person who applied for the project, or joined it, holds an officer's token too."""
    roster = driver.sign_up(driver.approved(), ["person-1"]).case_id
    assert waits(driver, driver.district()) == [("case_to_review", roster)]
    for applicant in ("clerk-1", "clerk-2"):
        assert waits(driver, driver.district(applicant)) == []


def test_a_case_waits_since_it_came_to_where_it_is(driver: Driver) -> None:
    case_id = driver.joined()
    driver.harness.move_clock(APPLIED_ON + 3 * DAY)
    driver.review(driver.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert [item.since for item in items(driver, driver.city())] == [APPLIED_ON + 3 * DAY]


def test_a_summons_waits_for_one_side_after_the_other(driver: Driver) -> None:
    project_id = driver.approved()
    summons_id = driver.summon(project_id)
    district, city, employer = driver.district("officer-7"), driver.city("officer-8"), driver.employer()

    def now() -> tuple[list[str], list[str], list[str]]:
        kinds = [[kind for kind, _ in waits(driver, speaker)] for speaker in (district, city, employer)]
        return kinds[0], kinds[1], kinds[2]

    assert now() == (["interview_to_record"], [], ["interview_to_attend"])
    assert items(driver, employer)[0].due_on == APPLIED_ON
    driver.interview(summons_id, "agreed")
    assert now() == (["remedy_to_see"], [], ["remedy_due"])
    assert items(driver, employer)[0].due_on == APPLIED_ON + 30 * DAY
    driver.harness.move_clock(APPLIED_ON + 30 * DAY)
    assert now() == (["remedy_to_see"], [], ["remedy_due"])
    driver.harness.move_clock(APPLIED_ON + 31 * DAY)
    assert now() == (["refusal_to_report"], [], ["remedy_due"])
    driver.report(summons_id)
    assert now() == ([], ["suspension_to_decide"], [])
    driver.suspend(summons_id)
    assert now() == (["remedy_to_see"], [], ["suspension_to_mend"])
    driver.remedy(summons_id)
    assert now() == ([], ["suspension_to_lift"], [])
    driver.lift(summons_id)
    assert now() == ([], [], [])


def test_what_another_person_has_to_do_does_not_wait_for_me(driver: Driver) -> None:
    """X-5."""
    project_id = driver.approved()
    objection = driver.lodge(project_id, by=driver.district("officer-3")).id
    inquiry = driver.inquire(project_id, by=driver.district("officer-3")).id
    both = {("objection_to_answer", objection), ("inquiry_to_conclude", inquiry)}
    for opener in (driver.district("officer-3"), driver.city("officer-3")):
        assert waits(driver, opener) == []
    for other in (driver.district("officer-4"), driver.city("officer-4")):
        assert set(waits(driver, other)) == both
    driver.answer(objection)
    driver.conclude(inquiry, "cleared", by=driver.city("officer-4"))
    assert waits(driver, driver.district("officer-4")) == []

    summons_id = driver.summon(project_id, by=driver.district("officer-3"))
    driver.interview(summons_id)
    driver.report(summons_id, by=driver.district("officer-4"))
    assert [waits(driver, driver.city(f"officer-{number}")) for number in (3, 4)] == [[], []]
    assert waits(driver, driver.city("officer-5")) == [("suspension_to_decide", summons_id)]


def test_a_notice_waits_once_it_is_over_for_another_officer_of_the_level_that_published_it(driver: Driver) -> None:
    project_id = driver.approved()
    notice = driver.publish(project_id, by=driver.district("officer-3"))
    objection = driver.lodge(project_id, by=driver.district("officer-3"), notice_id=notice.notice_id).id
    district, city = driver.district("officer-7"), driver.city("officer-8")
    driver.harness.move_clock(notice.to_on)
    driver.answer(objection)
    assert waits(driver, district) == []
    late = driver.lodge(project_id, by=driver.district("officer-3"), notice_id=notice.notice_id).id
    driver.harness.move_clock(notice.to_on + DAY)
    assert waits(driver, district) == [("objection_to_answer", late)]
    driver.answer(late)
    assert waits(driver, district) == [("notice_to_close", notice.notice_id)]
    assert items(driver, district)[0].due_on == notice.to_on + DAY
    assert (waits(driver, driver.district("officer-3")), waits(driver, city)) == ([], [])
    driver.close_notice(notice.notice_id)
    assert waits(driver, district) == []
    by_city = driver.publish(project_id, by=driver.city("officer-3"))
    driver.harness.move_clock(by_city.to_on + DAY)
    assert (waits(driver, district), waits(driver, city)) == ([], [("notice_to_close", by_city.notice_id)])


def test_a_failed_audit_waits_for_the_city_until_it_is_settled(driver: Driver) -> None:
    failed = driver.audit(driver.approved(), "failed").id
    assert waits(driver, driver.city()) == [("audit_to_settle", failed)]
    assert waits(driver, driver.district()) == []
    driver.settle(failed)
    assert waits(driver, driver.city()) == []


def test_an_inspection_waits_for_each_party_until_it_confirmed(driver: Driver) -> None:
    """APP-37."""
    inspection_id = driver.inspect(driver.approved()).inspection_id
    wanted = [("inspection_to_acknowledge", inspection_id)]
    assert (waits(driver, driver.employer()), waits(driver, driver.provider())) == (wanted, wanted)
    driver.acknowledge(inspection_id, driver.employer())
    assert (waits(driver, driver.employer()), waits(driver, driver.provider())) == ([], wanted)
    driver.acknowledge(inspection_id, driver.provider())
    assert waits(driver, driver.provider()) == []


@pytest.mark.parametrize(
    "stranger",
    [
        lambda driver: driver.district("officer-9", SHUNYI),
        lambda driver: driver.employer(ELSEWHERE),
        lambda driver: driver.provider(ELSEWHERE),
        lambda driver: driver.harness.speaker(Role.AUDITOR, "auditor-1"),
        lambda driver: driver.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district="110105"),
    ],
    ids=["another-district", "another-employer", "another-provider", "auditor", "finance"],
)
def test_who_has_nothing_to_do_here_sees_nothing(driver: Driver, stranger: Callable[[Driver], Speaker]) -> None:
    project_id = driver.approved()
    driver.sign_up(project_id, ["person-1"])
    driver.lodge(project_id)
    driver.inspect(project_id)
    driver.summon(project_id)
    assert waits(driver, stranger(driver)) == []


def test_an_operator_is_refused(driver: Driver) -> None:
    with pytest.raises(NotPermitted):
        waits(driver, driver.harness.speaker(Role.OPERATOR, "operator-2"))


def test_an_organisation_in_both_parts_has_the_errands_of_the_part_it_acts_in(driver: Driver) -> None:
    """The provider's clerk with an employer's token of the same organisation is no employer of that project."""
    project_id = driver.approved()
    driver.summon(project_id)
    assert waits(driver, driver.employer("org-provider")) == []


def test_the_oldest_come_first_page_by_page_over_cases_and_matters(driver: Driver) -> None:
    project_id = driver.approved()
    wanted = []
    for number in range(3):
        driver.harness.move_clock(APPLIED_ON + (number + 1) * DAY)
        wanted.append(driver.lodge(project_id, by=driver.city()).id)
        driver.harness.move_clock(APPLIED_ON + (number + 1) * DAY)
        wanted.append(driver.joined())
    by_day = [set(wanted[place : place + 2]) for place in range(0, 6, 2)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = driver.harness.call(driver.district(), cases.LIST_WAITING, ListWaiting(cursor, limit=1))
        seen += [item.id for item in page.items]
        cursor = page.cursor
    assert [set(seen[place : place + 2]) for place in range(0, 6, 2)] == by_day
    with pytest.raises(InvalidRequest):
        driver.harness.call(driver.district(), cases.LIST_WAITING, ListWaiting("no-cursor"))
