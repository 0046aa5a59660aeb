"""What waits for a party, and cursors that nobody was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import GetHistory, ListWaiting
from shared.contracts.training import learning
from shared.errors import InvalidRequest
from shared.security.speaker import Speaker
from shared.store.cursors import cursor_of
from tests.services.training.driver import LAST_DAY, START, Driver, assessment


def waiting(driver: Driver, speaker: Speaker, **page: object) -> list[tuple[str, date, date | None]]:
    items = driver.call(speaker, learning.LIST_WAITING, ListWaiting(**page)).items  # type: ignore[arg-type]
    return [(item.kind, item.since, item.due_on) for item in items]


def test_what_waits_for_a_party_comes_oldest_first_and_goes_when_it_is_done(driver: Driver) -> None:
    driver.approve(starts_on=START)
    approved = date(2022, 6, 10)
    assert waiting(driver, driver.employer) == [("file_textbooks", approved, START)]
    driver.admit(["person-0"])
    both = [("file_textbooks", approved, START), ("start_training", approved, None)]
    assert waiting(driver, driver.employer) == both
    assert waiting(driver, driver.provider) == waiting(driver, driver.officer) == waiting(driver, driver.rival) == []
    first = driver.call(driver.employer, learning.LIST_WAITING, ListWaiting(limit=1))
    assert waiting(driver, driver.employer, cursor=first.cursor) == both[1:]
    driver.sign(["person-0"])
    driver.assign(["person-0"])
    [enrolled] = driver.enrol(["person-0"])
    assert waiting(driver, driver.employer) == []
    driver.harness.move_clock(LAST_DAY)
    assert waiting(driver, driver.employer) == []
    driver.harness.move_clock(LAST_DAY + timedelta(days=1))
    ended = LAST_DAY + timedelta(days=1)
    assert waiting(driver, driver.employer) == [("record_media", ended, None), ("record_results", ended, None)]
    assert waiting(driver, driver.provider) == waiting(driver, driver.employer)
    driver.photograph()
    failed = assessment(1, enrolled.id or "", result="failed", pass_certificate=None)
    driver.assess_as(driver.provider, [failed])
    answer = ("answer_results", ended, None)
    assert waiting(driver, driver.employer) == [answer, ("record_results", ended, None)]
    assert waiting(driver, driver.provider) == []
    driver.assess_as(driver.employer, [replace(failed, assessed_on=ended)])
    assert (waiting(driver, driver.employer), waiting(driver, driver.provider)) == ([], [answer])
    driver.assess_as(driver.provider, [replace(failed, assessed_on=ended)])
    assert waiting(driver, driver.employer) == waiting(driver, driver.provider) == []


@pytest.mark.parametrize(
    "cursor", ["x", "2022-06-10|a", cursor_of("2022-06-10", "a"), cursor_of("2022-13-10", "a", "b")]
)
def test_a_cursor_that_nobody_was_given_is_refused(driver: Driver, cursor: str) -> None:
    driver.running(1)
    with pytest.raises(InvalidRequest):
        waiting(driver, driver.employer, cursor=cursor)
    with pytest.raises(InvalidRequest):
        driver.call(driver.officer, learning.GET_HISTORY, GetHistory("p1", cursor))
