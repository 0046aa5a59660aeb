"""What is on file against paying for somebody: both sides of every day, found by any document, first or last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.registry.models import IdentityDocument
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.contracts.registry import evidence, registers
from shared.contracts.registry.people import ADD_IDENTITY_DOCUMENT, REGISTER_PEOPLE, AddIdentityDocument, RegisterPeople
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.errors import InvalidRequest, NotPermitted
from shared.identity import id_check_character
from shared.scenario.made_up_parties import REGION, people
from shared.security.speaker import Role
from tests.services.full_lists import answered
from tests.services.harness import SHUNYI
from tests.services.registry.driver import (
    PEOPLE,
    SCHOOL_OFFICE,
    TODAY,
    TRAINING_FROM,
    TRAINING_TO,
    TURNER,
    Driver,
    register_row,
    row_of,
)

DAY = timedelta(days=1)
OWN = [("past_retirement_age", "本系统人员登记", TODAY), ("certified_before", "本系统持证登记", TODAY)]


def found(driver: Driver, person: str, **changes: Any) -> list[tuple[str, date]]:
    return [(hit.kind, hit.since) for hit in driver.ask_standing(person, **changes).hits]


def register(driver: Driver, employer: str, kind: Any, number: str) -> str:
    (result,) = driver.register(employer, row_of(1, PEOPLE[0], document_kind=kind, document_number=number)).rows
    return str(result.id)


def born(on: date, *, male: bool) -> str:
    digits = f"{REGION}{on:%Y%m%d}{'111' if male else '112'}"
    return digits + id_check_character(digits)


# --- registers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["student", "insured_elsewhere", "funded_elsewhere"])
@pytest.mark.parametrize(
    ("from_on", "to_on", "hit"),
    [
        (TRAINING_FROM - 30 * DAY, TRAINING_FROM, True),
        (TRAINING_FROM - 30 * DAY, TRAINING_FROM - DAY, False),
        (TRAINING_TO, None, True),
        (TRAINING_TO + DAY, None, False),
        (TRAINING_FROM - 30 * DAY, None, True),
        (TRAINING_FROM + DAY, TRAINING_TO - DAY, True),
    ],
)
def test_an_entry_that_shares_a_day_with_the_training_is_found(
    driver: Driver, employer: str, kind: str, from_on: date, to_on: date | None, hit: bool
) -> None:
    (person,) = driver.people(employer)
    driver.import_register(register_row(1, PEOPLE[0].id_number, from_on=from_on, to_on=to_on), kind=kind)
    assert found(driver, person) == ([(kind, from_on)] if hit else [])


@pytest.mark.parametrize(("died_on", "hit"), [(TRAINING_FROM - 900 * DAY, True), (TODAY, True), (TODAY + DAY, False)])
def test_a_death_until_the_last_day_of_training_is_found_however_long_ago(
    driver: Driver, employer: str, died_on: date, hit: bool
) -> None:
    (person,) = driver.people(employer)
    driver.harness.move_clock(TODAY + 30 * DAY)
    driver.import_register(register_row(1, PEOPLE[0].id_number, from_on=died_on), kind="deceased", as_of=TODAY + DAY)
    assert found(driver, person, to_on=TODAY) == ([("deceased", died_on)] if hit else [])


def test_only_the_newest_edition_of_each_office_counts(driver: Driver, employer: str) -> None:
    first, second = driver.people(employer, 2)
    driver.import_register(register_row(1, PEOPLE[0].id_number), as_of=TODAY - 10 * DAY)
    driver.import_register(register_row(1, PEOPLE[1].id_number), as_of=TODAY - 5 * DAY)
    driver.import_register(register_row(1, PEOPLE[0].id_number), as_of=TODAY - 7 * DAY)
    driver.import_register(
        register_row(1, PEOPLE[1].id_number), as_of=TODAY - 30 * DAY, source="示例学校", kind="funded_elsewhere"
    )
    driver.import_register(register_row(1, PEOPLE[1].id_number), by=driver.officer(SHUNYI), as_of=TODAY - 40 * DAY)
    answer = driver.ask_standing(first, second)
    assert [(hit.person_id, hit.kind, hit.as_of) for hit in answer.hits if hit.person_id == first] == []
    assert sorted((hit.kind, (TODAY - hit.as_of).days) for hit in answer.hits) == [
        ("funded_elsewhere", 30),
        ("student", 5),
        ("student", 40),
    ]
    assert len({hit.reference for hit in answer.hits}) == 3


def test_every_source_that_was_looked_into_is_named_hit_or_not_and_no_other(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    assert [(one.kind, one.source, one.as_of) for one in driver.ask_standing(person).consulted] == OWN
    driver.import_register(register_row(1, PEOPLE[5].id_number), as_of=TODAY - DAY)
    consulted = [(one.kind, one.source, one.as_of) for one in driver.ask_standing(person).consulted]
    assert consulted == [("student", SCHOOL_OFFICE, TODAY - DAY), *OWN]


def test_who_is_registered_after_the_register_came_is_found_by_any_document(driver: Driver, employer: str) -> None:
    driver.import_register(register_row(1, "E7654321", document_kind="passport"), kind="funded_elsewhere")
    (person,) = driver.people(employer)
    assert found(driver, person) == []
    request = AddIdentityDocument(person, "passport", "e 7654321")
    driver.harness.call(driver.officer(), ADD_IDENTITY_DOCUMENT, request)
    assert [kind for kind, _ in found(driver, person)] == ["funded_elsewhere"]


def test_an_equal_number_of_another_kind_of_document_is_somebody_else(driver: Driver, employer: str) -> None:
    driver.import_register(register_row(1, PEOPLE[0].id_number, document_kind="passport"))
    (person,) = driver.people(employer)
    assert found(driver, person) == []


def test_one_entry_under_two_documents_of_a_person_is_one_hit(driver: Driver, employer: str) -> None:
    driver.import_register(register_row(1, PEOPLE[0].id_number), register_row(2, "E7654321", document_kind="passport"))
    (person,) = driver.people(employer)
    request = AddIdentityDocument(person, "passport", "E7654321")
    driver.harness.call(driver.officer(), ADD_IDENTITY_DOCUMENT, request)
    assert len(driver.ask_standing(person).hits) == 1


def test_an_entry_has_one_reference_in_every_edition_and_another_when_it_says_something_else(
    driver: Driver, employer: str
) -> None:
    (person,) = driver.people(employer)
    references = []
    for days, changes in ((9, {}), (8, {}), (7, {"remark": "示例学校"}), (6, {"to_on": TRAINING_TO})):
        driver.import_register(register_row(1, PEOPLE[0].id_number, **changes), as_of=TODAY - days * DAY)
        (hit,) = driver.ask_standing(person).hits
        assert hit.remark == changes.get("remark")
        references.append(hit.reference)
    assert references[0] == references[1]
    assert len(set(references)) == 3


# --- our own file ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "male", "reached_on"),
    [(date(1965, 1, 10), True, date(2025, 2, 10)), (date(1975, 1, 10), False, date(2025, 2, 10))],
    ids=["a man", "a woman"],
)
def test_who_reaches_the_retirement_age_by_the_last_day_is_found(
    driver: Driver, employer: str, born_on: date, male: bool, reached_on: date
) -> None:
    person = register(driver, employer, "resident_id", born(born_on, male=male))
    assert found(driver, person, to_on=reached_on) == [("past_retirement_age", reached_on)]
    assert found(driver, person, to_on=reached_on - DAY) == []


@pytest.mark.parametrize(
    ("kind", "number", "read"),
    [
        ("passport", "E7654321", False),
        ("residence_permit", "ABC123456789012", False),
        ("residence_permit", "810000" + "19650110" + "111", True),
    ],
)
def test_whose_documents_tell_no_birth_date_is_said_to_be_unread(
    driver: Driver, employer: str, kind: str, number: str, read: bool
) -> None:
    person = register(driver, employer, kind, number + id_check_character(number) if read else number)
    answer = driver.ask_standing(person, to_on=date(2030, 1, 1))
    assert answer.unread == (() if read else (person,))
    assert [hit.kind for hit in answer.hits] == (["past_retirement_age"] if read else [])


def test_a_number_that_cannot_be_opened_leaves_its_person_unread(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    with driver.harness.database.transaction() as session:
        session.execute(update(IdentityDocument).values(number=b"\x01\x01x"))
    assert driver.ask_standing(person).unread == (person,)


@pytest.mark.parametrize(
    ("level", "issued_on", "changes", "hit"),
    [
        ("advanced", TRAINING_FROM - DAY, {}, True),
        ("technician", TRAINING_FROM - DAY, {}, True),
        ("intermediate", TRAINING_FROM - DAY, {}, False),
        ("advanced", TRAINING_FROM, {}, False),
        ("advanced", TRAINING_FROM - DAY, {"occupation": "6-20-01-01"}, False),
        ("advanced", TRAINING_FROM - DAY, {"level": "technician"}, False),
    ],
)
def test_a_certificate_of_the_occupation_and_level_held_before_the_training_is_found(
    driver: Driver, employer: str, level: str, issued_on: date, changes: dict[str, str], hit: bool
) -> None:
    (person,) = driver.people(employer)
    held = evidence.HeldCertificateRow(1, person, TURNER, level, "Z-1", issued_on)
    request = evidence.RecordHeldCertificates((held,))
    driver.harness.call(driver.employer(employer), evidence.RECORD_HELD_CERTIFICATES, request)
    assert found(driver, person, **changes) == ([("certified_before", issued_on)] if hit else [])


# --- who asks, and how much --------------------------------------------------------------------------------------


def test_a_person_asked_for_twice_is_answered_for_both_times_together(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    driver.import_register(register_row(1, PEOPLE[0].id_number, from_on=TRAINING_TO, to_on=TRAINING_TO))
    times = ((TRAINING_FROM, TRAINING_FROM), (TRAINING_TO, TRAINING_TO + DAY))
    rows = tuple(registers.StandingRow(person, since, until, TURNER, "advanced") for since, until in times)
    answer = driver.harness.call(driver.review(), registers.ASK_STANDING, registers.AskStanding(rows))
    assert len(answer.hits) == 1


def test_only_services_ask_of_known_people_and_the_reading_is_audited(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    with pytest.raises(InvalidRequest) as error:
        driver.ask_standing(person, "nobody")
    assert [fault["path"] for fault in error.value.details["fields"]] == ["rows[1]"]
    for stranger in (driver.city(), driver.officer(), driver.employer(employer)):
        rows = (registers.StandingRow(person, TRAINING_FROM, TRAINING_TO, TURNER, "advanced"),)
        with pytest.raises(NotPermitted):
            driver.harness.call(stranger, registers.ASK_STANDING, registers.AskStanding(rows))
    driver.ask_standing(person)
    rows = driver.harness.call(driver.city(Role.AUDITOR), READ_AUDIT["registry"], ReadAudit()).rows
    lines = [row["content"] for row in rows if row["content"]["action"] == registers.ASK_STANDING.route]
    assert [(line["objects"], line["purpose"]) for line in lines if line["outcome"] == "ok"] == [
        ([f"person:{person}"], "payment")
    ]


def test_no_document_number_is_in_the_answer(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    driver.import_register(register_row(1, PEOPLE[0].id_number))
    answer = driver.ask_standing(person, to_on=date(2060, 1, 1))
    assert len(answer.hits) == 2
    assert PEOPLE[0].id_number not in repr(answer)


def test_five_thousand_people_in_two_registers_are_one_answer_of_few_statements(driver: Driver, employer: str) -> None:
    made = people(ROWS_PER_CALL, seed=62)
    registering = RegisterPeople(employer, tuple(row_of(at, one) for at, one in enumerate(made, start=1)))
    known = driver.harness.call(driver.employer(employer), REGISTER_PEOPLE, registering).rows
    rows = [register_row(at, one.id_number, remark="示例参保单位" * 10) for at, one in enumerate(made, start=1)]
    for kind in ("student", "insured_elsewhere"):
        driver.import_register(*rows, kind=kind)
    request = registers.AskStanding(
        tuple(registers.StandingRow(str(one.id), TRAINING_FROM, TRAINING_TO, TURNER, "advanced") for one in known)
    )
    answer = answered(driver.harness, driver.review(), registers.ASK_STANDING, request)
    assert len(answer["hits"]) == 2 * ROWS_PER_CALL
