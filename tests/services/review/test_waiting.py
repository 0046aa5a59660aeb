"""Everybody sees what he has to do next, and nothing that others have to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.contracts.common import ListWaiting, WaitingItem
from shared.contracts.review import cases as contract
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.review.overseer import Overseer
from tests.services.review.town import APPLIED_ON, ELSEWHERE, WITH_DEPARTMENTS, Town

DAY = timedelta(days=1)


def items(town: Town, speaker: Speaker) -> tuple[WaitingItem, ...]:
    return town.harness.call(speaker, contract.LIST_WAITING, ListWaiting()).items


def waits(town: Town, speaker: Speaker) -> list[tuple[str, str]]:
    return [(item.kind, item.id) for item in items(town, speaker)]


def test_a_project_waits_for_provider_district_city_and_employer_in_turn(town: Town) -> None:
    case_id = town.submit().case_id
    assert waits(town, town.provider()) == [("project_to_join", case_id)]
    assert waits(town, town.district()) == []
    town.join(case_id)
    assert waits(town, town.provider()) == []
    (item,) = items(town, town.district())
    assert (item.kind, item.id, item.project_id) == ("case_to_review", case_id, case_id)
    assert (item.title, item.district, item.since, item.due_on) == ("项目申请：区级审核", "110105", APPLIED_ON, None)
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert waits(town, town.district("officer-7")) == []
    assert [item.title for item in items(town, town.city())] == ["项目申请：市级复核"]
    town.review(town.city(), case_id, "return")
    assert waits(town, town.employer()) == [("project_to_mend", case_id)]
    assert waits(town, town.city()) == []


def test_a_roster_waits_for_the_district_and_not_for_who_applied(town: Town) -> None:
    """X-5: the person who applied for the project, or joined it, holds an officer's token too."""
    roster = town.sign_up(town.approved(), ["person-1"]).case_id
    assert waits(town, town.district()) == [("case_to_review", roster)]
    for applicant in ("clerk-1", "clerk-2"):
        assert waits(town, town.district(applicant)) == []


def test_a_case_waits_since_it_came_to_where_it_is(town: Town) -> None:
    case_id = town.joined()
    town.harness.move_clock(APPLIED_ON + 3 * DAY)
    town.review(town.district(), case_id, "approve", WITH_DEPARTMENTS)
    assert [item.since for item in items(town, town.city())] == [APPLIED_ON + 3 * DAY]


def test_a_summons_waits_for_one_side_after_the_other(town: Town, overseer: Overseer) -> None:
    project_id = town.approved()
    summons_id = overseer.summon(project_id)
    district, city, employer = town.district("officer-7"), town.city("officer-8"), town.employer()

    def now() -> tuple[list[str], list[str], list[str]]:
        kinds = [[kind for kind, _ in waits(town, speaker)] for speaker in (district, city, employer)]
        return kinds[0], kinds[1], kinds[2]

    assert now() == (["interview_to_record"], [], ["interview_to_attend"])
    assert items(town, employer)[0].due_on == APPLIED_ON
    overseer.interview(summons_id, "agreed")
    assert now() == (["remedy_to_see"], [], ["remedy_due"])
    assert items(town, employer)[0].due_on == APPLIED_ON + 30 * DAY
    town.harness.move_clock(APPLIED_ON + 30 * DAY)
    assert now() == (["remedy_to_see"], [], ["remedy_due"])
    town.harness.move_clock(APPLIED_ON + 31 * DAY)
    assert now() == (["refusal_to_report"], [], ["remedy_due"])
    overseer.report(summons_id)
    assert now() == ([], ["suspension_to_decide"], [])
    overseer.suspend(summons_id)
    assert now() == (["remedy_to_see"], [], ["suspension_to_mend"])
    overseer.remedy(summons_id)
    assert now() == ([], ["suspension_to_lift"], [])
    overseer.lift(summons_id)
    assert now() == ([], [], [])


def test_what_another_person_has_to_do_does_not_wait_for_me(town: Town, overseer: Overseer) -> None:
    """X-5."""
    project_id = town.approved()
    objection = overseer.lodge(project_id, by=town.district("officer-3")).id
    inquiry = overseer.inquire(project_id, by=town.district("officer-3")).id
    both = {("objection_to_answer", objection), ("inquiry_to_conclude", inquiry)}
    for opener in (town.district("officer-3"), town.city("officer-3")):
        assert waits(town, opener) == []
    for other in (town.district("officer-4"), town.city("officer-4")):
        assert set(waits(town, other)) == both
    overseer.answer(objection)
    overseer.conclude(inquiry, "cleared", by=town.city("officer-4"))
    assert waits(town, town.district("officer-4")) == []

    summons_id = overseer.summon(project_id, by=town.district("officer-3"))
    overseer.interview(summons_id)
    overseer.report(summons_id, by=town.district("officer-4"))
    assert [waits(town, town.city(f"officer-{number}")) for number in (3, 4)] == [[], []]
    assert waits(town, town.city("officer-5")) == [("suspension_to_decide", summons_id)]


