"""Two mentors on every day (APP-11): who leaves, who comes after, and the hours in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.common import RowResult
from shared.contracts.registry import eligibility
from shared.contracts.training import credits, learning, preparation
from shared.errors import NotFound
from shared.security.speaker import Role, Speaker
from tests.services.training.world import START, World, outcomes

GONE = START + timedelta(days=30)
LATER = START + timedelta(days=50)
MENTOR, SUCCESSOR = "m-employer-1", "m-employer-1_two"
INSTRUCTOR, SECOND = "i-provider-1", "i-provider-1_two"


def release(world: World, teacher: str, on: date = GONE, speaker: Speaker | None = None) -> RowResult:
    request = preparation.ReleaseMentors("p1", (preparation.ReleaseRow(1, teacher, on),))
    return world.harness.call(speaker or world.employer, preparation.RELEASE_MENTORS, request).rows[0]


def assign(world: World, mentor: str, instructor: str, from_on: date | None = None) -> RowResult:
    row = preparation.MentorRow(1, "person-0", mentor, instructor, from_on)
    return world.harness.call(world.employer, preparation.ASSIGN_MENTORS, preparation.AssignMentors("p1", (row,))).rows[
        0
    ]


def hours(world: World, enrolment: str, on: date) -> list[str]:
    """What becomes of a day's hours at the workplace and in the classroom."""
    work = credits.CreditRow(1, enrolment, on, "workplace", "practice", "on_the_job", 8)
    school = credits.CreditRow(2, enrolment, on, "classroom", "theory", "classroom", 8)
    request = credits.RecordCredits("p1", (work, school))
    return outcomes(world.harness.call(world.employer, credits.RECORD_CREDITS, request).rows)


def waiting(world: World, speaker: Speaker) -> list[str]:
    return [item.kind for item in world.harness.call(speaker, learning.LIST_WAITING, learning.ListWaiting()).items]


def test_hours_at_the_workplace_need_the_mentor_and_those_in_the_classroom_the_instructor(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LATER)
    assert "1 名学员" in (release(world, MENTOR).message or "")
    assert hours(world, enrolment, GONE - timedelta(days=1)) == ["accepted", "accepted"]
    assert hours(world, enrolment, GONE) == ["refused", "accepted"]
    assert release(world, INSTRUCTOR, LATER).outcome == "accepted"
    assert hours(world, enrolment, LATER) == ["refused", "refused"]


def test_a_successor_guides_from_his_day_on_and_what_lies_before_stays_refused(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LATER)
    release(world, MENTOR)
    assert waiting(world, world.employer) == ["assign_mentor"]
    assert waiting(world, world.provider) == []
    since = GONE + timedelta(days=5)
    assert assign(world, SUCCESSOR, INSTRUCTOR, since).outcome == "accepted"
    assert waiting(world, world.employer) == []
    assert hours(world, enrolment, since - timedelta(days=1)) == ["refused", "accepted"]
    assert hours(world, enrolment, since) == ["accepted", "accepted"]
    asked = [request for route, request in world.harness.asked if route == "registry.decide_teachers"]
    assert asked[-1] == eligibility.DecideTeachers(world.document, since, (INSTRUCTOR, SUCCESSOR))


def test_an_instructor_who_left_waits_for_both_parties(world: World) -> None:
    world.running(1)
    world.harness.move_clock(LATER)
    release(world, INSTRUCTOR)
    assert (waiting(world, world.employer), waiting(world, world.provider)) == (["assign_mentor"], ["name_instructor"])
    assign(world, MENTOR, SECOND)
    assert (waiting(world, world.employer), waiting(world, world.provider)) == ([], [])


def test_a_pair_may_come_back_from_a_later_day(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LATER)
    assert assign(world, MENTOR, INSTRUCTOR).outcome == "unchanged"
    release(world, MENTOR)
    assert assign(world, MENTOR, INSTRUCTOR).outcome == "accepted"
    assert assign(world, MENTOR, INSTRUCTOR).outcome == "unchanged"
    assert hours(world, enrolment, LATER) == ["accepted", "accepted"]
    assert hours(world, enrolment, LATER - timedelta(days=1)) == ["refused", "accepted"]


def test_releases_that_cannot_be_are_refused_and_the_same_one_is_unchanged(world: World) -> None:
    world.running(1)
    world.harness.move_clock(GONE)
    assert release(world, MENTOR, LATER).field == "from_on"
    assert release(world, "m-employer-1_stranger").field == "teacher_id"
    assert release(world, MENTOR, speaker=world.provider).field == "teacher_id"
    assert [release(world, MENTOR).outcome for _ in range(2)] == ["accepted", "unchanged"]
    assert release(world, MENTOR, START).field == "teacher_id"
    assert release(world, INSTRUCTOR, speaker=world.provider).outcome == "accepted"
    other = world.harness.speaker(Role.TRAINING_PROVIDER, "clerk-9", organisation="provider-9")
    with pytest.raises(NotFound):
        release(world, INSTRUCTOR, speaker=other)


def test_a_successors_first_day_lies_between_the_approval_and_today(world: World) -> None:
    world.running(1)
    assert assign(world, SUCCESSOR, INSTRUCTOR, START + timedelta(days=1)).field == "from_on"
    assert assign(world, SUCCESSOR, INSTRUCTOR, date(2022, 6, 9)).field == "from_on"


def test_who_was_released_no_longer_counts_for_an_enrolment(world: World) -> None:
    world.ready(["person-0"])
    release(world, MENTOR, START)
    [answer] = world.enrol(["person-0"])
    assert answer.outcome == "refused" and "APP-11" in (answer.message or "")


def test_a_mentor_of_thousands_is_released_at_once(world: World) -> None:
    people = [f"person-{number}" for number in range(2500)]
    world.ready(people)
    assert "2500 名学员" in (release(world, MENTOR, START).message or "")
    [row] = {replace(row, row=0, id=None) for row in world.assign(people)}
    assert row.outcome == "refused", "the same pair from the same day would be the old one"
