"""Attendance, attrition and pictures, shown at any time and decided at the end of the run (APP-33, 35)."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import insert

from services.training.models import CreditHours, Media
from shared.contracts.training import credits, learning, projects
from shared.errors import PolicyNotMet
from tests.services.training.driver import START, TAUGHT, Driver


def conduct(driver: Driver) -> learning.ConductShape:
    return driver.call(driver.officer, learning.GET_CONDUCT, learning.GetConduct("p1"))


def test_attendance_and_attrition_are_exact_fractions_over_all_enrolments(driver: Driver) -> None:
    first, second, leaver = driver.running(3)
    driver.teach([first], classroom=320, workplace=480)
    driver.teach([second], classroom=100, workplace=1)
    driver.leave([leaver])
    shown = conduct(driver)
    assert (shown.attendance, shown.attrition) == ("901/2400", "1/3")
    assert {finding.rule: finding.outcome for finding in shown.findings} == {"APP-33": "unmet", "APP-35": "met"}
    assert shown.decision is None


def test_a_run_without_a_picture_is_not_complete_and_its_conduct_is_decided_and_kept(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    driver.passed([enrolment], TAUGHT)
    with pytest.raises(PolicyNotMet) as refusal:
        driver.complete()
    assert "APP-33" in [finding["rule"] for finding in refusal.value.details["findings"]]
    assert driver.harness.told(projects.COURSE_RUN_COMPLETED) == []
    driver.photograph()
    assert driver.complete().passed == 1
    kept = conduct(driver).decision
    assert kept is not None and kept.verdict == "met"


def test_a_picture_named_with_hours_is_one_too_and_counts_once(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    file = driver.picture(driver.provider)
    rows = tuple(
        credits.CreditRow(number, enrolment, START, "classroom", "theory", "classroom", 4, f"课程{number}", file)
        for number in (1, 2)
    )
    driver.call(driver.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows))
    assert conduct(driver).media == 1
    driver.photograph()
    assert conduct(driver).media == 1


def test_a_name_that_an_earlier_release_took_for_a_picture_counts_when_its_file_is_here(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    content = b"a photo of 2022"
    file = f"sha256:{hashlib.sha256(content).hexdigest()}"
    common = {"project_id": "p1", "kind": "photo", "taken_on": START, "caption": "", "recorded_on": START}
    hours = {"part": "classroom", "content": "theory", "mode": "classroom", "topic": "", "class_hours": 8}
    with driver.harness.database.engine.begin() as connection:
        connection.execute(insert(Media).values(id="m1", file=file, **common))
        connection.execute(
            insert(CreditHours).values(
                id="h1", enrolment_id=enrolment, held_on=START, media=f"sha256:{'0' * 64}", **hours
            )
        )
    assert conduct(driver).media == 0
    driver.picture(driver.employer, content)
    assert conduct(driver).media == 1
