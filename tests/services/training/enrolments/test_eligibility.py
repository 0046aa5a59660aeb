"""Eligibility is decided again when an enrolment is established, on that day's evidence (APP-2, INT-87)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from shared.contracts.common import FindingShape
from shared.contracts.registry.eligibility import DecideApprentices
from shared.policy.policies import PROGRAMMES
from tests.services.training.driver import START, Driver, outcomes, said

ENDED = FindingShape("APP-2", "二(一)", "unmet", "must", "合同", "劳动合同应至少到 2022-06-15，请续签后补交")


def _asked(driver: Driver) -> list[DecideApprentices]:
    return [request for route, request in driver.harness.asked if route == "registry.decide_apprentices"]


def test_who_is_no_longer_eligible_is_refused_with_clause_and_cure_and_nobody_else(driver: Driver) -> None:
    driver.ready(["person-0", "person-1"])
    driver.neighbours.ineligible["person-0"] = ENDED
    first, second = driver.enrol(["person-0", "person-1"])
    assert said(first) == "APP-2（二(一)）劳动合同应至少到 2022-06-15，请续签后补交"
    assert second.outcome == "accepted"
    del driver.neighbours.ineligible["person-0"]
    assert outcomes(driver.enrol(["person-0"])) == ["accepted"]


def test_a_list_is_one_question_about_those_who_are_not_enrolled_yet(driver: Driver) -> None:
    driver.ready(["person-0", "person-1", "person-2"])
    driver.enrol(["person-0"])
    driver.enrol(["person-0", "person-1", "person-2", "stranger"])
    assert [question.person_ids for question in _asked(driver)] == [("person-0",), ("person-1", "person-2")]
    last = _asked(driver)[-1]
    assert (last.stage, last.on, last.enrolment_on) == ("enrolment", START, START)
    assert (last.employer_id, last.occupation, last.level) == ("employer-1", "6-18-01", "advanced")


def test_a_start_set_earlier_does_not_bring_back_evidence_that_ended(driver: Driver) -> None:
    driver.ready(["person-0"])
    driver.harness.move_clock(date(2022, 10, 8))
    driver.enrol(["person-0"], starts_on=START)
    driver.enrol(["person-0"], starts_on=date(2022, 10, 20))
    assert [question.enrolment_on for question in _asked(driver)] == [date(2022, 10, 8)]


def test_a_start_that_is_still_to_come_is_decided_for_its_own_day(driver: Driver) -> None:
    driver.ready(["person-0"])
    driver.enrol(["person-0"], starts_on=date(2022, 7, 1))
    (question,) = _asked(driver)
    assert (question.on, question.enrolment_on, question.training_ends_on) == (
        START,
        date(2022, 7, 1),
        date(2024, 6, 30),
    )


def test_the_enrolment_keeps_the_decision_that_it_rests_on(driver: Driver) -> None:
    driver.ready(["person-0"])
    driver.enrol(["person-0"])
    assert [one.eligibility_decision for one in driver.enrolments()] == ["eligible-person-0"]


def test_under_the_other_reading_the_roster_alone_decides(make_database: Callable[..., Any], tmp_path: Path) -> None:
    packaged = PROGRAMMES / "apprenticeship" / "documents" / "beijing-2022-11-apprenticeship.yaml"
    text = packaged.read_text(encoding="utf-8").replace("value: roster_and_enrolment", "value: roster_only")
    text = text.replace("revision: 3", "revision: 99")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "roster-only.yaml").write_text(text, encoding="utf-8")
    driver = Driver(make_database("training", "sqlite").url, tmp_path, policy_path=str(tmp_path / "documents"))
    try:
        driver.neighbours.ineligible["person-0"] = ENDED
        driver.ready(["person-0"])
        assert outcomes(driver.enrol(["person-0"])) == ["accepted"]
        assert _asked(driver) == []
        assert [one.eligibility_decision for one in driver.enrolments()] == [None]
    finally:
        driver.harness.close()
