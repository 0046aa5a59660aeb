"""People: registered once by identity document, a result per row, seen only by those who know them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from services.registry.models import Person
from shared.contracts.registry.people import (
    ADD_IDENTITY_DOCUMENT,
    FIND_PERSON,
    PEOPLE_REGISTERED,
    REGISTER_PEOPLE,
    REVEAL_PEOPLE,
    AddIdentityDocument,
    FindPerson,
    PersonShape,
    RegisterPeople,
    RevealPeople,
)
from shared.errors import Conflict, NotFound
from shared.scenario.made_up_parties import people as made_up_people
from shared.security.speaker import Purpose, Role, Speaker
from tests.services.harness import SHUNYI
from tests.services.registry.driver import PEOPLE, Driver, row_of

IDENTITY = frozenset({Purpose.IDENTITY})
PASSPORT = "E00000001"


def _reveal(driver: Driver, speaker: Speaker, *ids: str, purpose: Purpose | None = None) -> tuple[PersonShape, ...]:
    return driver.harness.call(speaker, REVEAL_PEOPLE, RevealPeople(ids, purpose)).people


def _find(driver: Driver, speaker: Speaker, number: str, kind: Any = "resident_id") -> str | None:
    return driver.harness.call(speaker, FIND_PERSON, FindPerson(kind, number)).person_id


def _count(driver: Driver) -> int | None:
    with driver.harness.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Person))


# --- registering -------------------------------------------------------------------------------------------------


def test_one_bad_row_never_loses_the_others(driver: Driver, employer: str) -> None:
    wrong_check = PEOPLE[1].id_number[:-1] + ("0" if PEOPLE[1].id_number[-1] != "0" else "1")
    answer = driver.register(
        employer,
        row_of(2, PEOPLE[0]),
        row_of(3, PEOPLE[1], document_number=wrong_check),
        row_of(4, PEOPLE[2], phone="123"),
        row_of(5, PEOPLE[3], name=" "),
        row_of(6, PEOPLE[0]),
    )
    assert [(one.row, one.outcome, one.field) for one in answer.rows] == [
        (2, "accepted", None),
        (3, "refused", "document_number"),
        (4, "refused", "phone"),
        (5, "refused", "name"),
        (6, "refused", "document_number"),
    ]
    assert "第 2 行" in (answer.rows[4].message or "")
    assert not any(wrong_check in (one.message or "") for one in answer.rows)


def test_a_known_number_is_unchanged_with_the_same_id_however_it_is_written(driver: Driver, employer: str) -> None:
    (first,) = driver.people(employer)
    (again,) = driver.register(employer, row_of(1, PEOPLE[0])).rows
    (written,) = driver.register(
        employer, row_of(1, PEOPLE[0], document_number=f" {PEOPLE[0].id_number.lower()} ")
    ).rows
    assert (again.outcome, again.id) == (written.outcome, written.id) == ("unchanged", first)
    assert [told.person_ids for told in driver.harness.told(PEOPLE_REGISTERED)] == [(first,)]


def test_two_employers_register_the_same_person_once(driver: Driver, employer: str, stranger: str) -> None:
    (first,) = driver.people(employer)
    assert driver.people(stranger) == [first]
    assert _count(driver) == 1


def test_a_number_alone_does_not_make_a_stranger_known(driver: Driver, employer: str, stranger: str) -> None:
    driver.people(employer)
    (refused,) = driver.register(stranger, row_of(1, PEOPLE[0], name=PEOPLE[1].name)).rows
    assert (refused.outcome, refused.field) == ("refused", "name")
    assert _find(driver, driver.employer(stranger), PEOPLE[0].id_number) is None


def test_an_officer_corrects_a_name(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    renamed = row_of(1, PEOPLE[0], name="学徒改名")
    (answer,) = driver.register(employer, renamed, speaker=driver.officer()).rows
    assert (answer.outcome, answer.id) == ("accepted", person)
    (shown,) = _reveal(driver, driver.officer(purposes=IDENTITY), person, purpose=Purpose.IDENTITY)
    assert shown.name == "学徒改名"


def test_each_organisation_sees_the_phone_that_it_gave(driver: Driver, employer: str, stranger: str) -> None:
    (person,) = driver.people(employer)
    driver.register(stranger, row_of(1, PEOPLE[0], phone=None))
    (unseen,) = _reveal(driver, driver.employer(stranger, IDENTITY), person, purpose=Purpose.IDENTITY)
    assert unseen.phone is None
    (changed,) = driver.register(stranger, row_of(1, PEOPLE[0], phone=PEOPLE[1].phone)).rows
    assert changed.outcome == "accepted"
    for organisation, phone in ((employer, PEOPLE[0].phone), (stranger, PEOPLE[1].phone)):
        (shown,) = _reveal(driver, driver.employer(organisation, IDENTITY), person, purpose=Purpose.IDENTITY)
        assert shown.phone == phone


def test_people_are_registered_for_an_organisation_in_reach_only(driver: Driver, employer: str, stranger: str) -> None:
    for speaker in (driver.employer(stranger), driver.officer(SHUNYI)):
        with pytest.raises(NotFound):
            driver.register(employer, row_of(1, PEOPLE[0]), speaker=speaker)


def test_a_repeated_request_id_registers_once(driver: Driver, employer: str) -> None:
    request, request_id = RegisterPeople(employer, (row_of(1, PEOPLE[0]),)), uuid.uuid4().hex
    first, again = (
        driver.harness.call(driver.employer(employer), REGISTER_PEOPLE, request, request_id=request_id)
        for _ in range(2)
    )
    assert first == again
    assert first.rows[0].outcome == "accepted"


@contextmanager
def _statements(driver: Driver) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(driver.harness.database.engine, "before_cursor_execute", hear)
    yield said
    event.remove(driver.harness.database.engine, "before_cursor_execute", hear)


def test_five_thousand_people_take_few_statements(driver: Driver, employer: str) -> None:
    rows = [row_of(number, person) for number, person in enumerate(made_up_people(5000, seed=3), 1)]
    with _statements(driver) as registering:
        accepted = driver.register(employer, *rows)
    assert {one.outcome for one in accepted.rows} == {"accepted"}
    with _statements(driver) as again:
        known = driver.register(employer, *rows)
    assert {one.outcome for one in known.rows} == {"unchanged"}
    # The driver splits bulk inserts into pages; one statement a row would be twenty thousand.
    assert len(registering) < 150
    assert len(again) < 30


# --- seeing ------------------------------------------------------------------------------------------------------


def test_answers_are_masked_by_default(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    (shown,) = _reveal(driver, driver.employer(employer, IDENTITY), person)
    assert shown.masked
    assert PEOPLE[0].name not in shown.name
    assert "*" in shown.document_number
    assert shown.phone is not None
    assert "*" in shown.phone


def test_a_purpose_shows_in_full_what_role_and_token_allow(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    for speaker in (driver.employer(employer, IDENTITY), driver.officer(purposes=IDENTITY), driver.review(IDENTITY)):
        (shown,) = _reveal(driver, speaker, person, purpose=Purpose.IDENTITY)
        expected = (PEOPLE[0].name, PEOPLE[0].id_number, PEOPLE[0].phone, False)
        assert (shown.name, shown.document_number, shown.phone, shown.masked) == expected


def test_without_the_purpose_in_the_token_and_for_the_auditor_it_stays_masked(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    for speaker in (driver.officer(), driver.city(Role.AUDITOR, IDENTITY)):
        (shown,) = _reveal(driver, speaker, person, purpose=Purpose.IDENTITY)
        assert shown.masked


def test_people_of_others_are_neither_shown_nor_found(driver: Driver, employer: str, stranger: str) -> None:
    (person,) = driver.people(employer)
    for speaker in (driver.employer(stranger, IDENTITY), driver.officer(SHUNYI, IDENTITY)):
        assert _reveal(driver, speaker, person, purpose=Purpose.IDENTITY) == ()
        assert _find(driver, speaker, PEOPLE[0].id_number) is None
    assert _find(driver, driver.officer(), PEOPLE[0].id_number) == person


# --- several documents -------------------------------------------------------------------------------------------


def _add_passport(driver: Driver, person: str, speaker: Speaker) -> str:
    request = AddIdentityDocument(person, "passport", PASSPORT)
    return driver.harness.call(speaker, ADD_IDENTITY_DOCUMENT, request).document_id


def test_a_second_document_finds_the_same_person(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    added = _add_passport(driver, person, driver.officer())
    assert _add_passport(driver, person, driver.officer()) == added
    assert _find(driver, driver.employer(employer), PASSPORT, "passport") == person
    both = (row_of(1, PEOPLE[0]), row_of(2, PEOPLE[0], document_kind="passport", document_number=PASSPORT))
    assert [one.outcome for one in driver.register(employer, *both).rows] == ["unchanged", "refused"]


def test_a_document_never_names_two_people(driver: Driver, employer: str) -> None:
    first, second = driver.people(employer, 2)
    _add_passport(driver, first, driver.officer())
    with pytest.raises(Conflict):
        _add_passport(driver, second, driver.officer())


def test_an_officer_of_another_district_adds_no_document(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    with pytest.raises(NotFound):
        _add_passport(driver, person, driver.officer(SHUNYI))
