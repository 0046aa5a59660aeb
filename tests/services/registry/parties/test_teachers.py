"""Mentors and instructors: people of an organisation, decided by what is attested of them (APP-11, APP-12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.contracts.common import FindingShape
from shared.contracts.registry.eligibility import DECIDE_TEACHERS, DecideTeachers, TeacherDecided
from shared.contracts.registry.teachers import REGISTER_TEACHERS, RegisterTeachers, TeacherRow
from shared.errors import InvalidRequest, NotFound
from tests.services.registry.driver import FIRMS, INSTRUCTOR, MENTOR, TODAY, Driver


def _register(driver: Driver, organisation: str, *rows: TeacherRow, **by: Any) -> list[tuple[str, str | None]]:
    request = RegisterTeachers(organisation, rows)
    answer = driver.harness.call(by.get("by") or driver.employer(organisation), REGISTER_TEACHERS, request)
    return [(result.outcome, result.id) for result in answer.rows]


def _decide(driver: Driver, *teachers: str) -> tuple[TeacherDecided, ...]:
    request = DecideTeachers(driver.document, TODAY, teachers)
    return driver.harness.call(driver.review(), DECIDE_TEACHERS, request).teachers


def _unmet(decided: TeacherDecided) -> list[FindingShape]:
    return [finding for finding in decided.decision.findings if finding.outcome == "unmet"]


def test_registering_again_rewrites_the_same_teacher(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    mentor = replace(MENTOR, person_id=person)
    ((made, teacher),) = _register(driver, employer, mentor)
    assert made == "accepted"
    assert _register(driver, employer, mentor) == [("unchanged", teacher)]
    assert _register(driver, employer, replace(mentor, title="senior", awards=("示例奖",))) == [("accepted", teacher)]


def test_a_teacher_is_one_of_the_organisations_own_people(driver: Driver, employer: str, stranger: str) -> None:
    (person,) = driver.people(stranger)
    assert _register(driver, employer, replace(MENTOR, person_id=person)) == [("refused", None)]
    with pytest.raises(NotFound):
        _register(driver, stranger, replace(MENTOR, person_id=person), by=driver.employer(employer))


def test_a_person_stands_once_as_mentor_and_once_as_instructor(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    rows = [replace(row, person_id=person) for row in (MENTOR, MENTOR, INSTRUCTOR)]
    assert [outcome for outcome, _ in _register(driver, employer, *rows)] == ["accepted", "refused", "accepted"]


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        (MENTOR, "met"),
        (replace(MENTOR, post_since=date(2021, 6, 7)), "refused"),
        (replace(MENTOR, attested_on=None), "refused"),
        (replace(MENTOR, post_since=None, key_technical_staff=True), "met"),
        (INSTRUCTOR, "met"),
        (replace(INSTRUCTOR, teaching_since=date(2020, 6, 7)), "refused"),
        (replace(INSTRUCTOR, teaching_since=None, dual_qualified=True), "met"),
    ],
)
def test_a_teacher_is_decided_by_kind(driver: Driver, row: TeacherRow, verdict: str) -> None:
    organisation = driver.provider(FIRMS[2])
    (person,) = driver.people(organisation)
    ((_, teacher),) = _register(driver, organisation, replace(row, person_id=person))
    (decided,) = _decide(driver, str(teacher))
    assert (decided.kind, decided.organisation_id, decided.decision.verdict) == (row.kind, organisation, verdict)
    assert bool(_unmet(decided)) == (verdict == "refused")


def test_unknown_teachers_are_named(driver: Driver) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _decide(driver, "nobody")
    assert refused.value.details["fields"][0]["path"] == "teacher_ids[0]"
    assert "nobody" in refused.value.details["fields"][0]["message"]
