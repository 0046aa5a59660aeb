"""Objections to a public notice: within its days, answered before it is closed, outliving its withdrawal (X-11)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.contracts.review import notices
from shared.errors import Conflict, NotFound, SkillsError
from tests.conftest import MadeDatabase
from tests.services.review.driver import DAY, LAST_DAY, Driver, path_of

WITHDRAWING = 3
"""Which of six at the same moment."""


def test_an_objection_to_a_notice_keeps_it_open_until_it_is_answered(driver: Driver) -> None:
    project_id = driver.approved()
    notice = driver.publish(project_id)
    driver.harness.move_clock(LAST_DAY)
    lodged = [driver.lodge(project_id, notice_id=notice.notice_id).id for _ in range(2)]
    assert sorted(driver.standing(project_id)) == ["objection", "objection", "public_notice"]
    driver.harness.move_clock(LAST_DAY + DAY)
    driver.answer(lodged[0], upheld=True)
    with pytest.raises(Conflict, match="收到 2 件异议，还有 1 件未答复") as refused:
        driver.close_notice(notice.notice_id)
    assert refused.value.details == {"objections": 2, "standing": 1}
    assert driver.notice(notice.notice_id).state == "open"
    driver.answer(lodged[1])
    closed = driver.close_notice(notice.notice_id)
    assert (closed.state, closed.objections, closed.standing, closed.upheld) == ("closed", 2, 0, 1)
    assert driver.standing(project_id) == []


def test_an_objection_that_names_no_notice_does_not_keep_one_open(driver: Driver) -> None:
    project_id = driver.approved()
    notice = driver.publish(project_id)
    driver.lodge(project_id)
    driver.harness.move_clock(LAST_DAY + DAY)
    assert driver.close_notice(notice.notice_id).objections == 0
    assert driver.standing(project_id) == ["objection"]


def test_objections_are_lodged_within_the_days_of_an_open_notice_of_the_project(driver: Driver) -> None:
    project_id, other = driver.approved(), driver.approved()
    notice = driver.publish(project_id, from_on=driver.harness.today + DAY)

    def lodge(project: str = project_id) -> None:
        driver.lodge(project, notice_id=notice.notice_id)

    with pytest.raises(Conflict, match="不在公示期内"):
        lodge()
    driver.harness.move_clock(notice.from_on)
    assert path_of(lambda: lodge(other)) == "notice_id"
    lodge()
    driver.harness.move_clock(notice.to_on + DAY)
    with pytest.raises(Conflict, match="不在公示期内"):
        lodge()
    with pytest.raises(NotFound):
        driver.lodge(project_id, notice_id="no-such-notice")
    assert driver.notice(notice.notice_id).objections == 1
    assert driver.standing(other) == []


def test_a_withdrawn_notice_leaves_its_objections_standing_and_takes_no_more(driver: Driver) -> None:
    project_id = driver.approved()
    notice = driver.publish(project_id)
    lodged = driver.lodge(project_id, notice_id=notice.notice_id)
    assert driver.withdraw_notice(notice.notice_id).standing == 1
    assert driver.standing(project_id) == ["objection"]
    with pytest.raises(Conflict):
        driver.lodge(project_id, notice_id=notice.notice_id)
    driver.answer(lodged.id)
    assert driver.standing(project_id) == []
    assert driver.notice(notice.notice_id).standing == 0


def test_an_objection_at_the_moment_of_closing_is_answered_first_or_refused(
    make_database: Callable[..., MadeDatabase], tmp_path: Path
) -> None:
    """Ending and lodging take the notice's row in turn: none is lodged against one that ended."""
    driver = Driver(make_database("review", "postgresql").url, tmp_path)
    for _ in range(10):
        notice = driver.publish(driver.approved())

        def attempt(number: int, notice: notices.NoticeShape = notice) -> str:
            try:
                if number == WITHDRAWING:
                    return driver.withdraw_notice(notice.notice_id).state
                return "lodged" if driver.lodge(notice.project_id, notice_id=notice.notice_id).standing else ""
            except SkillsError as refusal:
                return refusal.code

        with ThreadPoolExecutor(6) as pool:
            ended = list(pool.map(attempt, range(6)))
        found = driver.notice(notice.notice_id)
        assert set(ended) <= {"withdrawn", "lodged", "conflict"} and ended.count("withdrawn") == 1
        assert found.objections == found.standing == ended.count("lodged")
        assert driver.standing(notice.project_id).count("objection") == ended.count("lodged")
    driver.harness.close()
