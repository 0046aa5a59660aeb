"""Five thousand rows in one call of each list command of registry, one of them twice: answered row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.bus.wire import write_result
from shared.contracts.registry import eligibility, evidence, teachers
from shared.contracts.registry.people import REGISTER_PEOPLE, REVEAL_PEOPLE, RegisterPeople, RevealPeople
from shared.contracts.schema import codec
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.errors import TooLarge
from shared.money import Money
from shared.scenario.made_up_parties import people
from shared.security.speaker import Purpose
from tests.services.full_lists import answered, rows_answered
from tests.services.registry.driver import TODAY, TURNER, Driver, row_of

ALL = range(1, ROWS_PER_CALL + 1)
IDENTITY = frozenset({Purpose.IDENTITY})


def registered(driver: Driver, employer: str) -> list[str]:
    """So many people, less the one whose row repeats the first."""
    made = people(ROWS_PER_CALL - 1, seed=31)
    rows = tuple(row_of(number, person) for number, person in enumerate([*made, made[0]], start=1))
    request = RegisterPeople(employer, rows)
    answers = rows_answered(driver.harness, driver.employer(employer), REGISTER_PEOPLE, request)
    assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    return [str(row["id"]) for row in answers[:-1]]


def test_every_list_command_takes_five_thousand_rows_in_few_statements(driver: Driver, employer: str) -> None:
    known = registered(driver, employer)
    each = list(zip(ALL, [*known, known[0]], strict=True))
    job = evidence.EmploymentRow(
        0, "", "车工", "new_hire", False, True, date(2022, 1, 1), date(2025, 1, 1), "employer", Money.yuan(5200)
    )
    certificate = evidence.HeldCertificateRow(0, "", TURNER, "intermediate", "Z-1", date(2020, 1, 1))
    mentor = teachers.TeacherRow(0, "", "workplace_mentor", TODAY, certificate_level="technician", awards=("示例奖",))
    for method, request in (
        (
            evidence.RECORD_EMPLOYMENT,
            evidence.RecordEmployment(employer, tuple(replace(job, row=row, person_id=one) for row, one in each)),
        ),
        (
            teachers.REGISTER_TEACHERS,
            teachers.RegisterTeachers(employer, tuple(replace(mentor, row=row, person_id=one) for row, one in each)),
        ),
    ):
        answers = rows_answered(driver.harness, driver.employer(employer), method, request)
        assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    months = tuple(f"2021-{month:02d}" for month in range(1, 13))
    insurance = evidence.RecordInsurance(
        tuple(evidence.InsuranceRow(row, one, months, "employer") for row, one in each)
    )
    held = evidence.RecordHeldCertificates(tuple(replace(certificate, row=row, person_id=one) for row, one in each))
    # Months and certificates are facts: saying one twice changes nothing.
    for speaker, method, asked in (
        (driver.officer(), evidence.RECORD_INSURANCE, insurance),
        (driver.employer(employer), evidence.RECORD_HELD_CERTIFICATES, held),
    ):
        outcomes = [row["outcome"] for row in answered(driver.harness, speaker, method, asked)["rows"]]
        assert outcomes == ["accepted"] * (ROWS_PER_CALL - 1) + ["unchanged"]


def test_five_thousand_people_are_shown_and_their_wages_asked_in_one_answer(driver: Driver, employer: str) -> None:
    known = tuple(registered(driver, employer))
    shown = answered(
        driver.harness,
        driver.officer(purposes=IDENTITY),
        REVEAL_PEOPLE,
        RevealPeople(known, Purpose.IDENTITY),
    )
    assert len(shown["people"]) == len(known)
    wages = answered(driver.harness, driver.review(), evidence.ASK_WAGES, evidence.AskWages(employer, known))
    assert len(wages["wages"]) == len(known)


def test_as_many_decisions_as_one_question_may_ask_for_fit_into_its_answer(driver: Driver, employer: str) -> None:
    known = tuple(registered(driver, employer))
    question = eligibility.DecideApprentices(
        document=driver.document,
        on=TODAY,
        employer_id=employer,
        enrolment_on=TODAY,
        training_ends_on=date(2024, 6, 6),
        occupation=TURNER,
        level="advanced",
        person_ids=known[: eligibility.DECISIONS_PER_CALL],
    )
    decided = answered(driver.harness, driver.review(), eligibility.DECIDE_APPRENTICES, question)
    # Nothing is on file of them, so that every finding says at length what is missing.
    assert {one["verdict"] for one in decided["people"]} == {"refused"}
    assert len(write_result(decided).encode()) * 5 > codec.MAX_BODY  # five thousand at once would not fit
    with pytest.raises(TooLarge):
        driver.harness.call(driver.review(), eligibility.DECIDE_APPRENTICES, replace(question, person_ids=known))
