"""Two mentors on every day (APP-11): who leaves, who comes after, and the hours in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import RowResult
from shared.contracts.registry import eligibility
from shared.contracts.training import credits, preparation
from shared.errors import NotFound
from shared.security.speaker import Role, Speaker
from tests.services.training.driver import START, Driver, outcomes

GONE = START + timedelta(days=30)
LATER = START + timedelta(days=50)
MENTOR, SUCCESSOR = "m-employer-1", "m-employer-1_two"
INSTRUCTOR, SECOND = "i-provider-1", "i-provider-1_two"


def release(driver: Driver, teacher: str, on: date = GONE, speaker: Speaker | None = None) -> RowResult:
    request = preparation.ReleaseMentors("p1", (preparation.ReleaseRow(1, teacher, on),))
    return driver.call(speaker or driver.employer, preparation.RELEASE_MENTORS, request).rows[0]


def assign(driver: Driver, mentor: str, instructor: str, from_on: date | None = None) -> RowResult:
    row = preparation.MentorRow(1, "person-0", mentor, instructor, from_on)
    return driver.call(driver.employer, preparation.ASSIGN_MENTORS, preparation.AssignMentors("p1", (row,))).rows[0]


def hours(driver: Driver, enrolment: str, on: date) -> list[str]:
    """What becomes of a day's hours at the workplace and in the classroom."""
    work = credits.CreditRow(1, enrolment, on, "workplace", "practice", "on_the_job", 4)
    school = credits.CreditRow(2, enrolment, on, "classroom", "theory", "classroom", 4)
    request = credits.RecordCredits("p1", (work, school))
    return outcomes(driver.call(driver.employer, credits.RECORD_CREDITS, request).rows)


def waiting(driver: Driver, speaker: Speaker) -> list[str]:
    return [item.kind for item in driver.waiting(speaker)]


def test_hours_at_the_workplace_need_the_mentor_and_those_in_the_classroom_the_instructor(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LATER)
    assert "1 名学员" in (release(driver, MENTOR).message or "")
    assert hours(driver, enrolment, GONE - timedelta(days=1)) == ["accepted", "accepted"]
    assert hours(driver, enrolment, GONE) == ["refused", "accepted"]
    assert release(driver, INSTRUCTOR, LATER).outcome == "accepted"
    assert hours(driver, enrolment, LATER) == ["refused", "refused"]


def test_a_successor_guides_from_his_day_on_and_what_lies_before_stays_refused(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LATER)
    release(driver, MENTOR)
    assert waiting(driver, driver.employer) == ["assign_mentor"]
    assert waiting(driver, driver.provider) == []
    since = GONE + timedelta(days=5)
    assert assign(driver, SUCCESSOR, INSTRUCTOR, since).outcome == "accepted"
    assert waiting(driver, driver.employer) == []
    assert hours(driver, enrolment, since - timedelta(days=1)) == ["refused", "accepted"]
    assert hours(driver, enrolment, since) == ["accepted", "accepted"]
    asked = [request for route, request in driver.harness.asked if route == "registry.decide_teachers"]
    assert asked[-1] == eligibility.DecideTeachers(driver.document, since, (INSTRUCTOR, SUCCESSOR))


def test_an_instructor_who_left_waits_for_both_parties(driver: Driver) -> None:
    driver.running(1)
    driver.harness.move_clock(LATER)
    release(driver, INSTRUCTOR)
    assert (waiting(driver, driver.employer), waiting(driver, driver.provider)) == (
        ["assign_mentor"],
        ["name_instructor"],
    )
    assign(driver, MENTOR, SECOND)
    assert (waiting(driver, driver.employer), waiting(driver, driver.provider)) == ([], [])


def test_a_pair_may_come_back_from_a_later_day(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LATER)
    assert assign(driver, MENTOR, INSTRUCTOR).outcome == "unchanged"
    release(driver, MENTOR)
    assert assign(driver, MENTOR, INSTRUCTOR).outcome == "accepted"
    assert assign(driver, MENTOR, INSTRUCTOR).outcome == "unchanged"
    assert hours(driver, enrolment, LATER) == ["accepted", "accepted"]
    assert hours(driver, enrolment, LATER - timedelta(days=1)) == ["refused", "accepted"]


def test_releases_that_cannot_be_are_refused_and_the_same_one_is_unchanged(driver: Driver) -> None:
    driver.running(1)
    driver.harness.move_clock(GONE)
    assert release(driver, MENTOR, LATER).field == "from_on"
    assert release(driver, "m-employer-1_stranger").field == "teacher_id"
    assert release(driver, MENTOR, speaker=driver.provider).field == "teacher_id"
    assert [release(driver, MENTOR).outcome for _ in range(2)] == ["accepted", "unchanged"]
    assert release(driver, MENTOR, START).field == "teacher_id"
    assert release(driver, INSTRUCTOR, speaker=driver.provider).outcome == "accepted"
    other = driver.harness.speaker(Role.TRAINING_PROVIDER, "clerk-9", organisation="provider-9")
    with pytest.raises(NotFound):
        release(driver, INSTRUCTOR, speaker=other)


def test_a_successors_first_day_lies_between_the_approval_and_today(driver: Driver) -> None:
    driver.running(1)
    assert assign(driver, SUCCESSOR, INSTRUCTOR, START + timedelta(days=1)).field == "from_on"
    assert assign(driver, SUCCESSOR, INSTRUCTOR, date(2022, 6, 9)).field == "from_on"


def test_who_was_released_no_longer_counts_for_an_enrolment(driver: Driver) -> None:
    driver.ready(["person-0"])
    release(driver, MENTOR, START)
    [answer] = driver.enrol(["person-0"])
    assert answer.outcome == "refused" and "APP-11" in (answer.message or "")


def test_a_mentor_of_thousands_is_released_at_once(driver: Driver) -> None:
    people = [f"person-{number}" for number in range(2500)]
    driver.ready(people)
    assert "2500 名学员" in (release(driver, MENTOR, START).message or "")
    [row] = {replace(row, row=0, id=None) for row in driver.assign(people)}
    assert row.outcome == "refused", "the same pair from the same day would be the old one"
