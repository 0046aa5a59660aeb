"""The joint assessment: what bars a result, and what is only shown (APP-13, 15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.training import credits
from shared.errors import NotFound
from shared.security.speaker import Role
from tests.services.training.driver import (
    LAST_DAY,
    START,
    TAUGHT,
    Driver,
    assessment,
    outcomes,
    said,
)
from tests.together import together


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


def test_a_pass_has_its_certificate(driver: Driver) -> None:
    [bare] = driver.running(1)
    driver.teach([bare])
    for party in (driver.provider, driver.employer):
        [answer] = driver.assess_as(party, [assessment(1, bare, on=TAUGHT, pass_certificate=None)])
        assert "合格证书" in said(answer)


@pytest.mark.parametrize("employer_first", [True, False])
def test_a_result_stands_when_both_parties_entered_it_and_each_speaks_for_itself(
    driver: Driver, employer_first: bool
) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    row = assessment(1, enrolment, on=TAUGHT)
    assert (row.assessed_by_employer, row.assessed_by_provider) == (True, True)
    first, second = (driver.employer, driver.provider)[:: 1 if employer_first else -1]
    for expected in ("accepted", "unchanged"):
        [answer] = driver.assess_as(first, [row])
        assert answer.outcome == expected
        [shown] = driver.enrolments()
        assert shown.state == "in_training"
        assert [half.side for half in shown.assessments] == ["employer" if employer_first else "training_provider"]
    [answer] = driver.assess_as(second, [replace(row, assessed_by_employer=None, assessed_by_provider=None)])
    assert answer.outcome == "accepted"
    [shown] = driver.enrolments()
    assert shown.state == "passed"
    assert {(half.side, half.recorded_by, half.recorded_on) for half in shown.assessments} == {
        ("employer", driver.employer.person, TAUGHT),
        ("training_provider", driver.provider.person, TAUGHT),
    }


def test_halves_that_differ_are_both_kept_until_one_party_enters_the_others_result(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    driver.harness.move_clock(LAST_DAY)
    passed = assessment(1, enrolment)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    driver.assess_as(driver.employer, [passed])
    [answer] = driver.assess_as(driver.provider, [failed])
    assert answer.outcome == "accepted" and "不一致" in (answer.message or "")
    assert "企业新学徒培训合格证书" in (answer.message or "")
    [shown] = driver.enrolments()
    assert (shown.state, {half.result for half in shown.assessments}) == ("in_training", {"passed", "failed"})
    assert outcomes(driver.assess_as(driver.employer, [failed])) == ["accepted"]
    assert driver.enrolments()[0].state == "failed"


def test_two_halves_at_the_same_moment_make_the_result(make_database: Callable[..., Any], tmp_path: Path) -> None:
    driver = Driver(make_database("training", "postgresql").url, tmp_path)
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LAST_DAY)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    parties = (driver.employer, driver.provider)
    together(2, lambda place: driver.assess_as(parties[place], [failed]))
    assert driver.enrolments()[0].state == "failed"
    driver.harness.close()


def test_one_person_enters_one_half_and_a_party_that_took_no_part_enters_none(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    row = assessment(1, enrolment, on=TAUGHT)
    [answer] = driver.assess_as(driver.employer, [replace(row, assessed_by_employer=False)])
    assert answer.field == "assessed_by_employer" and "参加考核" in said(answer)
    [answer] = driver.assess_as(driver.provider, [replace(row, assessed_by_provider=False)])
    assert answer.field == "assessed_by_provider"
    driver.assess_as(driver.employer, [row])
    same = driver.harness.speaker(Role.TRAINING_PROVIDER, "clerk-1", organisation="provider-1")
    assert "另一人" in said(driver.assess_as(same, [row])[0])
    with pytest.raises(NotFound):
        driver.assess_as(driver.harness.speaker(Role.TRAINING_PROVIDER, "x", organisation="provider-2"), [row])


def test_the_ratio_of_hours_is_shown_and_bars_nothing(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment], classroom=500, workplace=480)
    [answer] = driver.passed([enrolment], TAUGHT)
    assert answer.outcome == "accepted" and "APP-7" in (answer.message or "")
    [shown] = driver.enrolments()
    assert [decision.verdict for decision in shown.decisions] == ["met", "met", "met", "met", "needs_reason"]


def test_a_result_stands(driver: Driver) -> None:
    first, second = driver.running(2)
    driver.teach([first, second])
    assert outcomes(driver.passed([first], TAUGHT)) == ["accepted"]
    answers = driver.assess(
        [assessment(1, first, on=TAUGHT), replace(assessment(2, second, on=TAUGHT), enrolment_id="no")]
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
    driver.passed(enrolments, TAUGHT)
    asked = [request for route, request in driver.harness.asked if route == "registry.ask_occupation"]
    of_each_party = eligibility.AskOccupation(driver.document, "6-18-01", date(2022, 6, 10), START, TAUGHT)
    assert asked == [of_each_party, of_each_party]
    page = driver.outcome_page()
    assert [outcome.appraisable for outcome in page.enrolments] == [False] * 3
