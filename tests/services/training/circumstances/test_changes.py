"""Breaks, returns and withdrawals: what is recorded, what follows, and what doesn't fit (APP-14, INT-30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import GetHistory, ListWaiting
from shared.contracts.training import circumstances, credits, learning
from shared.errors import NotFound, NotPermitted
from tests.services.training.driver import LAST_DAY, START, Driver, assessment, outcomes

AUTUMN = date(2022, 9, 15)
WINTER = date(2022, 12, 15)


def pause(enrolment: str, on: date = AUTUMN, until: date = WINTER) -> circumstances.CircumstanceRow:
    return circumstances.CircumstanceRow(1, enrolment, "break", on, until, "illness")


def back(enrolment: str, on: date) -> circumstances.CircumstanceRow:
    return circumstances.CircumstanceRow(1, enrolment, "return", on)


def hours(driver: Driver, enrolment: str, on: date) -> str:
    row = credits.CreditRow(1, enrolment, on, "workplace", "practice", "on_the_job", 8)
    return outcomes(driver.call(driver.employer, credits.RECORD_CREDITS, credits.RecordCredits("p1", (row,))).rows)[0]


def months(driver: Driver) -> list[int]:
    page = driver.outcome_page()
    return [outcome.months_trained for outcome in page.enrolments]


def test_no_hours_count_from_the_first_day_of_a_break_to_the_day_before_the_return(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(WINTER + timedelta(days=10))
    assert hours(driver, enrolment, AUTUMN - timedelta(days=1)) == "accepted"
    assert outcomes(driver.change([pause(enrolment)])) == ["accepted"]
    assert hours(driver, enrolment, AUTUMN) == "refused"
    assert outcomes(driver.change([back(enrolment, WINTER)])) == ["accepted"]
    assert hours(driver, enrolment, WINTER - timedelta(days=1)) == "refused"
    assert hours(driver, enrolment, WINTER) == "accepted"


def test_months_that_a_break_touches_are_not_full(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(date(2023, 6, 14))
    assert months(driver) == [12]
    driver.change([pause(enrolment, AUTUMN, WINTER)])
    assert months(driver) == [3]
    driver.change([back(enrolment, WINTER)])
    assert months(driver) == [9]
    driver.change([pause(enrolment, date(2023, 1, 14), date(2023, 1, 16))])
    driver.change([back(enrolment, date(2023, 1, 16))])
    assert months(driver) == [7]


def test_a_break_past_its_day_waits_for_the_employer_until_it_is_moved_or_ended(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUTUMN)
    driver.change([pause(enrolment)])

    def waiting() -> list[str]:
        page = driver.call(driver.employer, learning.LIST_WAITING, ListWaiting())
        return [item.id for item in page.items if item.kind == "end_break"]

    driver.harness.move_clock(WINTER)
    assert waiting() == []
    driver.harness.move_clock(WINTER + timedelta(days=1))
    assert waiting() == [enrolment]
    assert outcomes(driver.change([pause(enrolment, until=date(2023, 3, 1))])) == ["accepted"]
    assert outcomes(driver.change([pause(enrolment, until=date(2023, 3, 1))])) == ["unchanged"]
    assert waiting() == []
    [shown] = driver.enrolments()
    assert shown.on_break_until == date(2023, 3, 1)


def test_a_withdrawal_ends_the_enrolment_at_once_and_keeps_its_reason_apart(driver: Driver) -> None:
    reasons: list[circumstances.ChangeReason] = ["death", "illness", "conscription", "maternity", "changed_employer"]
    enrolments = driver.running(len(reasons))
    driver.harness.move_clock(date(2023, 1, 10))
    rows = [
        circumstances.CircumstanceRow(number, id, "withdrawal", date(2023, 1, 10), reason=reason)
        for number, (id, reason) in enumerate(zip(enrolments, reasons, strict=True))
    ]
    assert outcomes(driver.change(rows)) == ["accepted"] * 5
    assert outcomes(driver.change(rows)) == ["unchanged"] * 5
    page = driver.outcome_page()
    found = {outcome.enrolment_id: (outcome.result, outcome.leaving_reason) for outcome in page.enrolments}
    told = ["death", "illness", "conscription", "other", "other"]
    assert [found[id] for id in enrolments] == [("left", reason) for reason in told]
    assert {outcome.months_trained for outcome in page.enrolments} == {6}
    assert {outcome.assessed_on for outcome in page.enrolments} == {date(2023, 1, 10)}
    assert hours(driver, enrolments[0], date(2023, 1, 10)) == "refused"


def test_nobody_left_before_a_return_that_is_on_file(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(WINTER + timedelta(days=1))
    driver.change([pause(enrolment)])
    driver.change([back(enrolment, WINTER)])
    for day in (AUTUMN - timedelta(days=1), AUTUMN, WINTER - timedelta(days=1)):
        assert outcomes(driver.leave([enrolment], day)) == ["refused"]
    assert outcomes(driver.leave([enrolment], WINTER)) == ["accepted"]


def test_who_leaves_during_a_break_is_on_none_any_more(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(WINTER + timedelta(days=1))
    driver.change([pause(enrolment)])
    early = circumstances.CircumstanceRow(1, enrolment, "withdrawal", AUTUMN - timedelta(days=1), reason="personal")
    assert outcomes(driver.change([early])) == ["refused"]
    assert outcomes(driver.leave([enrolment], AUTUMN + timedelta(days=20))) == ["accepted"]
    assert driver.waiting(driver.employer) == ()
    assert months(driver) == [3]


def test_what_cannot_be_is_refused_row_by_row(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUTUMN)
    assert hours(driver, enrolment, AUTUMN - timedelta(days=1)) == "accepted"
    good = pause(enrolment)
    faults = [
        (replace(good, enrolment_id="nobody"), "enrolment_id"),
        (replace(good, on=AUTUMN + timedelta(days=1)), "on"),
        (replace(good, on=START - timedelta(days=1)), "on"),
        (replace(good, on=AUTUMN - timedelta(days=1)), "on"),
        (replace(good, until=AUTUMN), "until"),
        (replace(good, until=None), "until"),
        (replace(good, reason=None), "reason"),
        (replace(good, kind="withdrawal"), "until"),
        (replace(good, kind="withdrawal", until=None, on=AUTUMN - timedelta(days=2)), "on"),
        (back(enrolment, AUTUMN), "kind"),
    ]
    for row, field in faults:
        [answer] = driver.change([row])
        assert (answer.outcome, answer.field) == ("refused", field), row
    assert outcomes(driver.change([good, replace(good, row=2)])) == ["accepted", "refused"]
    assert driver.change([back(enrolment, AUTUMN)])[0].field == "on"
    driver.harness.move_clock(WINTER)
    assert driver.change([pause(enrolment, AUTUMN + timedelta(days=1))])[0].field == "kind"
    driver.change([back(enrolment, WINTER)])
    assert driver.change([pause(enrolment, AUTUMN + timedelta(days=9))])[0].field == "on"


def test_how_late_a_change_was_recorded_is_shown_and_bars_nothing(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(AUTUMN + timedelta(days=40))
    [answer] = driver.change([pause(enrolment)])
    assert answer.outcome == "accepted" and "40 天" in (answer.message or "")


def test_changes_are_told_in_parts_alike_and_stand_in_the_history(driver: Driver) -> None:
    enrolments = driver.running(1102)
    driver.harness.move_clock(AUTUMN)
    rows = [replace(pause(id), row=number) for number, id in enumerate(enrolments[:1101])]
    rows.append(circumstances.CircumstanceRow(9999, enrolments[1101], "withdrawal", AUTUMN, reason="personal"))
    assert set(outcomes(driver.change(rows))) == {"accepted"}
    told = [(event.kind, len(event.enrolments)) for event in driver.harness.told(circumstances.CIRCUMSTANCES_CHANGED)]
    assert told == [("break", 1000), ("break", 101), ("withdrawal", 1)]
    history = driver.call(driver.officer, learning.GET_HISTORY, GetHistory("p1")).lines
    assert [line.action for line in history][:2] == ["project_approved", "people_admitted"]
    assert (history[-1].action, history[-1].words, history[-1].by) == ("circumstances_recorded", "1102 项", "clerk-1")
    first = driver.call(driver.officer, learning.GET_HISTORY, GetHistory("p1", limit=2))
    rest = driver.call(driver.officer, learning.GET_HISTORY, GetHistory("p1", first.cursor))
    assert (*first.lines, *rest.lines) == history


def test_nobody_on_a_break_is_assessed(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LAST_DAY)
    driver.change([pause(enrolment)])
    [answer] = driver.assess([assessment(1, enrolment, result="failed", pass_certificate=None)])
    assert answer.field == "assessed_on" and "APP-14" in (answer.message or "")


def test_only_its_own_employer_records_changes(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    request = circumstances.RecordCircumstances("p1", (pause(enrolment, START, AUTUMN),))
    with pytest.raises(NotFound):
        driver.call(driver.rival, circumstances.RECORD_CIRCUMSTANCES, request)
    with pytest.raises(NotPermitted):
        driver.call(driver.provider, circumstances.RECORD_CIRCUMSTANCES, request)
    with pytest.raises(NotFound):
        driver.call(driver.stranger, learning.GET_HISTORY, GetHistory("p1"))
