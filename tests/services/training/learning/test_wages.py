"""Wages month by month, each beside the minimum wage of its month (APP-25)."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.common import RowResult
from shared.contracts.registry import catalogues
from shared.contracts.training import circumstances, learning
from shared.errors import InvalidRequest
from shared.money import Money
from tests.services.training.driver import Driver, outcomes

AUGUST = date(2022, 8, 10)


def pay(driver: Driver, enrolments: list[str], fen: int, month: str = "2022-07") -> tuple[RowResult, ...]:
    rows = tuple(learning.WageOfMonth(number, id, Money(fen)) for number, id in enumerate(enrolments))
    return driver.call(driver.employer, learning.RECORD_WAGES, learning.RecordWages("p1", month, rows)).rows


def underpaid(driver: Driver) -> list[int]:
    page = driver.outcome_page()
    return sorted(outcome.months_underpaid for outcome in page.enrolments)


@pytest.mark.parametrize(("fen", "months"), [(231999, 1), (232000, 0)])
def test_a_month_is_underpaid_by_one_fen_and_taken_as_fact_all_the_same(driver: Driver, fen: int, months: int) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUGUST)
    [answer] = pay(driver, [enrolment], fen)
    assert answer.outcome == "accepted" and ("APP-25" in (answer.message or "")) == bool(months)
    assert underpaid(driver) == [months]
    asked = [request for route, request in driver.harness.asked if route == "registry.ask_minimum_wage"]
    assert asked[-1] == catalogues.AskMinimumWage("110000", date(2022, 7, 1))


def test_the_newest_row_of_a_month_counts(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUGUST)
    for fen, months in ((100, 1), (300000, 0), (100, 1)):
        assert outcomes(pay(driver, [enrolment], fen)) == ["accepted"]
        assert underpaid(driver) == [months]
    assert outcomes(pay(driver, [enrolment], 100)) == ["unchanged"]
    pay(driver, [enrolment], 100, "2022-06")
    assert underpaid(driver) == [2]


def unrecorded(driver: Driver) -> list[int]:
    return sorted(outcome.months_unrecorded for outcome in driver.outcome_page().enrolments)


def test_a_month_that_is_over_and_has_no_wage_is_not_taken_as_kept(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(date(2022, 6, 30))
    assert unrecorded(driver) == [0]
    driver.harness.move_clock(date(2022, 7, 1))
    assert unrecorded(driver) == [1]
    driver.harness.move_clock(AUGUST)
    assert unrecorded(driver) == [2]
    pay(driver, [enrolment], 300000)
    assert unrecorded(driver) == [1]
    driver.neighbours.minimum = None
    pay(driver, [enrolment], 300000, "2022-06")
    assert unrecorded(driver) == [1]  # nothing was there to compare it with
    driver.neighbours.minimum = Money.yuan(2320)
    pay(driver, [enrolment], 300000, "2022-06")
    assert unrecorded(driver) == [0]


def test_no_wage_is_awaited_of_a_month_with_a_break_nor_after_the_end(driver: Driver) -> None:
    paused, gone = driver.running(2)
    driver.harness.move_clock(AUGUST)
    row = circumstances.CircumstanceRow(
        1, paused, "break", date(2022, 7, 31), until=date(2022, 8, 31), reason="illness"
    )
    assert outcomes(driver.change([row])) == ["accepted"]
    driver.leave([gone], date(2022, 6, 30))
    driver.harness.move_clock(date(2022, 9, 1))
    assert unrecorded(driver) == [1, 1]  # June of both


def test_an_unknown_minimum_is_said_and_not_guessed(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUGUST)
    driver.neighbours.minimum = None
    [answer] = pay(driver, [enrolment], 100)
    assert "最低工资标准" in (answer.message or "") and underpaid(driver) == [0]
    driver.neighbours.minimum = Money.yuan(2320)
    assert outcomes(pay(driver, [enrolment], 100)) == ["accepted"]
    assert underpaid(driver) == [1]


def test_wages_belong_to_months_of_the_training(driver: Driver) -> None:
    first, leaver = driver.running(2)
    driver.harness.move_clock(AUGUST)
    driver.leave([leaver], date(2022, 7, 1))
    with pytest.raises(InvalidRequest):
        pay(driver, [first], 300000, "2022-09")
    assert pay(driver, [first], 300000, "2022-05")[0].field == "enrolment_id"
    assert pay(driver, [first], -1)[0].field == "wage"
    assert pay(driver, ["nobody"], 1)[0].field == "enrolment_id"
    assert outcomes(pay(driver, [first, leaver], 300000, "2022-07")) == ["accepted", "accepted"]
    assert outcomes(pay(driver, [first, leaver], 300000, "2022-08")) == ["accepted", "refused"]
