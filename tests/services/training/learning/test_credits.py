"""Class hours and extra credits: once, in time, and approved by another person (APP-15, X-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.training.models import CreditHours
from shared.contracts.training import credits
from shared.security.speaker import Role
from tests.services.harness import CHAOYANG
from tests.services.training.driver import (
    START,
    TAUGHT,
    Driver,
    outcomes,
    said,
)
from tests.together import together


def test_hours_are_recorded_once_in_time_for_people_of_the_project(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    row = credits.CreditRow(1, enrolment, START, "classroom", "theory", "classroom", 4)
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
    again = credits.RecordCredits("p1", (row, replace(row, row=2, topic="车削", class_hours=3)))
    answers = driver.call(driver.employer, credits.RECORD_CREDITS, again).rows
    assert outcomes(answers) == ["unchanged", "refused"]


def test_a_day_holds_eight_class_hours_of_a_person_whoever_records_them(driver: Driver) -> None:
    first, second = driver.running(2)
    school = credits.CreditRow(1, first, START, "classroom", "theory", "classroom", 5, "车工工艺")
    work = replace(school, row=2, part="workplace", content="practice", mode="on_the_job", class_hours=3)
    hour = replace(school, row=3, class_hours=1, topic="安全生产")
    answers = driver.record_hours([school, work, hour, replace(hour, row=4, enrolment_id=second)])
    assert outcomes(answers) == ["accepted", "accepted", "refused", "accepted"]
    assert answers[2].field == "on" and "9 课时，超过一日 8 课时" in said(answers[2])
    assert "APP-15" in said(driver.record_hours([hour], driver.employer)[0])
    driver.harness.move_clock(START + timedelta(days=1))
    assert outcomes(driver.record_hours([replace(hour, on=START + timedelta(days=1))])) == ["accepted"]


def test_a_days_hours_of_one_person_are_summed_over_enrolments(driver: Driver) -> None:
    [before] = driver.running(1)
    driver.record_hours(
        [credits.CreditRow(1, before, START, "workplace", "practice", "on_the_job", 5)], driver.employer
    )
    driver.leave([before], reason="changed_employer")
    driver.ready(["person-0"], "p2", driver.rival)
    [now] = driver.enrol(["person-0"], "p2", driver.rival)
    row = credits.CreditRow(1, now.id or "", START, "workplace", "practice", "on_the_job", 4)
    answers = [
        driver.call(driver.rival, credits.RECORD_CREDITS, credits.RecordCredits("p2", (one,))).rows[0]
        for one in (row, replace(row, class_hours=3))
    ]
    assert outcomes(answers) == ["refused", "accepted"] and "9 课时" in said(answers[0])


def test_hours_recorded_at_the_same_moment_are_summed(make_database: Callable[..., Any], tmp_path: Path) -> None:
    driver = Driver(make_database("training", "postgresql").url, tmp_path)
    [enrolment] = driver.running(1)

    def record(place: int) -> object:
        row = credits.CreditRow(1, enrolment, START, "classroom", "theory", "classroom", 5, f"课程{place}")
        return driver.record_hours([row])[0].outcome

    assert sorted(map(str, together(4, record))) == ["accepted", "refused", "refused", "refused"]
    driver.harness.close()


def test_more_hours_in_a_day_need_a_reason_that_is_kept_and_no_day_has_more_than_its_own(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    row = credits.CreditRow(1, enrolment, START, "workplace", "practice", "on_the_job", 9)
    assert outcomes(driver.record_hours([row])) == ["refused"]
    assert "填写理由" in said(driver.record_hours([row])[0])
    reasoned = replace(row, reason="设备大修，连班实训")
    assert outcomes(driver.record_hours([reasoned])) == ["accepted"]
    rest = replace(reasoned, topic="设备大修", class_hours=24)
    assert "一日至多 32 课时" in said(driver.record_hours([rest])[0])
    assert outcomes(driver.record_hours([replace(rest, class_hours=23)])) == ["accepted"]
    with driver.harness.database.reading() as session:
        kept = session.scalars(select(CreditHours.reason).where(CreditHours.enrolment_id == enrolment)).all()
    assert kept == ["设备大修，连班实训"] * 2


def test_extra_credits_count_once_another_person_approved_them(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment], classroom=320, workplace=470)
    assert "APP-15" in said(driver.passed([enrolment], TAUGHT)[0])
    rows = (credits.ExtraCreditRow(1, enrolment, "bonus", 1, "技能大赛获奖"),)
    [proposed] = driver.call(driver.employer, credits.RECORD_EXTRA_CREDITS, credits.RecordExtraCredits("p1", rows)).rows
    assert "APP-15" in said(driver.passed([enrolment], TAUGHT)[0])

    approval = credits.ApproveExtraCredits("p1", (proposed.id or "", "unknown"))
    same_person = driver.harness.speaker(Role.DISTRICT_OFFICER, "clerk-1", district=CHAOYANG)
    own, _ = driver.call(same_person, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert "X-5" in said(own)
    approved = driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(approved) == ["accepted", "refused"]
    again = driver.call(driver.officer, credits.APPROVE_EXTRA_CREDITS, approval).rows
    assert outcomes(again) == ["unchanged", "refused"]
    assert outcomes(driver.passed([enrolment], TAUGHT)) == ["accepted"]
