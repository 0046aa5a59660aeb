"""What bars an enrolment or the start of training: each row with its clause and cure, nothing else lost."""

from __future__ import annotations

from datetime import date

import pytest

from shared.contracts.registry import catalogues, evidence
from shared.contracts.training import preparation, projects
from shared.errors import InvalidRequest, PolicyNotMet
from shared.money import Money
from tests.services.training.driver import (
    COOPERATION_ITEMS,
    START,
    TRAINING_ITEMS,
    Driver,
    outcomes,
    said,
)


def test_without_roster_agreements_and_mentors_every_missing_thing_is_named(driver: Driver) -> None:
    driver.approve()
    [answer] = driver.enrol(["person-0"])
    for clause in ("APP-24", "培训协议", "培训合作协议", "APP-11"):
        assert clause in said(answer)
    assert driver.harness.told(projects.COURSE_RUN_OPENED) == []


def test_textbooks_not_filed_are_shown_and_bar_nothing(driver: Driver) -> None:
    driver.approve()
    driver.admit(["person-0"])
    agreement = preparation.TrainingAgreement("p1", "individual", ("person-0",), TRAINING_ITEMS, START)
    driver.call(driver.employer, preparation.RECORD_TRAINING_AGREEMENT, agreement)
    cooperation = preparation.CooperationAgreement("p1", COOPERATION_ITEMS, START, Money.yuan(1000))
    driver.call(driver.employer, preparation.RECORD_COOPERATION_AGREEMENT, cooperation)
    driver.assign(["person-0"])
    assert outcomes(driver.enrol(["person-0"])) == ["accepted"]
    [shown] = driver.enrolments(driver.employer)
    found = {finding.rule: finding.outcome for finding in shown.decisions[0].findings}
    assert found["APP-16"] == "advice"
    assert not driver.outcome_page().textbooks_filed


def test_employer_rules_that_are_missing_from_the_plan_bar_everybody(driver: Driver) -> None:
    driver.approve(employer_rules=("training_term", "leave", "assessment"))
    driver.admit(["person-0"])
    driver.sign(["person-0"])
    driver.assign(["person-0"])
    assert "学籍异动" in said(driver.enrol(["person-0"])[0])


@pytest.mark.parametrize(("fen", "outcome"), [(231999, "refused"), (232000, "accepted")])
def test_a_wage_is_never_below_the_minimum(driver: Driver, fen: int, outcome: str) -> None:
    driver.neighbours.wages["person-0"] = Money(fen)
    driver.ready(["person-0", "person-1"])
    first, second = driver.enrol(["person-0", "person-1"])
    assert (first.outcome, second.outcome) == (outcome, "accepted")
    assert first.outcome == "accepted" or "APP-25" in said(first)
    asked = [request for route, request in driver.harness.asked if route == "registry.ask_minimum_wage"]
    assert asked == [catalogues.AskMinimumWage("110000", date(2022, 6, 1))]


def test_an_unknown_wage_and_an_unknown_minimum_are_not_guessed(driver: Driver) -> None:
    driver.neighbours.wages["person-0"] = None
    driver.ready(["person-0", "person-1"])
    first, second = driver.enrol(["person-0", "person-1"])
    assert "工资" in said(first) and second.outcome == "accepted"
    driver.neighbours.minimum = None
    driver.neighbours.wages["person-0"] = Money.yuan(9000)
    assert "最低工资标准" in said(driver.enrol(["person-0"])[0])


def test_who_is_admitted_while_wages_are_asked_is_not_enrolled_without_one(driver: Driver) -> None:
    driver.ready(["person-0"])
    known = driver.harness.neighbours["registry.ask_wages"]

    def meanwhile(request: evidence.AskWages) -> evidence.WageList:
        driver.admit(["person-1"])
        return known(request)  # type: ignore[no-any-return]

    driver.harness.answers(evidence.ASK_WAGES, meanwhile)
    first, second = driver.enrol(["person-0", "person-1"])
    assert first.outcome == "accepted" and "工资" in said(second)


def test_training_starts_neither_before_the_approval_nor_before_the_roster(driver: Driver) -> None:
    driver.ready(["person-0"])
    with pytest.raises(InvalidRequest):
        driver.enrol(["person-0"], starts_on=date(2022, 6, 9))
    assert "APP-24" in said(driver.enrol(["person-0"], starts_on=date(2022, 6, 13))[0])
    assert outcomes(driver.enrol(["person-0"], starts_on=date(2022, 6, 14))) == ["accepted"]


def test_too_few_agreed_credits_stop_the_run_before_it_starts(driver: Driver) -> None:
    driver.approve(classroom_credits=31)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.enrol(["person-0"])
    assert [finding["rule"] for finding in refusal.value.details["findings"]] == ["APP-15"]


def test_a_person_twice_in_a_batch_is_enrolled_once(driver: Driver) -> None:
    driver.ready(["person-0"])
    first, second = driver.enrol(["person-0", "person-0"])
    assert first.outcome == "accepted" and "第 1 行" in said(second)


def test_whoever_left_is_enrolled_again_by_a_roster_of_its_own_only(driver: Driver) -> None:
    """INT-90: a withdrawal, and back on the old roster without review, brought one advance after the other."""
    first = driver.running(1)
    driver.leave(first)
    [refused] = driver.enrol(["person-0"])
    assert "重新" in said(refused) or "新的学徒名单" in said(refused)
    driver.admit(["person-0"], roster="second-roster")
    [again] = driver.enrol(["person-0"])
    assert again.outcome == "accepted"
    driver.leave([again.id or ""])
    driver.admit(["person-0"])  # the first roster, told once more
    assert outcomes(driver.enrol(["person-0"])) == ["refused"]


def test_two_years_from_29_february_end_on_28_february(driver: Driver) -> None:
    driver.harness.move_clock(date(2024, 2, 29))
    driver.ready(["person-0"])
    (enrolled,) = driver.enrol(["person-0"], starts_on=date(2024, 2, 29))
    assert (enrolled.outcome, driver.project().ends_on) == ("accepted", date(2026, 2, 28))
