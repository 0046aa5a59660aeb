"""X-1, as the database holds it: one hostile suite for both dialects, past every check of the use cases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from shared.contracts.common import RowResult
from shared.contracts.training import enrolments, projects
from shared.security.speaker import Speaker
from shared.store.database import Database
from tests.services.training.world import START, World, assessment, certificate, outcomes

ROUNDS = 200
INSERT = (
    "INSERT INTO enrolments (id, run_id, project_id, person_id, programme, exclusion_group, funded, starts_on, ends_on,"
    " state) VALUES (:id, :run, :project, :person, :programme, :group, :funded, :starts, :ends, :state)"
)


@pytest.fixture
def raw(make_database: Callable[..., Any], dialect: str) -> Iterator[Connection]:
    """The running role's own connection with four runs, "r1" to "r4" of "p1" to "p4", and nobody in them."""
    database = Database(make_database("training", dialect).url)
    with database.engine.connect() as connection:
        for number in range(1, 5):
            connection.execute(
                text(
                    "INSERT INTO projects VALUES (:id, 'a', 'd', '110105', 'e', 'p', 'k', :day, :day, 'o', 'c', 'l', 1,"
                    " '{}', 'running')"
                ),
                {"id": f"p{number}", "day": "2022-06-01"},
            )
            connection.execute(
                text("INSERT INTO course_runs VALUES (:id, :project, :day, NULL)"),
                {"id": f"r{number}", "project": f"p{number}", "day": "2022-06-01"},
            )
        connection.commit()
        yield connection
        connection.rollback()
    database.dispose()


def enrol(connection: Connection, id: str, run: int, **changes: Any) -> None:
    row = {
        "id": id,
        "run": f"r{run}",
        "project": f"p{run}",
        "person": "anna",
        "programme": "a",
        "group": "a",
        "funded": True,
        "starts": date(2022, 6, 1),
        "ends": date(2023, 6, 1),
        "state": "in_training",
    }
    values = {key: value.isoformat() if isinstance(value, date) else value for key, value in (row | changes).items()}
    connection.execute(text(INSERT), values)


def refused(connection: Connection, doing: Callable[[], object], *names: str) -> None:
    """The database refuses it and names the constraint: its own name, or on SQLite the columns."""
    with pytest.raises(IntegrityError) as error, connection.begin_nested():
        doing()
    assert any(name in str(error.value.orig) for name in names), str(error.value.orig)


def test_a_person_is_live_once_in_a_run_even_unfunded(raw: Connection) -> None:
    enrol(raw, "1", 1)
    names = ("uq_enrolments_live_in_run", "enrolments.run_id, enrolments.person_id")
    refused(raw, lambda: enrol(raw, "2", 1, funded=False), *names)
    enrol(raw, "3", 1, person="bruno")
    enrol(raw, "4", 1, funded=False, state="left")


@pytest.mark.parametrize("state", ["in_training", "passed"])
def test_live_funded_enrolments_of_a_person_never_overlap_within_a_group(raw: Connection, state: str) -> None:
    enrol(raw, "1", 1, state=state)
    overlap = "ex_enrolments_funded_overlap"
    last_day = {"starts": date(2023, 5, 31), "ends": date(2024, 5, 31)}
    first_day = {"starts": date(2021, 6, 2), "ends": date(2022, 6, 2)}
    around = {"starts": date(2020, 1, 1), "ends": date(2030, 1, 1)}
    within = {"starts": date(2022, 9, 1), "ends": date(2022, 9, 2)}
    for number, period in enumerate((last_day, first_day, around, within, {}), start=2):
        refused(raw, partial(enrol, raw, str(number), 2, **period), overlap)


def test_what_does_not_overlap_is_free(raw: Connection) -> None:
    enrol(raw, "1", 1)
    enrol(raw, "the day after", 2, starts=date(2023, 6, 1), ends=date(2024, 6, 1))
    enrol(raw, "the year before", 3, starts=date(2021, 6, 1), ends=date(2022, 6, 1))
    enrol(raw, "another group", 4, group="b")
    enrol(raw, "not funded", 4, funded=False, person="anna2")
    enrol(raw, "failed", 2, state="failed")


def test_joined_programmes_exclude_each_other(raw: Connection) -> None:
    enrol(raw, "1", 1, programme="a", group="joint")
    refused(raw, lambda: enrol(raw, "2", 2, programme="b", group="joint"), "ex_enrolments_funded_overlap")


