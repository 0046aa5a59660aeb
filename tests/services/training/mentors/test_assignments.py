"""Who may be given to whom as a mentor (APP-11)."""

from __future__ import annotations

from dataclasses import replace

from shared.contracts.common import RowResult
from shared.contracts.training import preparation
from tests.services.training.driver import (
    Driver,
    said,
)


def test_only_eligible_teachers_of_the_right_side_are_assigned(driver: Driver) -> None:
    driver.approve()
    driver.admit([f"person-{number}" for number in range(7)])
    driver.neighbours.unknown_teachers = {"m-nobody"}
    driver.neighbours.poor_teachers = {"m-employer-1_poor"}
    pairs = [
        ("m-employer-1", "i-provider-1"),
        ("m-employer-2", "i-provider-1"),
        ("m-employer-1", "i-employer-1"),
        ("i-employer-1", "i-provider-1"),
        ("m-employer-1_poor", "i-provider-1"),
        ("m-nobody", "i-provider-1"),
    ]
    rows = [preparation.MentorRow(number, f"person-{number}", *pair) for number, pair in enumerate(pairs, start=1)]
    rows.append(preparation.MentorRow(7, "stranger", *pairs[0]))
    rows.append(preparation.MentorRow(8, "person-1", *pairs[0]))
    request = preparation.AssignMentors("p1", tuple(rows))
    answers = driver.call(driver.employer, preparation.ASSIGN_MENTORS, request).rows
    fields = [answer.field for answer in answers]
    mentor, instructor = "workplace_mentor_id", "instructor_id"
    assert fields == [None, mentor, instructor, mentor, mentor, mentor, "person_id", "person_id"]
    assert "APP-11" in said(answers[4]) and "第 1 行" in said(answers[7])
    again = driver.call(driver.employer, preparation.ASSIGN_MENTORS, replace(request, rows=request.rows[:1])).rows
    assert [(row.outcome, row.id) for row in again] == [("unchanged", answers[0].id)]


def assigned(driver: Driver, person: str, mentor: str = "m-employer-1", instructor: str = "i-provider-1") -> RowResult:
    row = preparation.MentorRow(1, person, mentor, instructor)
    return driver.call(driver.employer, preparation.ASSIGN_MENTORS, preparation.AssignMentors("p1", (row,))).rows[0]


def test_one_person_is_not_both_mentors_of_an_apprentice(driver: Driver) -> None:
    driver.approve()
    driver.admit(["person-0", "person-1"])
    driver.neighbours.teachers = {"m-employer-1": "zhang", "i-provider-1": "zhang"}
    assert "双导师" in said(assigned(driver, "person-0"))
    assert assigned(driver, "person-0", "m-employer-1_two").outcome == "accepted"
    beside = assigned(driver, "person-0", instructor="i-provider-1_two")
    assert beside.field == "workplace_mentor_id" and "双导师" in said(beside)
    assert assigned(driver, "person-1", instructor="i-provider-1_two").outcome == "accepted"


def test_an_apprentice_is_nobodys_mentor_and_who_guides_becomes_no_apprentice(driver: Driver) -> None:
    driver.approve()
    driver.admit(["person-0", "person-1"])
    driver.neighbours.teachers = {"m-employer-1": "person-1", "m-employer-1_two": "person-2"}
    assert "在培学员" in said(assigned(driver, "person-0"))
    assert "在培学员" in said(assigned(driver, "person-1"))
    people = ["person-0", "person-1"]
    driver.sign(people)
    assert [assigned(driver, person, "m-employer-1_two").outcome for person in people] == ["accepted"] * 2
    driver.admit(["person-2"])
    driver.sign(["person-2"])
    driver.neighbours.teachers["m-employer-1"] = "wang"
    assert assigned(driver, "person-2").outcome == "accepted"
    [answer] = driver.enrol(["person-2"])
    assert "在任的导师" in said(answer)
    assert {row.outcome for row in driver.enrol(people)} == {"accepted"}
