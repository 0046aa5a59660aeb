"""What is on file against paying for somebody: both sides of every day, found by any document, first or last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update

from services.registry.models import IdentityDocument
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.contracts.registry import evidence, registers
from shared.contracts.registry import parties as contract
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.errors import InvalidRequest, NotPermitted, Unavailable
from shared.identity import id_check_character
from shared.scenario.made_up_parties import REGION, people
from shared.security.speaker import Role
from tests.services.full_lists import answered
from tests.services.harness import SHUNYI
from tests.services.registry.conftest import PEOPLE, TODAY, TURNER, Office, row_of
from tests.services.registry.rotating import Rotating, rotating_registry
from tests.services.registry.test_registers import SOURCE, importing, row

FROM, TO = date(2022, 3, 1), date(2024, 2, 29)
DAY = timedelta(days=1)
OWN = [("past_retirement_age", "本系统人员登记", TODAY), ("certified_before", "本系统持证登记", TODAY)]


def asked(office: Office, *people: str, **changes: Any) -> registers.StandingAnswer:
    given = {"from_on": FROM, "to_on": TO, "occupation": TURNER, "level": "advanced"} | changes
    rows = tuple(registers.StandingRow(person, **given) for person in people)
    return office.harness.call(office.review(), registers.ASK_STANDING, registers.AskStanding(rows))


def found(office: Office, person: str, **changes: Any) -> list[tuple[str, date]]:
    return [(hit.kind, hit.since) for hit in asked(office, person, **changes).hits]


def register(office: Office, employer: str, kind: Any, number: str) -> str:
    (result,) = office.register(employer, row_of(1, PEOPLE[0], document_kind=kind, document_number=number)).rows
    return str(result.id)


def born(on: date, *, male: bool) -> str:
    digits = f"{REGION}{on:%Y%m%d}{'111' if male else '112'}"
    return digits + id_check_character(digits)


# --- registers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["student", "insured_elsewhere", "funded_elsewhere"])
@pytest.mark.parametrize(
    ("from_on", "to_on", "hit"),
    [
        (FROM - 30 * DAY, FROM, True),
        (FROM - 30 * DAY, FROM - DAY, False),
        (TO, None, True),
        (TO + DAY, None, False),
        (FROM - 30 * DAY, None, True),
        (FROM + DAY, TO - DAY, True),
    ],
)
def test_an_entry_that_shares_a_day_with_the_training_is_found(
    office: Office, employer: str, kind: str, from_on: date, to_on: date | None, hit: bool
) -> None:
    (person,) = office.people(employer)
    importing(office, row(1, PEOPLE[0].id_number, from_on=from_on, to_on=to_on), kind=kind)
    assert found(office, person) == ([(kind, from_on)] if hit else [])


@pytest.mark.parametrize(("died_on", "hit"), [(FROM - 900 * DAY, True), (TODAY, True), (TODAY + DAY, False)])
def test_a_death_until_the_last_day_of_training_is_found_however_long_ago(
    office: Office, employer: str, died_on: date, hit: bool
) -> None:
    (person,) = office.people(employer)
    office.harness.move_clock(TODAY + 30 * DAY)
    importing(office, row(1, PEOPLE[0].id_number, from_on=died_on), kind="deceased", as_of=TODAY + DAY)
    assert found(office, person, to_on=TODAY) == ([("deceased", died_on)] if hit else [])


def test_only_the_newest_edition_of_each_office_counts(office: Office, employer: str) -> None:
    first, second = office.people(employer, 2)
    importing(office, row(1, PEOPLE[0].id_number), as_of=TODAY - 10 * DAY)
    importing(office, row(1, PEOPLE[1].id_number), as_of=TODAY - 5 * DAY)
    importing(office, row(1, PEOPLE[0].id_number), as_of=TODAY - 7 * DAY)
    importing(office, row(1, PEOPLE[1].id_number), as_of=TODAY - 30 * DAY, source="示例学校", kind="funded_elsewhere")
    importing(office, row(1, PEOPLE[1].id_number), by=office.officer(SHUNYI), as_of=TODAY - 40 * DAY)
    answer = asked(office, first, second)
    assert [(hit.person_id, hit.kind, hit.as_of) for hit in answer.hits if hit.person_id == first] == []
    assert sorted((hit.kind, (TODAY - hit.as_of).days) for hit in answer.hits) == [
        ("funded_elsewhere", 30),
        ("student", 5),
        ("student", 40),
    ]
    assert len({hit.reference for hit in answer.hits}) == 3


def test_every_source_that_was_looked_into_is_named_hit_or_not_and_no_other(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    assert [(one.kind, one.source, one.as_of) for one in asked(office, person).consulted] == OWN
    importing(office, row(1, PEOPLE[5].id_number), as_of=TODAY - DAY)
    consulted = [(one.kind, one.source, one.as_of) for one in asked(office, person).consulted]
    assert consulted == [("student", SOURCE, TODAY - DAY), *OWN]


def test_who_is_registered_after_the_register_came_is_found_by_any_document(office: Office, employer: str) -> None:
    importing(office, row(1, "E7654321", document_kind="passport"), kind="funded_elsewhere")
    (person,) = office.people(employer)
    assert found(office, person) == []
    request = contract.AddIdentityDocument(person, "passport", "e 7654321")
    office.harness.call(office.officer(), contract.ADD_IDENTITY_DOCUMENT, request)
    assert [kind for kind, _ in found(office, person)] == ["funded_elsewhere"]


def test_an_equal_number_of_another_kind_of_document_is_somebody_else(office: Office, employer: str) -> None:
    importing(office, row(1, PEOPLE[0].id_number, document_kind="passport"))
    (person,) = office.people(employer)
    assert found(office, person) == []


def test_one_entry_under_two_documents_of_a_person_is_one_hit(office: Office, employer: str) -> None:
    importing(office, row(1, PEOPLE[0].id_number), row(2, "E7654321", document_kind="passport"))
    (person,) = office.people(employer)
    request = contract.AddIdentityDocument(person, "passport", "E7654321")
    office.harness.call(office.officer(), contract.ADD_IDENTITY_DOCUMENT, request)
    assert len(asked(office, person).hits) == 1


def test_an_entry_has_one_reference_in_every_edition_and_another_when_it_says_something_else(
    office: Office, employer: str
) -> None:
    (person,) = office.people(employer)
    references = []
    for days, changes in ((9, {}), (8, {}), (7, {"remark": "示例学校"}), (6, {"to_on": TO})):
        importing(office, row(1, PEOPLE[0].id_number, **changes), as_of=TODAY - days * DAY)
        (hit,) = asked(office, person).hits
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
    office: Office, employer: str, born_on: date, male: bool, reached_on: date
) -> None:
    person = register(office, employer, "resident_id", born(born_on, male=male))
    assert found(office, person, to_on=reached_on) == [("past_retirement_age", reached_on)]
    assert found(office, person, to_on=reached_on - DAY) == []


@pytest.mark.parametrize(
    ("kind", "number", "read"),
    [
        ("passport", "E7654321", False),
        ("residence_permit", "ABC123456789012", False),
        ("residence_permit", "810000" + "19650110" + "111", True),
    ],
)
def test_whose_documents_tell_no_birth_date_is_said_to_be_unread(
    office: Office, employer: str, kind: str, number: str, read: bool
) -> None:
    person = register(office, employer, kind, number + id_check_character(number) if read else number)
    answer = asked(office, person, to_on=date(2030, 1, 1))
    assert answer.unread == (() if read else (person,))
    assert [hit.kind for hit in answer.hits] == (["past_retirement_age"] if read else [])


def test_a_number_that_cannot_be_opened_leaves_its_person_unread(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    with office.harness.database.transaction() as session:
        session.execute(update(IdentityDocument).values(number=b"\x01\x01x"))
    assert asked(office, person).unread == (person,)


@pytest.mark.parametrize(
    ("level", "issued_on", "changes", "hit"),
    [
        ("advanced", FROM - DAY, {}, True),
        ("technician", FROM - DAY, {}, True),
        ("intermediate", FROM - DAY, {}, False),
        ("advanced", FROM, {}, False),
        ("advanced", FROM - DAY, {"occupation": "6-20-01-01"}, False),
        ("advanced", FROM - DAY, {"level": "technician"}, False),
    ],
)
def test_a_certificate_of_the_occupation_and_level_held_before_the_training_is_found(
    office: Office, employer: str, level: str, issued_on: date, changes: dict[str, str], hit: bool
) -> None:
    (person,) = office.people(employer)
    held = evidence.HeldCertificateRow(1, person, TURNER, level, "Z-1", issued_on)
    request = evidence.RecordHeldCertificates((held,))
    office.harness.call(office.employer(employer), evidence.RECORD_HELD_CERTIFICATES, request)
    assert found(office, person, **changes) == ([("certified_before", issued_on)] if hit else [])


# --- who asks, and how much --------------------------------------------------------------------------------------


def test_a_person_asked_for_twice_is_answered_for_both_times_together(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    importing(office, row(1, PEOPLE[0].id_number, from_on=TO, to_on=TO))
    times = ((FROM, FROM), (TO, TO + DAY))
    rows = tuple(registers.StandingRow(person, since, until, TURNER, "advanced") for since, until in times)
    answer = office.harness.call(office.review(), registers.ASK_STANDING, registers.AskStanding(rows))
    assert len(answer.hits) == 1


def test_only_services_ask_of_known_people_and_the_reading_is_audited(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    with pytest.raises(InvalidRequest) as error:
        asked(office, person, "nobody")
    assert [fault["path"] for fault in error.value.details["fields"]] == ["rows[1]"]
    for stranger in (office.city(), office.officer(), office.employer(employer)):
        rows = (registers.StandingRow(person, FROM, TO, TURNER, "advanced"),)
        with pytest.raises(NotPermitted):
            office.harness.call(stranger, registers.ASK_STANDING, registers.AskStanding(rows))
    asked(office, person)
    rows = office.harness.call(office.city(Role.AUDITOR), READ_AUDIT["registry"], ReadAudit()).rows
    lines = [row["content"] for row in rows if row["content"]["action"] == registers.ASK_STANDING.route]
    assert [(line["objects"], line["purpose"]) for line in lines if line["outcome"] == "ok"] == [
        ([f"person:{person}"], "payment")
    ]


def test_no_document_number_is_in_the_answer(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    importing(office, row(1, PEOPLE[0].id_number))
    answer = asked(office, person, to_on=date(2060, 1, 1))
    assert len(answer.hits) == 2
    assert PEOPLE[0].id_number not in repr(answer)


def test_five_thousand_people_in_two_registers_are_one_answer_of_few_statements(office: Office, employer: str) -> None:
    made = people(ROWS_PER_CALL, seed=62)
    registering = contract.RegisterPeople(employer, tuple(row_of(at, one) for at, one in enumerate(made, start=1)))
    known = office.harness.call(office.employer(employer), contract.REGISTER_PEOPLE, registering).rows
    rows = [row(at, one.id_number, remark="示例参保单位" * 10) for at, one in enumerate(made, start=1)]
    for kind in ("student", "insured_elsewhere"):
        importing(office, *rows, kind=kind)
    request = registers.AskStanding(
        tuple(registers.StandingRow(str(one.id), FROM, TO, TURNER, "advanced") for one in known)
    )
    answer = answered(office.harness, office.review(), registers.ASK_STANDING, request)
    assert len(answer["hits"]) == 2 * ROWS_PER_CALL


# --- while keys change -------------------------------------------------------------------------------------------


@pytest.fixture
def rotating(office: Office) -> Rotating:
    return rotating_registry(office)


def test_people_are_found_in_registers_before_while_and_after_keys_change(rotating: Rotating) -> None:
    office = rotating.office
    importing(office, row(1, PEOPLE[0].id_number))
    old = {ring: rotating.active(ring) for ring in ("digest", "personal")}
    for ring in old:
        rotating.new_key(ring)
    rotating.use()
    assert rotating.needed()["digest"] == {old["digest"]: 2}  # the row, an account
    first, second = office.people(rotating.employer, 2)
    importing(office, row(1, PEOPLE[0].id_number), row(2, PEOPLE[1].id_number))
    assert [len(found(office, person)) for person in (first, second)] == [1, 1]
    rotating.renew()
    assert rotating.needed() == {"personal": {}, "digest": {}}
    for ring, key_id in old.items():
        rotating.take_away(ring, key_id)
    rotating.use()
    rotating.renew()
    assert [len(found(office, person)) for person in (first, second)] == [1, 1]
    again = importing(office, row(1, PEOPLE[0].id_number)).rows[0]
    assert again.outcome == "unchanged"


def test_while_somebody_of_a_register_cannot_be_found_nobody_is_cleared(rotating: Rotating) -> None:
    office = rotating.office
    importing(office, row(1, PEOPLE[0].id_number))
    old = rotating.active("digest")
    rotating.new_key("digest")
    rotating.take_away("digest", old)
    rotating.use()
    (person,) = office.people(rotating.employer)
    for attempt in (lambda: asked(office, person), lambda: importing(office, row(1, PEOPLE[0].id_number))):
        with pytest.raises(Unavailable, match="名册"):
            attempt()
    rotating.renew()
    assert [kind for kind, _ in found(office, person)] == ["student"]


def test_numbers_of_a_register_are_sealed_anew_and_the_row_stays(rotating: Rotating) -> None:
    importing(rotating.office, row(1, PEOPLE[0].id_number))
    with rotating.office.harness.database.reading() as session:
        before = session.execute(text("SELECT id, number FROM register_subjects")).one()
    rotating.new_key("personal")
    rotating.use()
    rotating.renew()
    with rotating.office.harness.database.reading() as session:
        after = session.execute(text("SELECT id, number FROM register_subjects")).one()
    assert (after.id, bytes(after.number) == bytes(before.number)) == (before.id, False)