def test_no_update_brings_back_what_an_insert_may_not(raw: Connection) -> None:
    enrol(raw, "1", 1)
    enrol(raw, "2", 2, state="left")
    enrol(raw, "3", 3, starts=date(2023, 6, 1), ends=date(2024, 6, 1))
    enrol(raw, "4", 4, funded=False)
    for change in (
        "state = 'in_training' WHERE id = '2'",
        "starts_on = '2023-05-31' WHERE id = '3'",
        "funded = true WHERE id = '4'",
    ):
        statement = text(f"UPDATE enrolments SET {change}")
        refused(raw, partial(raw.execute, statement), "ex_enrolments_funded_overlap")


def test_a_period_without_days_cannot_hide_an_overlap(raw: Connection) -> None:
    enrol(raw, "1", 1)
    same = date(2022, 9, 1)
    refused(raw, lambda: enrol(raw, "2", 2, person="bruno", starts=same, ends=same), "ck_enrolments_period")
    refused(raw, lambda: enrol(raw, "3", 2, group=None), "exclusion_group")
    refused(raw, lambda: enrol(raw, "4", 2, state="gone"), "ck_enrolments_state")


def test_a_run_serves_one_project(raw: Connection) -> None:
    enrol(raw, "1", 1)
    foreign = ("fk_enrolments_run_id", "FOREIGN KEY")
    refused(raw, lambda: enrol(raw, "2", 1, project="p2", person="bruno"), *foreign)
    move = text("UPDATE course_runs SET project_id = 'p5' WHERE id = 'r1'")
    refused(raw, lambda: raw.execute(move), "FOREIGN KEY", "fk_course_runs_project_id", *foreign)
    again = text("INSERT INTO course_runs VALUES ('r1', 'p9', '2022-06-01', NULL)")
    refused(raw, lambda: raw.execute(again), "course_runs_pkey", "course_runs.id")


def test_a_certificate_counts_once_in_a_programme(raw: Connection) -> None:
    enrol(raw, "1", 1)
    enrol(raw, "2", 2, person="bruno")
    insert = text(
        "INSERT INTO certificates VALUES (:id, :enrolment, :programme, 'C-1', 'C1', 'k', 'o', 'l', '2022-07-01', false,"
        " false)"
    )
    raw.execute(insert, {"id": "1", "enrolment": "1", "programme": "a"})
    raw.execute(insert, {"id": "2", "enrolment": "2", "programme": "b"})
    twice = {"id": "3", "enrolment": "2", "programme": "a"}
    names = ("uq_certificates_programme_number_key", "certificates.programme")
    refused(raw, lambda: raw.execute(insert, twice), *names)


