"""Keys change while people are registered: everybody is found before, during and after, and nobody twice (X-1)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from services.registry.models import Digest, Person
from services.registry.privacy.vault import Vault
from services.registry.service import RegistryService
from shared.clock import now
from shared.contracts.kernel.key_usage import KEY_USAGE, AskKeyUsage
from shared.contracts.registry import organisations
from shared.contracts.registry.people import REVEAL_PEOPLE, RevealPeople
from shared.errors import Unavailable
from shared.security import key_files
from shared.security.keys import FolderSource, KeyRing, Keys
from shared.security.personal import LookupDigest, PersonalCipher, Place
from shared.security.speaker import Purpose, Role
from shared.store.key_rotation import SLICE
from tests.conftest import MadeDatabase
from tests.services.harness import KernelHarness
from tests.services.registry.driver import FIRMS, PEOPLE, TODAY, Driver, KeyRotation, row_of

IDENTITY = frozenset({Purpose.IDENTITY})
RINGS = ("personal", "digest")


def test_who_was_registered_under_the_old_key_is_the_same_person_under_the_new_one(rotation: KeyRotation) -> None:
    before = rotation.driver.people(rotation.employer, 3)
    rotation.new_key("digest")
    rotation.use()
    assert rotation.driver.people(rotation.employer, 3) == before
    assert rotation.find(0) == before[0]
    assert rotation.count(Person) == 3


def test_after_renewing_the_old_keys_are_not_needed_and_everything_reads_without_them(rotation: KeyRotation) -> None:
    people = rotation.driver.people(rotation.employer, 20)
    old = {ring: rotation.active(ring) for ring in RINGS}
    for ring in RINGS:
        rotation.new_key(ring)
    rotation.use()
    assert rotation.needed() == {"personal": {old["personal"]: 62}, "digest": {old["digest"]: 21}}  # an account, too
    assert rotation.renew() >= 83
    assert rotation.needed() == {"personal": {}, "digest": {}}
    for ring in RINGS:
        rotation.take_away(ring, old[ring])
    rotation.use()
    rotation.renew()
    assert [rotation.find(number) for number in range(20)] == people
    assert rotation.driver.people(rotation.employer, 20) == people
    reader = rotation.driver.employer(rotation.employer, IDENTITY)
    request = RevealPeople(tuple(people), Purpose.IDENTITY)
    shown = rotation.driver.harness.call(reader, REVEAL_PEOPLE, request).people
    assert [(one.name, one.document_number, one.phone) for one in shown] == [
        (one.name, one.id_number, one.phone) for one in PEOPLE[:20]
    ]
    payer = rotation.driver.review(frozenset({Purpose.PAYMENT}))
    accounts = organisations.RevealAccounts((rotation.employer,), Purpose.PAYMENT)
    (account,) = rotation.driver.harness.call(payer, organisations.REVEAL_ACCOUNTS, accounts).accounts
    assert account.bank_account == FIRMS[0].bank_account
    assert rotation.count(Digest) == 20  # those of the key that is gone are forgotten


def test_a_digest_key_taken_away_too_early_stops_registering_and_is_healed(rotation: KeyRotation) -> None:
    people = rotation.driver.people(rotation.employer, 3)
    old = rotation.active("digest")
    rotation.new_key("digest")
    rotation.take_away("digest", old)
    rotation.use()
    for attempt in (lambda: rotation.driver.people(rotation.employer, 3), lambda: rotation.find(0)):
        with pytest.raises(Unavailable):
            attempt()
    assert rotation.count(Person) == 3
    assert rotation.needed()["digest"] == {"": 4}  # three people, one account
    rotation.renew()
    assert rotation.driver.people(rotation.employer, 3) == people
    assert rotation.count(Person) == 3


def test_processes_that_see_the_change_at_different_moments_register_nobody_twice(
    rotation: KeyRotation, make_database: Callable[..., MadeDatabase]
) -> None:
    """One knows the old key alone, one both, one writes the new one: all at once, with the renewing between them."""
    rotation.driver.people(rotation.employer, 5)
    old = Keys(FolderSource(rotation.keys_dir))
    rings = [(old.ring("personal").now(), old.ring("digest").now())]
    staged = key_files.add_key(rotation.keys_dir, "digest", TODAY)
    rings.append((old.ring("personal").now(), old.ring("digest").now()))
    key_files.activate(rotation.keys_dir, "digest", staged)
    rings.append((old.ring("personal").now(), old.ring("digest").now()))
    assert [len(digest.keys) for _, digest in rings] == [1, 2, 2]
    drivers = [_another(rotation, *ring) for ring in rings]
    rotation.use()
    gate, done = Barrier(4), Event()

    def register(driver: Driver) -> list[str]:
        gate.wait()
        rows = [row_of(number, person) for number, person in enumerate(PEOPLE, 1)]
        return [str(row.id) for row in driver.register(rotation.employer, *rows).rows]

    def renew() -> None:
        gate.wait()
        while not done.is_set():
            rotation.renew()

    with ThreadPoolExecutor(4) as pool:
        renewing = pool.submit(renew)
        registered = [future.result() for future in [pool.submit(register, driver) for driver in drivers]]
        done.set()
        renewing.result()
    assert registered[0] == registered[1] == registered[2]
    rotation.renew()
    assert rotation.needed()["digest"] == {}
    assert (rotation.count(Person), rotation.count(Digest)) == (len(PEOPLE), 2 * len(PEOPLE))


def test_a_row_changed_while_it_is_renewed_keeps_the_change(rotation: KeyRotation) -> None:
    (person,) = rotation.driver.people(rotation.employer)
    rotation.new_key("personal")
    rotation.use()
    seen: list[str] = []

    def meanwhile(place: Place) -> None:
        if not seen:  # the first column is the name
            officer = rotation.driver.officer()
            rotation.driver.register(rotation.employer, row_of(1, PEOPLE[0], name="新名"), speaker=officer)
        seen.append(place.column)

    rotation.renew(meanwhile)
    assert seen[0] == "name"
    reader = rotation.driver.employer(rotation.employer, IDENTITY)
    request = RevealPeople((person,), Purpose.IDENTITY)
    assert rotation.driver.harness.call(reader, REVEAL_PEOPLE, request).people[0].name == "新名"


def test_a_row_that_cannot_be_read_stops_nothing_and_is_still_counted(rotation: KeyRotation) -> None:
    first, *_ = sorted(rotation.driver.people(rotation.employer, 4))
    old = rotation.active("personal")
    rotation.new_key("personal")
    rotation.use()
    with rotation.driver.harness.database.transaction() as session:
        other = text("UPDATE people SET name = (SELECT name FROM people WHERE id <> :id LIMIT 1) WHERE id = :id")
        session.execute(other, {"id": first})
    rotation.renew()
    assert rotation.needed()["personal"] == {old: 1}


def test_long_tables_are_gone_through_in_slices_to_their_end(rotation: KeyRotation) -> None:
    rotation.driver.people(rotation.employer)
    vault = RegistryService.vault
    with rotation.driver.harness.database.transaction() as session:
        for number in range(2 * SLICE):
            name = vault.seal("某人", Person.name, f"p-{number:05d}")
            session.add(Person(id=f"p-{number:05d}", name=name, registered_at=now()))
    old = rotation.active("personal")
    rotation.new_key("personal")
    rotation.use()
    assert rotation.needed()["personal"][old] > 2 * SLICE
    rotation.renew()
    assert rotation.needed()["personal"] == {}


def test_what_needs_an_old_key_is_told_to_operators_only(rotation: KeyRotation) -> None:
    rotation.driver.people(rotation.employer, 2)
    usage = rotation.driver.harness.call(rotation.driver.city(Role.OPERATOR), KEY_USAGE["registry"], AskKeyUsage())
    assert {(ring.ring, tuple(ring.needed)) for ring in usage.rings} == {("personal", ()), ("digest", ())}


def _another(rotation: KeyRotation, personal: KeyRing, digest: KeyRing) -> Driver:
    """A process of its own on the same database, which sees these rings."""
    vault = Vault(PersonalCipher(personal), LookupDigest(digest))
    service = type("RegistryService", (RegistryService,), {"prepare": classmethod(lambda *_: None), "vault": vault})
    harness = KernelHarness(service, rotation.driver.url, rotation.keys_dir.parent)
    harness.close()
    harness.kernel.database = rotation.driver.harness.database  # SQLite: one file, one writer's lock
    return Driver(harness, rotation.driver.url)
