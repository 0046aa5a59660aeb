"""X-1, as the use cases tell it: kindly before the database, in its words after it, and at the same moment."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from services.training.service import TrainingService
from shared.contracts.common import RowResult
from shared.contracts.training import enrolments, projects
from shared.security.speaker import Speaker
from tests.services.training.driver import START, TAUGHT, Driver, assessment, certificate, outcomes
from tests.services.training.enrolments.database_alone import DatabaseAlone

ROUNDS = 200


@pytest.mark.parametrize("service", [TrainingService, DatabaseAlone], ids=["as it is", "the database alone"])
def test_forbidden_rows_do_not_lose_the_others(driver: Driver) -> None:
    taken = ["person-2", "person-5"]
    driver.ready(taken, "p2", driver.rival)
    assert outcomes(driver.enrol(taken, "p2", driver.rival)) == ["accepted"] * 2
    people = [f"person-{number}" for number in range(10)]
    driver.ready(people)
    answers = dict(zip(people, driver.enrol(people), strict=True))
    assert [person for person, answer in answers.items() if answer.outcome == "refused"] == taken
    for person in taken:
        message = answers[person].message or ""
        assert "X-1" in message and answers[person].field == "person_id" and "employer" not in message
    project = driver.project(driver.employer)
    assert project.enrolled == 8


def test_who_left_may_be_enrolled_elsewhere_and_who_passed_may_not(driver: Driver) -> None:
    leaver, graduate = driver.running(2)
    driver.teach([graduate])
    driver.leave([leaver])
    driver.assess([assessment(2, graduate, on=TAUGHT)])
    driver.ready(["person-0", "person-1"], "p2", driver.rival)
    assert outcomes(driver.enrol(["person-0", "person-1"], "p2", driver.rival)) == ["accepted", "refused"]


def test_a_certificate_number_is_recognised_however_it_is_written(driver: Driver) -> None:
    first, second = driver.running(2)
    driver.teach([first, second])
    driver.harness.move_clock(date(2024, 6, 14))
    driver.passed([first, second])
    rows = [certificate(1, first, "Ab-12"), certificate(2, second, "AB12")]
    assert outcomes(driver.certify(rows)) == ["accepted", "refused"]
    assert outcomes(driver.certify([certificate(1, first, "AB-12")])) == ["unchanged"]
    assert outcomes(driver.certify([certificate(1, first, "ＡＢ－12 ")])) == ["unchanged"]
    [blank] = driver.certify([certificate(1, second, " — ")])
    assert (blank.outcome, blank.field) == ("refused", "number")
    again = driver.certify([certificate(1, second, "ab12"), certificate(2, second, "C3")])
    assert outcomes(again) == ["refused", "accepted"] and "X-1" in (again[0].message or "")


@pytest.mark.parametrize("service", [TrainingService, DatabaseAlone], ids=["as it is", "the database alone"])
def test_two_employers_enrol_the_same_person_at_the_same_moment_200_times(driver: Driver) -> None:
    people = [f"person-{number}" for number in range(ROUNDS)]
    driver.ready(people)
    driver.ready(people, "p2", driver.rival)
    together = threading.Barrier(2)

    def one(by: tuple[str, Speaker], person: str) -> RowResult:
        together.wait(timeout=30)
        return driver.enrol([person], by[0], by[1])[0]

    sides = (("p1", driver.employer), ("p2", driver.rival))
    with ThreadPoolExecutor(2) as pool:
        for person in people:
            answers = list(pool.map(one, sides, (person, person)))
            assert sorted(outcomes(answers)) == ["accepted", "refused"]
            loser = next(answer for answer in answers if answer.outcome == "refused")
            assert "X-1" in (loser.message or "") and loser.field == "person_id"
    told = driver.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    assert sorted(entry.person_id for event in told for entry in event.enrolments) == sorted(people)


def test_two_batches_in_opposite_order_share_their_people_between_them(driver: Driver) -> None:
    people = [f"person-{number:03}" for number in range(60)]
    driver.ready(people)
    driver.ready(people, "p2", driver.rival)
    together = threading.Barrier(2)

    def one(by: tuple[str, Speaker], order: list[str]) -> set[str]:
        together.wait(timeout=30)
        answers = driver.enrol(order, by[0], by[1])
        return {person for person, answer in zip(order, answers, strict=True) if answer.outcome == "accepted"}

    with ThreadPoolExecutor(2) as pool:
        sides = (("p1", driver.employer), ("p2", driver.rival))
        first, second = pool.map(one, sides, (people, people[::-1]))
    assert first | second == set(people) and not first & second


def test_one_certificate_and_one_result_come_of_two_calls_at_the_same_moment(driver: Driver) -> None:
    first, second = driver.running(2)
    driver.teach([first, second])
    together = threading.Barrier(2)

    def certify(enrolment: str, number: str) -> str:
        together.wait(timeout=30)
        return driver.certify([certificate(1, enrolment, number, issued_on=START)])[0].outcome

    def assess(passed: bool, enrolment: str) -> str:
        together.wait(timeout=30)
        [answer] = driver.assess([assessment(1, enrolment, on=TAUGHT)]) if passed else driver.leave([enrolment])
        return answer.outcome

    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            answers = pool.map(certify, (first, second), (f"C-{number}", f"C-{number}"))
            assert sorted(answers) == ["accepted", "refused"]
        assert sorted(pool.map(assess, (True, False), (first, first))) == ["accepted", "refused"]


def test_two_calls_open_one_run(driver: Driver) -> None:
    driver.ready(["person-0", "person-1"])
    together = threading.Barrier(2)

    def one(person: str) -> str:
        together.wait(timeout=30)
        return driver.enrol([person])[0].outcome

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, ["person-0", "person-1"])) == ["accepted", "accepted"]
    assert len(driver.harness.told(projects.COURSE_RUN_OPENED)) == 1


@pytest.mark.parametrize("service", [DatabaseAlone])
def test_a_batch_that_the_database_refuses_whole_opens_no_run(driver: Driver) -> None:
    driver.ready(["person-0"], "p2", driver.rival)
    driver.enrol(["person-0"], "p2", driver.rival)
    driver.ready(["person-0"])
    [answer] = driver.enrol(["person-0"])
    assert answer.outcome == "refused" and "X-1" in (answer.message or "")
    project = driver.project(driver.employer)
    assert (project.state, project.starts_on) == ("approved", None)
    assert len(driver.harness.told(projects.COURSE_RUN_OPENED)) == 1


def test_history_is_not_rewritten(driver: Driver, tmp_path: Path) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    driver.passed([enrolment], TAUGHT)
    engine = create_engine(driver.harness.database.engine.url)
    for table in ("training_agreements", "mentor_assignments", "credit_hours", "assessments"):
        with pytest.raises(Exception, match=r"append_only|permission denied"), engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))
    engine.dispose()