# --- through the public door -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind_check", [True, False], ids=["as it is", "the database alone"])
def test_forbidden_rows_do_not_lose_the_others(world: World, kind_check: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = ["person-2", "person-5"]
    world.ready(taken, "p2", world.rival)
    assert outcomes(world.enrol(taken, "p2", world.rival)) == ["accepted"] * 2
    people = [f"person-{number}" for number in range(10)]
    world.ready(people)
    if not kind_check:
        monkeypatch.setattr("services.training.enrolments.establishment._answer_enrolled", lambda *_: None)
    answers = dict(zip(people, world.enrol(people), strict=True))
    assert [person for person, answer in answers.items() if answer.outcome == "refused"] == taken
    for person in taken:
        message = answers[person].message or ""
        assert "X-1" in message and answers[person].field == "person_id" and "employer" not in message
    project = world.harness.call(world.employer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert project.enrolled == 8


def test_who_left_may_be_enrolled_elsewhere_and_who_passed_may_not(world: World) -> None:
    leaver, graduate = world.running(2)
    world.teach([graduate])
    world.leave([leaver])
    world.assess([assessment(2, graduate, on=START)])
    world.ready(["person-0", "person-1"], "p2", world.rival)
    assert outcomes(world.enrol(["person-0", "person-1"], "p2", world.rival)) == ["accepted", "refused"]


def test_a_certificate_number_is_recognised_however_it_is_written(world: World) -> None:
    first, second = world.running(2)
    world.teach([first, second])
    world.harness.move_clock(date(2024, 6, 14))
    world.passed([first, second])
    rows = [certificate(1, first, "Ab-12"), certificate(2, second, "AB12")]
    assert outcomes(world.certify(rows)) == ["accepted", "refused"]
    assert outcomes(world.certify([certificate(1, first, "AB-12")])) == ["unchanged"]
    again = world.certify([certificate(1, second, "ab12"), certificate(2, second, "C3")])
    assert outcomes(again) == ["refused", "accepted"] and "X-1" in (again[0].message or "")


@pytest.mark.parametrize("kind_check", [True, False], ids=["as it is", "the database alone"])
def test_two_employers_enrol_the_same_person_at_the_same_moment_200_times(
    world: World, kind_check: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kind_check:
        monkeypatch.setattr("services.training.enrolments.establishment._answer_enrolled", lambda *_: None)
    people = [f"person-{number}" for number in range(ROUNDS)]
    world.ready(people)
    world.ready(people, "p2", world.rival)
    together = threading.Barrier(2)

    def one(by: tuple[str, Speaker], person: str) -> RowResult:
        together.wait(timeout=30)
        return world.enrol([person], by[0], by[1])[0]

    sides = (("p1", world.employer), ("p2", world.rival))
    with ThreadPoolExecutor(2) as pool:
        for person in people:
            answers = list(pool.map(one, sides, (person, person)))
            assert sorted(outcomes(answers)) == ["accepted", "refused"]
            loser = next(answer for answer in answers if answer.outcome == "refused")
            assert "X-1" in (loser.message or "") and loser.field == "person_id"
    told = world.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    assert sorted(entry.person_id for event in told for entry in event.enrolments) == sorted(people)


def test_two_batches_in_opposite_order_share_their_people_between_them(world: World) -> None:
    people = [f"person-{number:03}" for number in range(60)]
    world.ready(people)
    world.ready(people, "p2", world.rival)
    together = threading.Barrier(2)

    def one(by: tuple[str, Speaker], order: list[str]) -> set[str]:
        together.wait(timeout=30)
        answers = world.enrol(order, by[0], by[1])
        return {person for person, answer in zip(order, answers, strict=True) if answer.outcome == "accepted"}

    with ThreadPoolExecutor(2) as pool:
        sides = (("p1", world.employer), ("p2", world.rival))
        first, second = pool.map(one, sides, (people, people[::-1]))
    assert first | second == set(people) and not first & second


def test_one_certificate_and_one_result_come_of_two_calls_at_the_same_moment(world: World) -> None:
    first, second = world.running(2)
    world.teach([first, second])
    together = threading.Barrier(2)

    def certify(enrolment: str, number: str) -> str:
        together.wait(timeout=30)
        return world.certify([certificate(1, enrolment, number, issued_on=START)])[0].outcome

    def assess(passed: bool, enrolment: str) -> str:
        together.wait(timeout=30)
        [answer] = world.assess([assessment(1, enrolment, on=START)]) if passed else world.leave([enrolment])
        return answer.outcome

    with ThreadPoolExecutor(2) as pool:
        for number in range(20):
            answers = pool.map(certify, (first, second), (f"C-{number}", f"C-{number}"))
            assert sorted(answers) == ["accepted", "refused"]
        assert sorted(pool.map(assess, (True, False), (first, first))) == ["accepted", "refused"]


def test_two_calls_open_one_run(world: World) -> None:
    world.ready(["person-0", "person-1"])
    together = threading.Barrier(2)

    def one(person: str) -> str:
        together.wait(timeout=30)
        return world.enrol([person])[0].outcome

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, ["person-0", "person-1"])) == ["accepted", "accepted"]
    assert len(world.harness.told(projects.COURSE_RUN_OPENED)) == 1


def test_a_batch_that_the_database_refuses_whole_opens_no_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.ready(["person-0"], "p2", world.rival)
    world.enrol(["person-0"], "p2", world.rival)
    world.ready(["person-0"])
    # The kind check before the write sees nothing, as it would a moment before the other commits.
    monkeypatch.setattr("services.training.enrolments.establishment._answer_enrolled", lambda *_: None)
    [answer] = world.enrol(["person-0"])
    assert answer.outcome == "refused" and "X-1" in (answer.message or "")
    project = world.harness.call(world.employer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert (project.state, project.starts_on) == ("approved", None)
    assert len(world.harness.told(projects.COURSE_RUN_OPENED)) == 1


def test_history_is_not_rewritten(world: World, tmp_path: Path) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment])
    world.passed([enrolment], START)
    engine = create_engine(world.harness.database.engine.url)
    for table in ("training_agreements", "mentor_assignments", "credit_hours", "assessments"):
        with pytest.raises(Exception, match=r"append_only|permission denied"), engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))
    engine.dispose()
