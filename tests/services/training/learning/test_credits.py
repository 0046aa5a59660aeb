"""Class hours and extra credits: once, in time, and approved by another person (APP-15, X-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from shared.contracts.training import credits
from shared.security.speaker import Role
from tests.services.harness import CHAOYANG
from tests.services.training.driver import (
    START,
    Driver,
    outcomes,
    said,
)


def test_hours_are_recorded_once_in_time_for_people_of_the_project(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    row = credits.CreditRow(1, enrolment, START, "classroom", "theory", "classroom", 8)
    rows = (
        row,
        replace(row, row=2),
        replace(row, row=3, on=START - timedelta(days=1)),
        replace(row, row=4, on=START + timedelta(days=1)),
        replace(row, row=5, enrolment_id="nobody"),
        replace(row, row=6, topic="车削"),
    )
    answers = driver.call(driver.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows)).rows
    assert outcomes(answers) == ["accepted", "refused", "refused", "refused", "refused", "accepted"]
    assert [answer.field for answer in answers] == [None, "topic", "on", "on", "enrolment_id", None]
    again = credits.RecordCredits("p1", (row, replace(row, row=2, topic="车削", class_hours=7)))
    answers = driver.call(driver.employer, credits.RECORD_CREDITS, again).rows
    assert outcomes(answers) == ["unchanged", "refused"]


def test_extra_credits_count_once_another_person_approved_them(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment], classroom=320, workplace=470)
    assert "APP-15" in said(driver.passed([enrolment], START)[0])
    rows = (credits.ExtraCreditRow(1, enrolment, "bonus", 1, "技能大赛获奖"),)
    [proposed] = driver.call(driver.employer, credits.RECORD_EXTRA_CREDITS, credits.RecordExtraCredits("p1", rows)).rows
    assert "APP-15" in said(driver.passed([enrolment], START)[0])

    approval = credits.ApproveExtraCredits("p1", (proposed.id or "", "unknown"))
    same_person = driver.harness.speaker(Role.DISTRICT_OFFICER, "clerk-1", district=CHAOYANG)
    own, _ = driver.call(same_person, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert "X-5" in said(own)
    approved = driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(approved) == ["accepted", "refused"]
    again = driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(again) == ["unchanged", "refused"]
    assert outcomes(driver.passed([enrolment], START)) == ["accepted"]
