"""People are found in registers before, while and after keys change, and nobody is cleared by a gap."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.errors import Unavailable
from tests.services.registry.driver import PEOPLE, KeyRotation, register_row


def test_people_are_found_in_registers_before_while_and_after_keys_change(rotation: KeyRotation) -> None:
    driver = rotation.driver
    driver.import_register(register_row(1, PEOPLE[0].id_number))
    old = {ring: rotation.active(ring) for ring in ("digest", "personal")}
    for ring in old:
        rotation.new_key(ring)
    rotation.use()
    assert rotation.needed()["digest"] == {old["digest"]: 2}  # the row, an account
    first, second = driver.people(rotation.employer, 2)
    driver.import_register(register_row(1, PEOPLE[0].id_number), register_row(2, PEOPLE[1].id_number))
    assert [len(driver.ask_standing(person).hits) for person in (first, second)] == [1, 1]
    rotation.renew()
    assert rotation.needed() == {"personal": {}, "digest": {}}
    for ring, key_id in old.items():
        rotation.take_away(ring, key_id)
    rotation.use()
    rotation.renew()
    assert [len(driver.ask_standing(person).hits) for person in (first, second)] == [1, 1]
    again = driver.import_register(register_row(1, PEOPLE[0].id_number)).rows[0]
    assert again.outcome == "unchanged"


def test_while_somebody_of_a_register_cannot_be_found_nobody_is_cleared(rotation: KeyRotation) -> None:
    driver = rotation.driver
    driver.import_register(register_row(1, PEOPLE[0].id_number))
    old = rotation.active("digest")
    rotation.new_key("digest")
    rotation.take_away("digest", old)
    rotation.use()
    (person,) = driver.people(rotation.employer)
    for attempt in (
        lambda: driver.ask_standing(person),
        lambda: driver.import_register(register_row(1, PEOPLE[0].id_number)),
    ):
        with pytest.raises(Unavailable, match="名册"):
            attempt()
    rotation.renew()
    assert [hit.kind for hit in driver.ask_standing(person).hits] == ["student"]


def test_numbers_of_a_register_are_sealed_anew_and_the_row_stays(rotation: KeyRotation) -> None:
    rotation.driver.import_register(register_row(1, PEOPLE[0].id_number))
    with rotation.driver.harness.database.reading() as session:
        before = session.execute(text("SELECT id, number FROM register_subjects")).one()
    rotation.new_key("personal")
    rotation.use()
    rotation.renew()
    with rotation.driver.harness.database.reading() as session:
        after = session.execute(text("SELECT id, number FROM register_subjects")).one()
    assert (after.id, bytes(after.number) == bytes(before.number)) == (before.id, False)
