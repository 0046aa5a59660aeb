"""Personal data at rest: sealed, found only by digest, readable through a rotation of the keys, audited when shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from services.registry.service import RegistryService
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.contracts.registry.people import REVEAL_PEOPLE, RevealPeople
from shared.errors import SkillsError
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.security.speaker import Purpose, Role
from tests.conftest import MadeDatabase
from tests.services.registry.driver import FIRMS, PEOPLE, Driver, everything_stored, open_driver, row_of

IDENTITY = frozenset({Purpose.IDENTITY})


def test_nothing_personal_lies_in_the_database(driver: Driver, employer: str, tmp_path: Path) -> None:
    (person,) = driver.people(employer)
    with pytest.raises(SkillsError):
        driver.register("unknown", row_of(1, PEOPLE[0]))
    driver.register(employer, row_of(1, PEOPLE[0], name=PEOPLE[1].name))
    reader = driver.officer(purposes=IDENTITY)
    driver.harness.call(reader, REVEAL_PEOPLE, RevealPeople((person,), Purpose.IDENTITY))
    lying = everything_stored(driver.harness.database, tmp_path)
    assert person.encode() in lying
    for secret in (
        PEOPLE[0].id_number,
        PEOPLE[0].name,
        PEOPLE[0].phone,
        FIRMS[0].bank_account,
        "clerk@firm.example",
    ):
        assert secret.encode() not in lying
        assert secret.encode().hex().encode() not in lying


def test_an_unmasked_read_is_audited_with_its_purpose_and_a_masked_one_is_not(driver: Driver, employer: str) -> None:
    (person,) = driver.people(employer)
    reader = driver.officer(purposes=IDENTITY)
    for purpose in (None, Purpose.IDENTITY):
        driver.harness.call(reader, REVEAL_PEOPLE, RevealPeople((person,), purpose))
    auditor = driver.city(Role.AUDITOR)
    rows = driver.harness.call(auditor, READ_AUDIT["registry"], ReadAudit()).rows
    reads = [row["content"] for row in rows if row["content"]["action"] == REVEAL_PEOPLE.route]
    assert [(row["purpose"], row["objects"], row["actor"]["subject"]) for row in reads] == [
        ("identity", [f"person:{person}"], reader.subject)
    ]


def test_people_are_found_and_read_while_the_keys_are_changed(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    driver = open_driver(make_database("registry", dialect).url, tmp_path)
    employer = driver.organisation(FIRMS[0])
    (before,) = driver.people(employer)
    keys_dir = driver.harness.settings.keys_dir
    assert keys_dir is not None
    for ring in ("personal", "digest"):
        key_files.activate(keys_dir, ring, key_files.add_key(keys_dir, ring, date(2022, 6, 7)))
    RegistryService.prepare(driver.harness.settings, Keys(FolderSource(keys_dir)))
    assert driver.people(employer, 2)[0] == before
    with driver.harness.database.reading() as session:
        assert session.execute(text("SELECT count(*), count(DISTINCT key_id) FROM digests")).one() == (4, 2)
    answer = driver.harness.call(
        driver.employer(employer, IDENTITY), REVEAL_PEOPLE, RevealPeople((before,), Purpose.IDENTITY)
    )
    assert answer.people[0].document_number == PEOPLE[0].id_number
    driver.harness.close()


def test_a_sealed_value_does_not_open_in_another_row(driver: Driver, employer: str) -> None:
    first, second = driver.people(employer, 2)
    with driver.harness.database.transaction() as session:
        swap = text("UPDATE people SET name = (SELECT name FROM people WHERE id = :one) WHERE id = :other")
        session.execute(swap, {"one": first, "other": second})
    with pytest.raises(SkillsError):
        driver.harness.call(driver.employer(employer), REVEAL_PEOPLE, RevealPeople((second,)))
