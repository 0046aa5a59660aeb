"""X-1, as the database holds it: one hostile suite for both dialects, past every check of the use cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from shared.store.database import Database

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
