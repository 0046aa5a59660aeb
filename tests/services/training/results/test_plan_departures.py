"""Training that fell short of its plan: found with the pass, taken up by the district with a reason (APP-26)."""

from __future__ import annotations

import pytest

from shared.contracts.training import results
from shared.errors import NotFound, NotPermitted
from tests.services.training.driver import TAUGHT, Driver, outcomes


def take_up(driver: Driver, enrolment: str, reason: str = "设备改造，减少实训（示例）") -> list[str]:
    request = results.TakeUpDepartures("p1", (results.DepartureRow(1, enrolment, reason),))
    return outcomes(driver.call(driver.officer, results.TAKE_UP_DEPARTURES, request).rows)


def departed(driver: Driver) -> list[bool]:
    return sorted(outcome.departed for outcome in driver.outcome_page().enrolments)


def test_fewer_hours_than_planned_wait_for_the_district_with_a_reason(driver: Driver) -> None:
    as_planned, short = driver.running(2)
    driver.teach([as_planned])
    driver.teach([short], classroom=330, workplace=470)  # 80 + 250 + 470: practice lacks ten
    assert outcomes(driver.passed([as_planned, short], TAUGHT)) == ["accepted"] * 2
    assert departed(driver) == [False, True]
    [item] = driver.waiting(driver.officer)
    assert (item.kind, item.id) == ("take_up_departures", short)
    shown = {one.enrolment_id: one.departure for one in driver.enrolments()}
    assert shown[as_planned] is None
    assert shown[short] is not None and shown[short].compared == "80:250:470 / 80:240:480"
    assert take_up(driver, as_planned) == ["refused"]
    assert take_up(driver, short) == ["accepted"]
    assert (take_up(driver, short), take_up(driver, short, "另一理由")) == (["unchanged"], ["refused"])
    assert (departed(driver), driver.waiting(driver.officer)) == ([False, False], ())
    shown = {one.enrolment_id: one.departure for one in driver.enrolments()}
    assert shown[short] is not None and shown[short].taken_up_by == driver.officer.person


def test_only_the_district_of_the_project_takes_departures_up(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    request = results.TakeUpDepartures("p1", (results.DepartureRow(1, enrolment, "理由"),))
    with pytest.raises(NotPermitted):
        driver.call(driver.employer, results.TAKE_UP_DEPARTURES, request)
    with pytest.raises(NotFound):
        driver.call(driver.stranger, results.TAKE_UP_DEPARTURES, request)
