"""A run that its employer leaves open is settled by the district, and what was advanced is asked back (INT-88)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.training import projects, results
from shared.contracts.training.projects import SettleRun
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role
from tests.services.harness import SHUNYI
from tests.services.training.driver import LAST_DAY, START, Driver
from tests.together import together, winner

AFTER = date(LAST_DAY.year + 1, 1, 10)


def settle(driver: Driver, ground: str = "silent", on: date = AFTER, officer: object = None) -> projects.RunCompleted:
    request = SettleRun("p1", on, ground, "多次联系未果，注册地址已无人办公")  # type: ignore[arg-type]
    return driver.call(officer or driver.officer, projects.SETTLE_RUN, request)  # type: ignore[arg-type]


def test_a_silent_employer_is_settled_once_the_term_is_over(driver: Driver) -> None:
    driver.running(2)
    driver.harness.move_clock(START)
    with pytest.raises(Conflict, match=f"至 {LAST_DAY} 届满"):
        settle(driver, on=START)
    driver.harness.move_clock(AFTER)
    done = settle(driver)
    assert (done.passed, done.failed, done.left) == (0, 0, 2)
    assert driver.project().state == "completed"
    [told] = driver.harness.told(results.ENROLMENTS_ENDED)
    assert [(one.result, one.ended_on) for one in told.enrolments] == [("left", AFTER)] * 2
    assert len(driver.harness.told(projects.COURSE_RUN_COMPLETED)) == 1
    with pytest.raises(Conflict):
        settle(driver)


def test_one_that_is_gone_is_settled_at_any_time_and_who_passed_keeps_the_result(driver: Driver) -> None:
    first, _ = driver.running(2)
    driver.teach([first])
    driver.harness.move_clock(LAST_DAY)
    driver.passed([first])
    done = settle(driver, "gone", LAST_DAY)
    assert (done.passed, done.left) == (1, 1)


def test_nobody_else_settles_it_and_no_day_that_has_not_come(driver: Driver) -> None:
    driver.running(1)
    driver.harness.move_clock(AFTER)
    with pytest.raises(NotPermitted):
        settle(driver, officer=driver.employer)
    with pytest.raises(NotFound):
        settle(driver, officer=driver.harness.speaker(Role.DISTRICT_OFFICER, "officer-9", district=SHUNYI))
    with pytest.raises(InvalidRequest):
        settle(driver, on=date(AFTER.year + 1, 1, 1))
    assert driver.project().state == "running"


def test_two_officers_at_the_same_moment_settle_it_once(driver: Driver) -> None:
    driver.running(2)
    driver.harness.move_clock(AFTER)
    winner(together(4, lambda _: settle(driver)), projects.RunCompleted)
    assert len(driver.harness.told(projects.COURSE_RUN_COMPLETED)) == 1
