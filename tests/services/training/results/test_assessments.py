"""The joint assessment: what bars a result, and what is only shown (APP-13, 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from shared.contracts.registry import eligibility
from shared.contracts.training import credits
from tests.services.training.driver import (
    LAST_DAY,
    START,
    Driver,
    assessment,
    outcomes,
    said,
)


def test_a_pass_needs_every_credit_and_799_hours_are_not_800(driver: Driver) -> None:
    first, second = driver.running(2)
    driver.teach([first], classroom=320, workplace=479)
    driver.teach([second], classroom=320, workplace=480)
    driver.harness.move_clock(LAST_DAY)
    short, enough = driver.passed([first, second])
    assert "APP-15" in said(short) and short.field == "result" and enough.outcome == "accepted"


def test_who_fails_may_lack_credits_but_not_before_the_last_day(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LAST_DAY)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    early = replace(failed, assessed_on=LAST_DAY - timedelta(days=1))
    assert "APP-13" in said(driver.assess([early])[0])
    assert outcomes(driver.assess([failed])) == ["accepted"]


def test_a_result_is_joint_and_a_pass_has_its_certificate(driver: Driver) -> None:
    alone, bare = driver.running(2)
    driver.teach([alone, bare])
    answers = driver.assess(
        [
            assessment(1, alone, on=START, assessed_by_provider=False),
            assessment(2, bare, on=START, pass_certificate=None),
        ]
    )
    assert "培训机构" in said(answers[0]) and "合格证书" in said(answers[1])


def test_the_ratio_of_hours_is_shown_and_bars_nothing(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment], classroom=500, workplace=480)
    [answer] = driver.passed([enrolment], START)
    assert answer.outcome == "accepted" and "APP-7" in (answer.message or "")
    [shown] = driver.enrolments()
    assert [decision.verdict for decision in shown.decisions] == ["met", "met", "met", "met", "needs_reason"]


def test_a_result_stands(driver: Driver) -> None:
    first, second = driver.running(2)
    driver.teach([first, second])
    assert outcomes(driver.passed([first], START)) == ["accepted"]
    answers = driver.assess(
        [assessment(1, first, on=START), replace(assessment(2, second, on=START), enrolment_id="no")]
    )
    assert outcomes(answers) == ["unchanged", "refused"]
    assert outcomes(driver.leave([first])) == ["refused"]
    late = credits.CreditRow(1, first, START, "classroom", "theory", "online", 8)
    answer = driver.call(driver.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", (late,)))
    assert outcomes(answer.rows) == ["refused"]


def test_days_and_words_that_cannot_be_are_refused_row_by_row(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    rows = [
        assessment(1, enrolment, on=START + timedelta(days=1)),
        assessment(1, enrolment, on=START - timedelta(days=1)),
        assessment(1, enrolment, on=START, result="failed"),
    ]
    fields = [driver.assess([row])[0].field for row in rows]
    assert fields == ["assessed_on", "assessed_on", "pass_certificate"]


def test_appraisability_is_asked_once_for_a_day_and_kept(driver: Driver) -> None:
    enrolments = driver.running(3)
    driver.harness.answers(eligibility.ASK_OCCUPATION, lambda _: eligibility.OccupationAnswer("o", "shortage", False))
    driver.teach(enrolments)
    driver.passed(enrolments, START)
    asked = [request for route, request in driver.harness.asked if route == "registry.ask_occupation"]
    assert asked == [eligibility.AskOccupation(driver.document, "6-18-01", date(2022, 6, 10), START, START)]
    page = driver.outcome_page()
    assert [outcome.appraisable for outcome in page.enrolments] == [False] * 3
