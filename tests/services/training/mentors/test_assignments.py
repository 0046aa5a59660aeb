"""Who may be given to whom as a mentor (APP-11)."""

from __future__ import annotations

from dataclasses import replace

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
