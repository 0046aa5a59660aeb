"""People: registered once by identity document, a result per row, seen only by those who know them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from services.registry.models import Person
from shared.contracts.registry.parties import (
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
from tests.services.registry.conftest import PEOPLE, Office, row_of

IDENTITY = frozenset({Purpose.IDENTITY})
PASSPORT = "E00000001"


def _reveal(office: Office, speaker: Speaker, *ids: str, purpose: Purpose | None = None) -> tuple[PersonShape, ...]:
    return office.harness.call(speaker, REVEAL_PEOPLE, RevealPeople(ids, purpose)).people


def _find(office: Office, speaker: Speaker, number: str, kind: Any = "resident_id") -> str | None:
    return office.harness.call(speaker, FIND_PERSON, FindPerson(kind, number)).person_id


def _count(office: Office) -> int | None:
    with office.harness.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Person))


# --- registering -------------------------------------------------------------------------------------------------


def test_one_bad_row_never_loses_the_others(office: Office, employer: str) -> None:
    wrong_check = PEOPLE[1].id_number[:-1] + ("0" if PEOPLE[1].id_number[-1] != "0" else "1")
    answer = office.register(
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


def test_a_known_number_is_unchanged_with_the_same_id_however_it_is_written(office: Office, employer: str) -> None:
    (first,) = office.people(employer)
    (again,) = office.register(employer, row_of(1, PEOPLE[0])).rows
    (written,) = office.register(
        employer, row_of(1, PEOPLE[0], document_number=f" {PEOPLE[0].id_number.lower()} ")
    ).rows
    assert (again.outcome, again.id) == (written.outcome, written.id) == ("unchanged", first)
    assert [told.person_ids for told in office.harness.told(PEOPLE_REGISTERED)] == [(first,)]


def test_two_employers_register_the_same_person_once(office: Office, employer: str, stranger: str) -> None:
    (first,) = office.people(employer)
    assert office.people(stranger) == [first]
    assert _count(office) == 1


def test_a_number_alone_does_not_make_a_stranger_known(office: Office, employer: str, stranger: str) -> None:
    office.people(employer)
    (refused,) = office.register(stranger, row_of(1, PEOPLE[0], name=PEOPLE[1].name)).rows
    assert (refused.outcome, refused.field) == ("refused", "name")
    assert _find(office, office.employer(stranger), PEOPLE[0].id_number) is None


def test_an_officer_corrects_a_name(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    renamed = row_of(1, PEOPLE[0], name="学徒改名")
    (answer,) = office.register(employer, renamed, speaker=office.officer()).rows
    assert (answer.outcome, answer.id) == ("accepted", person)
    (shown,) = _reveal(office, office.officer(purposes=IDENTITY), person, purpose=Purpose.IDENTITY)
    assert shown.name == "学徒改名"


def test_each_organisation_sees_the_phone_that_it_gave(office: Office, employer: str, stranger: str) -> None:
    (person,) = office.people(employer)
    office.register(stranger, row_of(1, PEOPLE[0], phone=None))
    (unseen,) = _reveal(office, office.employer(stranger, IDENTITY), person, purpose=Purpose.IDENTITY)
    assert unseen.phone is None
    (changed,) = office.register(stranger, row_of(1, PEOPLE[0], phone=PEOPLE[1].phone)).rows
    assert changed.outcome == "accepted"
    for organisation, phone in ((employer, PEOPLE[0].phone), (stranger, PEOPLE[1].phone)):
        (shown,) = _reveal(office, office.employer(organisation, IDENTITY), person, purpose=Purpose.IDENTITY)
        assert shown.phone == phone


def test_people_are_registered_for_an_organisation_in_reach_only(office: Office, employer: str, stranger: str) -> None:
    for speaker in (office.employer(stranger), office.officer(SHUNYI)):
        with pytest.raises(NotFound):
            office.register(employer, row_of(1, PEOPLE[0]), speaker=speaker)


def test_a_repeated_request_id_registers_once(office: Office, employer: str) -> None:
    request, request_id = RegisterPeople(employer, (row_of(1, PEOPLE[0]),)), uuid.uuid4().hex
    first, again = (
        office.harness.call(office.employer(employer), REGISTER_PEOPLE, request, request_id=request_id)
        for _ in range(2)
    )
    assert first == again
    assert first.rows[0].outcome == "accepted"


@contextmanager
def _statements(office: Office) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(office.harness.database.engine, "before_cursor_execute", hear)
    yield said
    event.remove(office.harness.database.engine, "before_cursor_execute", hear)


def test_five_thousand_people_take_few_statements(office: Office, employer: str) -> None:
    rows = [row_of(number, person) for number, person in enumerate(made_up_people(5000, seed=3), 1)]
    with _statements(office) as registering:
        accepted = office.register(employer, *rows)
    assert {one.outcome for one in accepted.rows} == {"accepted"}
    with _statements(office) as again:
        known = office.register(employer, *rows)
    assert {one.outcome for one in known.rows} == {"unchanged"}
    # The driver splits bulk inserts into pages; one statement a row would be twenty thousand.
    assert len(registering) < 150
    assert len(again) < 30


# --- seeing ------------------------------------------------------------------------------------------------------


def test_answers_are_masked_by_default(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    (shown,) = _reveal(office, office.employer(employer, IDENTITY), person)
    assert shown.masked
    assert PEOPLE[0].name not in shown.name
    assert "*" in shown.document_number
    assert shown.phone is not None
    assert "*" in shown.phone


def test_a_purpose_shows_in_full_what_role_and_token_allow(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    for speaker in (office.employer(employer, IDENTITY), office.officer(purposes=IDENTITY), office.review(IDENTITY)):
        (shown,) = _reveal(office, speaker, person, purpose=Purpose.IDENTITY)
        expected = (PEOPLE[0].name, PEOPLE[0].id_number, PEOPLE[0].phone, False)
        assert (shown.name, shown.document_number, shown.phone, shown.masked) == expected


def test_without_the_purpose_in_the_token_and_for_the_auditor_it_stays_masked(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    for speaker in (office.officer(), office.city(Role.AUDITOR, IDENTITY)):
        (shown,) = _reveal(office, speaker, person, purpose=Purpose.IDENTITY)
        assert shown.masked


def test_people_of_others_are_neither_shown_nor_found(office: Office, employer: str, stranger: str) -> None:
    (person,) = office.people(employer)
    for speaker in (office.employer(stranger, IDENTITY), office.officer(SHUNYI, IDENTITY)):
        assert _reveal(office, speaker, person, purpose=Purpose.IDENTITY) == ()
        assert _find(office, speaker, PEOPLE[0].id_number) is None
    assert _find(office, office.officer(), PEOPLE[0].id_number) == person


# --- several documents -------------------------------------------------------------------------------------------


def _add_passport(office: Office, person: str, speaker: Speaker) -> str:
    request = AddIdentityDocument(person, "passport", PASSPORT)
    return office.harness.call(speaker, ADD_IDENTITY_DOCUMENT, request).document_id


def test_a_second_document_finds_the_same_person(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    added = _add_passport(office, person, office.officer())
    assert _add_passport(office, person, office.officer()) == added
    assert _find(office, office.employer(employer), PASSPORT, "passport") == person
    both = (row_of(1, PEOPLE[0]), row_of(2, PEOPLE[0], document_kind="passport", document_number=PASSPORT))
    assert [one.outcome for one in office.register(employer, *both).rows] == ["unchanged", "refused"]


def test_a_document_never_names_two_people(office: Office, employer: str) -> None:
    first, second = office.people(employer, 2)
    _add_passport(office, first, office.officer())
    with pytest.raises(Conflict):
        _add_passport(office, second, office.officer())


def test_an_officer_of_another_district_adds_no_document(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    with pytest.raises(NotFound):
        _add_passport(office, person, office.officer(SHUNYI))
