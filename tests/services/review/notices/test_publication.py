"""X-11: any case may be published; no money moves until the notice is over and every objection to it is answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.review import cases, notices, oversight
from shared.errors import Conflict, NotFound, NotPermitted, SkillsError, Unavailable
from tests.conftest import MadeDatabase
from tests.rules.policy import EXAMPLE_CITY
from tests.services.harness import SHUNYI
from tests.services.review.driver import DAY, LAST_DAY, WITH_DEPARTMENTS, Driver, path_of
from tests.services.review.neighbours import ELSEWHERE, EMPLOYER, PROVIDER

SEVEN_DAYS = """
values:
  notice.working_days: {unit: working_days, clause: 第八条, force: must, evidence: 公示七个工作日, value: 7}
"""


def test_a_notice_blocks_from_its_first_hour_until_another_officer_closes_it(driver: Driver) -> None:
    project_id = driver.approved()
    opened = driver.publish(project_id)
    assert (opened.state, opened.from_on, opened.to_on) == ("open", driver.harness.today, LAST_DAY)
    assert (opened.case_id, opened.project_id, opened.district) == (project_id, project_id, "110105")
    assert driver.standing(project_id) == ["public_notice"]
    driver.harness.move_clock(LAST_DAY + DAY)
    closed = driver.close_notice(opened.notice_id)
    assert (closed.state, closed.objections, closed.standing, closed.upheld) == ("closed", 0, 0, 0)
    assert driver.standing(project_id) == []
    (blocked,), (unblocked,) = (
        driver.harness.told(oversight.CASE_BLOCKED),
        driver.harness.told(oversight.CASE_UNBLOCKED),
    )
    assert blocked.block_id == unblocked.block_id == opened.block_id
    told = [*driver.harness.told(notices.NOTICE_OPENED), *driver.harness.told(notices.NOTICE_CLOSED)]
    assert [each.state for each in told] == ["open", "closed"]
    assert {(each.notice_id, each.employer_id, each.provider_id) for each in told} == {
        (opened.notice_id, EMPLOYER, PROVIDER)
    }


def test_it_is_not_closed_on_its_last_day_nor_by_who_published_it(driver: Driver) -> None:
    notice = driver.publish(driver.approved(), by=driver.district("officer-3"))
    driver.harness.move_clock(LAST_DAY)
    with pytest.raises(Conflict, match="2022-06-13"):
        driver.close_notice(notice.notice_id)
    driver.harness.move_clock(LAST_DAY + DAY)
    for himself in (driver.district("officer-3"), driver.city("officer-3")):
        with pytest.raises(NotPermitted, match="发起公示"):
            driver.close_notice(notice.notice_id, by=himself)
    assert driver.notice(notice.notice_id).state == "open"
    driver.close_notice(notice.notice_id)
    with pytest.raises(Conflict, match="已结束或撤回"):
        driver.close_notice(notice.notice_id)


def test_a_roster_is_published_and_its_project_is_blocked(driver: Driver) -> None:
    project_id = driver.approved()
    roster = driver.sign_up(project_id, ["person-1"]).case_id
    notice = driver.publish(roster)
    assert (notice.case_id, notice.project_id) == (roster, project_id)
    assert driver.standing(project_id) == ["public_notice"]
    driver.publish(project_id)
    assert driver.standing(project_id) == ["public_notice", "public_notice"]


def test_a_case_that_is_over_is_not_published(driver: Driver) -> None:
    rejected = driver.joined()
    driver.review(driver.district(), rejected, "reject")
    returned = driver.sign_up(driver.approved(), ["person-1"]).case_id
    driver.review(driver.district(), returned, "reject", WITH_DEPARTMENTS)
    for case_id in (rejected, returned):
        with pytest.raises(Conflict, match="不能公示"):
            driver.publish(case_id)


def test_a_case_has_one_open_notice_and_after_its_withdrawal_another(driver: Driver) -> None:
    project_id = driver.approved()
    first = driver.publish(project_id)
    with pytest.raises(Conflict, match="正在公示"):
        driver.publish(project_id, by=driver.city())
    withdrawn = driver.withdraw_notice(first.notice_id)
    assert withdrawn.state == "withdrawn" and driver.standing(project_id) == []
    assert [told.state for told in driver.harness.told(notices.NOTICE_CLOSED)] == ["withdrawn"]
    second = driver.publish(project_id)
    assert driver.standing(project_id) == ["public_notice"]
    page = listed(driver, project_id=project_id)
    assert [notice.notice_id for notice in page.notices] == [second.notice_id, first.notice_id]
    assert [notice.notice_id for notice in listed(driver, state="open").notices] == [second.notice_id]


def test_it_begins_today_or_later_and_says_how_long(driver: Driver) -> None:
    project_id = driver.approved()
    assert path_of(lambda: driver.publish(project_id, from_on=driver.harness.today - DAY)) == "from_on"
    assert path_of(lambda: driver.publish(project_id, working_days=None)) == "working_days"
    with pytest.raises(Unavailable, match="2031 年"):
        driver.publish(project_id, from_on=date(2031, 1, 1))
    assert driver.standing(project_id) == []
    later = driver.publish(project_id, from_on=date(2022, 9, 30))
    assert later.to_on == date(2022, 10, 12)  # over the holidays of the National Day
    assert driver.standing(project_id) == ["public_notice"]


def test_the_documents_length_holds_where_it_names_one(new_driver: Callable[..., Driver], tmp_path: Path) -> None:
    text = EXAMPLE_CITY.read_text("utf-8")
    for before, after in (("2031-03-01", "2023-01-01"), ("2032-01-01", "2024-01-01"), ("\nvalues:\n", SEVEN_DAYS)):
        assert before in text
        text = text.replace(before, after)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "city.yaml").write_text(text, "utf-8")
    driver = new_driver(policy_path=str(tmp_path / "policy"), today=date(2023, 1, 3))
    driver.neighbours.employer_district = "990101"
    project_id, officer = driver.joined(), driver.district("officer-1", "990101")
    assert path_of(lambda: driver.publish(project_id, by=officer, working_days=6)) == "working_days"
    notice = driver.publish(project_id, by=officer, working_days=None)
    assert (notice.working_days, notice.to_on) == (7, date(2023, 1, 12))


# --- objections --------------------------------------------------------------------------------------------------


# --- who ---------------------------------------------------------------------------------------------------------


def test_another_district_neither_publishes_nor_closes_nor_reads(driver: Driver) -> None:
    """APP-1."""
    project_id, stranger = driver.approved(), driver.district("officer-9", SHUNYI)
    notice = driver.publish(project_id)
    for act in (
        lambda: driver.publish(project_id, by=stranger),
        lambda: driver.close_notice(notice.notice_id, by=stranger),
        lambda: driver.withdraw_notice(notice.notice_id, by=stranger),
        lambda: driver.notice(notice.notice_id, by=stranger),
        lambda: driver.notice(notice.notice_id, by=driver.employer(ELSEWHERE)),
    ):
        with pytest.raises(NotFound):
            act()
    assert driver.harness.call(stranger, notices.LIST_NOTICES, notices.ListNotices()).notices == ()
    for party in (driver.employer(), driver.provider()):
        assert driver.notice(notice.notice_id, by=party).title == notice.title


def test_notices_are_read_page_by_page_the_newest_first(driver: Driver) -> None:
    made = [driver.publish(driver.approved()).notice_id for _ in range(5)]
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        page = listed(driver, limit=2, cursor=cursor)
        seen += [notice.notice_id for notice in page.notices]
        cursor = page.cursor
    assert seen == made[::-1]


def test_its_closing_is_a_deadline_of_the_office_that_published(driver: Driver) -> None:
    """X-13: the first working day after the last one, on which it can be closed."""
    ours, theirs = driver.publish(driver.approved()), driver.publish(driver.approved(), by=driver.city())
    told = {each.deadline_id: each for each in driver.harness.told(cases.DEADLINE_SET)}
    assert [told[each.notice_id].party for each in (ours, theirs)] == ["district_officer", "city_officer"]
    assert told[ours.notice_id].due_on == LAST_DAY + DAY
    driver.withdraw_notice(theirs.notice_id)
    driver.harness.move_clock(LAST_DAY + DAY)
    driver.close_notice(ours.notice_id)
    closed = [(each.deadline_id, each.outcome) for each in driver.harness.told(cases.DEADLINE_CLOSED)]
    assert closed == [(theirs.notice_id, "dropped"), (ours.notice_id, "met")]


def test_it_stands_in_the_projects_oversight(driver: Driver) -> None:
    notice = driver.publish(driver.approved())
    (entry,) = driver.oversight(notice.project_id, by=driver.employer()).entries
    assert (entry.id, entry.kind, entry.state, entry.words) == (notice.notice_id, "public_notice", "open", notice.text)
    assert (entry.on, entry.due_on, entry.block_id) == (notice.from_on, LAST_DAY + DAY, notice.block_id)


# --- at the same moment ------------------------------------------------------------------------------------------


def test_of_many_at_the_same_moment_one_publishes_and_one_ends_it(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    project_id = driver.approved()

    def at_once(act: Callable[[int], Any]) -> list[str]:
        def attempt(number: int) -> str:
            try:
                return str(act(number).state)
            except SkillsError as refusal:
                return refusal.code

        with ThreadPoolExecutor(8) as pool:
            return sorted(pool.map(attempt, range(8)))

    assert at_once(lambda _: driver.publish(project_id)) == ["conflict"] * 7 + ["open"]
    notice_id = driver.harness.told(notices.NOTICE_OPENED)[0].notice_id
    driver.harness.move_clock(LAST_DAY + DAY)
    ended = at_once(lambda number: driver.withdraw_notice(notice_id) if number % 2 else driver.close_notice(notice_id))
    assert ended.count("conflict") == 7
    assert len(driver.harness.told(oversight.CASE_UNBLOCKED)) == 1
    driver.harness.close()


def listed(driver: Driver, **filters: Any) -> notices.NoticePage:
    return driver.harness.call(driver.city(), notices.LIST_NOTICES, notices.ListNotices(**filters))