def test_a_notice_waits_once_it_is_over_for_another_officer_of_the_level_that_published_it(
    town: Town, overseer: Overseer
) -> None:
    project_id = town.approved()
    notice = overseer.publish(project_id, by=town.district("officer-3"))
    objection = overseer.lodge(project_id, by=town.district("officer-3"), notice_id=notice.notice_id).id
    district, city = town.district("officer-7"), town.city("officer-8")
    town.harness.move_clock(notice.to_on)
    overseer.answer(objection)
    assert waits(town, district) == []
    late = overseer.lodge(project_id, by=town.district("officer-3"), notice_id=notice.notice_id).id
    town.harness.move_clock(notice.to_on + DAY)
    assert waits(town, district) == [("objection_to_answer", late)]
    overseer.answer(late)
    assert waits(town, district) == [("notice_to_close", notice.notice_id)]
    assert items(town, district)[0].due_on == notice.to_on + DAY
    assert (waits(town, town.district("officer-3")), waits(town, city)) == ([], [])
    overseer.close_notice(notice.notice_id)
    assert waits(town, district) == []
    by_city = overseer.publish(project_id, by=town.city("officer-3"))
    town.harness.move_clock(by_city.to_on + DAY)
    assert (waits(town, district), waits(town, city)) == ([], [("notice_to_close", by_city.notice_id)])


def test_a_failed_audit_waits_for_the_city_until_it_is_settled(town: Town, overseer: Overseer) -> None:
    failed = overseer.audit(town.approved(), "failed").id
    assert waits(town, town.city()) == [("audit_to_settle", failed)]
    assert waits(town, town.district()) == []
    overseer.settle(failed)
    assert waits(town, town.city()) == []


def test_an_inspection_waits_for_each_party_until_it_confirmed(town: Town, overseer: Overseer) -> None:
    """APP-37."""
    inspection_id = overseer.inspect(town.approved()).inspection_id
    wanted = [("inspection_to_acknowledge", inspection_id)]
    assert (waits(town, town.employer()), waits(town, town.provider())) == (wanted, wanted)
    overseer.acknowledge(inspection_id, town.employer())
    assert (waits(town, town.employer()), waits(town, town.provider())) == ([], wanted)
    overseer.acknowledge(inspection_id, town.provider())
    assert waits(town, town.provider()) == []


@pytest.mark.parametrize(
    "stranger",
    [
        lambda town: town.district("officer-9", SHUNYI),
        lambda town: town.employer(ELSEWHERE),
        lambda town: town.provider(ELSEWHERE),
        lambda town: town.harness.speaker(Role.AUDITOR, "auditor-1"),
        lambda town: town.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district="110105"),
    ],
    ids=["another-district", "another-employer", "another-provider", "auditor", "finance"],
)
def test_who_has_nothing_to_do_here_sees_nothing(
    town: Town, overseer: Overseer, stranger: Callable[[Town], Speaker]
) -> None:
    project_id = town.approved()
    town.sign_up(project_id, ["person-1"])
    overseer.lodge(project_id)
    overseer.inspect(project_id)
    overseer.summon(project_id)
    assert waits(town, stranger(town)) == []


def test_an_operator_is_refused(town: Town) -> None:
    with pytest.raises(NotPermitted):
        waits(town, town.harness.speaker(Role.OPERATOR, "operator-2"))


def test_an_organisation_in_both_parts_has_the_errands_of_the_part_it_acts_in(town: Town, overseer: Overseer) -> None:
    """The provider's clerk with an employer's token of the same organisation is no employer of that project."""
    project_id = town.approved()
    overseer.summon(project_id)
    assert waits(town, town.employer("org-provider")) == []


def test_the_oldest_come_first_page_by_page_over_cases_and_matters(town: Town, overseer: Overseer) -> None:
    project_id = town.approved()
    wanted = []
    for number in range(3):
        town.harness.move_clock(APPLIED_ON + (number + 1) * DAY)
        wanted.append(overseer.lodge(project_id, by=town.city()).id)
        town.harness.move_clock(APPLIED_ON + (number + 1) * DAY)
        wanted.append(town.joined())
    by_day = [set(wanted[place : place + 2]) for place in range(0, 6, 2)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = town.harness.call(town.district(), contract.LIST_WAITING, ListWaiting(cursor, limit=1))
        seen += [item.id for item in page.items]
        cursor = page.cursor
    assert [set(seen[place : place + 2]) for place in range(0, 6, 2)] == by_day
    with pytest.raises(InvalidRequest):
        town.harness.call(town.district(), contract.LIST_WAITING, ListWaiting("no-cursor"))
