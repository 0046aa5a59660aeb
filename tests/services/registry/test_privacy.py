"""Personal data at rest: sealed, found only by digest, readable through a rotation of the keys, audited when shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from services.registry.service import RegistryService
from shared.contracts.kernel.audit import READ_AUDIT, ReadAudit
from shared.contracts.registry.parties import REVEAL_PEOPLE, RevealPeople
from shared.errors import SkillsError
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.security.speaker import Purpose, Role
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.registry.conftest import FIRMS, PEOPLE, Office, open_office, row_of

IDENTITY = frozenset({Purpose.IDENTITY})


def everything(database: Database, folder: Path) -> bytes:
    """All that lies on disk: the folder with its database files, or every row of every table."""
    if database.dialect == "sqlite":
        files = [path for path in folder.rglob("*") if path.is_file() and ".db" in path.name]
        assert files
        return b"".join(path.read_bytes() for path in files)
    with database.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [session.scalars(text(f'SELECT row_to_json(t)::text FROM "{table}" t')).all() for table in tables]
    return "\n".join(row for table in rows for row in table).encode()


def test_nothing_personal_lies_in_the_database(office: Office, employer: str, tmp_path: Path) -> None:
    (person,) = office.people(employer)
    with pytest.raises(SkillsError):
        office.register("unknown", row_of(1, PEOPLE[0]))
    office.register(employer, row_of(1, PEOPLE[0], name=PEOPLE[1].name))
    reader = office.officer(purposes=IDENTITY)
    office.harness.call(reader, REVEAL_PEOPLE, RevealPeople((person,), Purpose.IDENTITY))
    lying = everything(office.harness.database, tmp_path)
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


def test_an_unmasked_read_is_audited_with_its_purpose_and_a_masked_one_is_not(office: Office, employer: str) -> None:
    (person,) = office.people(employer)
    reader = office.officer(purposes=IDENTITY)
    for purpose in (None, Purpose.IDENTITY):
        office.harness.call(reader, REVEAL_PEOPLE, RevealPeople((person,), purpose))
    auditor = office.city(Role.AUDITOR)
    rows = office.harness.call(auditor, READ_AUDIT["registry"], ReadAudit()).rows
    reads = [row["content"] for row in rows if row["content"]["action"] == REVEAL_PEOPLE.route]
    assert [(row["purpose"], row["objects"], row["actor"]["subject"]) for row in reads] == [
        ("identity", [f"person:{person}"], reader.subject)
    ]


def test_people_are_found_and_read_while_the_keys_are_changed(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> None:
    office = open_office(make_database("registry", dialect).url, tmp_path)
    employer = office.organisation(FIRMS[0])
    (before,) = office.people(employer)
    keys_dir = office.harness.settings.keys_dir
    assert keys_dir is not None
    for ring in ("personal", "digest"):
        key_files.activate(keys_dir, ring, key_files.add_key(keys_dir, ring, date(2022, 6, 7)))
    RegistryService.prepare(office.harness.settings, Keys(FolderSource(keys_dir)))
    assert office.people(employer, 2)[0] == before
    with office.harness.database.reading() as session:
        assert session.execute(text("SELECT count(*), count(DISTINCT key_id) FROM digests")).one() == (4, 2)
    answer = office.harness.call(
        office.employer(employer, IDENTITY), REVEAL_PEOPLE, RevealPeople((before,), Purpose.IDENTITY)
    )
    assert answer.people[0].document_number == PEOPLE[0].id_number
    office.harness.close()


def test_a_sealed_value_does_not_open_in_another_row(office: Office, employer: str) -> None:
    first, second = office.people(employer, 2)
    with office.harness.database.transaction() as session:
        swap = text("UPDATE people SET name = (SELECT name FROM people WHERE id = :one) WHERE id = :other")
        session.execute(swap, {"one": first, "other": second})
    with pytest.raises(SkillsError):
        office.harness.call(office.employer(employer), REVEAL_PEOPLE, RevealPeople((second,)))
