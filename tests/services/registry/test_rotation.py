"""Keys change while people are registered: everybody is found before, during and after, and nobody twice (X-1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from services.registry.models import Digest, Person
from services.registry.privacy.vault import Vault
from services.registry.service import RegistryService
from shared.clock import now
from shared.contracts.kernel.key_usage import KEY_USAGE, AskKeyUsage
from shared.contracts.registry import parties as contract
from shared.errors import Unavailable
from shared.security import key_files
from shared.security.keys import FolderSource, KeyRing, Keys
from shared.security.personal import LookupDigest, PersonalCipher
from shared.security.speaker import Purpose, Role
from shared.store.key_rotation import SLICE, SealedColumn
from tests.conftest import MadeDatabase
from tests.services.harness import KernelHarness
from tests.services.registry.conftest import FIRMS, PEOPLE, TODAY, Office, row_of
from tests.services.registry.rotating import Rotating, rotating_registry

IDENTITY = frozenset({Purpose.IDENTITY})
RINGS = ("personal", "digest")


@pytest.fixture
def rotating(office: Office) -> Rotating:
    return rotating_registry(office)


def test_who_was_registered_under_the_old_key_is_the_same_person_under_the_new_one(rotating: Rotating) -> None:
    before = rotating.office.people(rotating.employer, 3)
    rotating.new_key("digest")
    rotating.use()
    assert rotating.office.people(rotating.employer, 3) == before
    assert rotating.find(0) == before[0]
    assert rotating.count(Person) == 3


def test_after_renewing_the_old_keys_are_not_needed_and_everything_reads_without_them(rotating: Rotating) -> None:
    people = rotating.office.people(rotating.employer, 20)
    old = {ring: rotating.active(ring) for ring in RINGS}
    for ring in RINGS:
        rotating.new_key(ring)
    rotating.use()
    assert rotating.needed() == {"personal": {old["personal"]: 62}, "digest": {old["digest"]: 21}}  # an account, too
    assert rotating.renew() >= 83
    assert rotating.needed() == {"personal": {}, "digest": {}}
    for ring in RINGS:
        rotating.take_away(ring, old[ring])
    rotating.use()
    rotating.renew()
    assert [rotating.find(number) for number in range(20)] == people
    assert rotating.office.people(rotating.employer, 20) == people
    reader = rotating.office.employer(rotating.employer, IDENTITY)
    request = contract.RevealPeople(tuple(people), Purpose.IDENTITY)
    shown = rotating.office.harness.call(reader, contract.REVEAL_PEOPLE, request).people
    assert [(one.name, one.document_number, one.phone) for one in shown] == [
        (one.name, one.id_number, one.phone) for one in PEOPLE[:20]
    ]
    payer = rotating.office.review(frozenset({Purpose.PAYMENT}))
    accounts = contract.RevealAccounts((rotating.employer,), Purpose.PAYMENT)
    (account,) = rotating.office.harness.call(payer, contract.REVEAL_ACCOUNTS, accounts).accounts
    assert account.bank_account == FIRMS[0].bank_account
    assert rotating.count(Digest) == 20  # those of the key that is gone are forgotten


def test_a_digest_key_taken_away_too_early_stops_registering_and_is_healed(rotating: Rotating) -> None:
    people = rotating.office.people(rotating.employer, 3)
    old = rotating.active("digest")
    rotating.new_key("digest")
    rotating.take_away("digest", old)
    rotating.use()
    for attempt in (lambda: rotating.office.people(rotating.employer, 3), lambda: rotating.find(0)):
        with pytest.raises(Unavailable):
            attempt()
    assert rotating.count(Person) == 3
    assert rotating.needed()["digest"] == {"": 4}  # three people, one account
    rotating.renew()
    assert rotating.office.people(rotating.employer, 3) == people
    assert rotating.count(Person) == 3


def test_processes_that_see_the_change_at_different_moments_register_nobody_twice(
    rotating: Rotating, make_database: Callable[..., MadeDatabase]
) -> None:
    """One knows the old key alone, one both, one writes the new one: all at once, with the renewing between them."""
    rotating.office.people(rotating.employer, 5)
    old = Keys(FolderSource(rotating.keys_dir))
    rings = [(old.ring("personal").now(), old.ring("digest").now())]
    staged = key_files.add_key(rotating.keys_dir, "digest", TODAY)
    rings.append((old.ring("personal").now(), old.ring("digest").now()))
    key_files.activate(rotating.keys_dir, "digest", staged)
    rings.append((old.ring("personal").now(), old.ring("digest").now()))
    assert [len(digest.keys) for _, digest in rings] == [1, 2, 2]
    offices = [_another(rotating, *ring) for ring in rings]
    rotating.use()
    gate, done = Barrier(4), Event()

    def register(office: Office) -> list[str]:
        gate.wait()
        rows = [row_of(number, person) for number, person in enumerate(PEOPLE, 1)]
        return [str(row.id) for row in office.register(rotating.employer, *rows).rows]

    def renew() -> None:
        gate.wait()
        while not done.is_set():
            rotating.renew()

    with ThreadPoolExecutor(4) as pool:
        renewing = pool.submit(renew)
        registered = [future.result() for future in [pool.submit(register, office) for office in offices]]
        done.set()
        renewing.result()
    assert registered[0] == registered[1] == registered[2]
    rotating.renew()
    assert rotating.needed()["digest"] == {}
    assert (rotating.count(Person), rotating.count(Digest)) == (len(PEOPLE), 2 * len(PEOPLE))


def test_a_row_changed_while_it_is_renewed_keeps_the_change(rotating: Rotating) -> None:
    (person,) = rotating.office.people(rotating.employer)
    rotating.new_key("personal")
    rotating.use()
    again = SealedColumn._again

    seen: list[str] = []

    def meanwhile(self: SealedColumn, stored: bytes, row_id: str) -> Iterator[dict[str, object]]:
        changes = list(again(self, stored, row_id))
        if not seen:  # the first column is the name
            officer = rotating.office.officer()
            rotating.office.register(rotating.employer, row_of(1, PEOPLE[0], name="新名"), speaker=officer)
        seen.append(self.column)
        return iter(changes)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SealedColumn, "_again", meanwhile)
        rotating.renew()
    assert seen[0] == "name"
    reader = rotating.office.employer(rotating.employer, IDENTITY)
    request = contract.RevealPeople((person,), Purpose.IDENTITY)
    assert rotating.office.harness.call(reader, contract.REVEAL_PEOPLE, request).people[0].name == "新名"


def test_a_row_that_cannot_be_read_stops_nothing_and_is_still_counted(rotating: Rotating) -> None:
    first, *_ = sorted(rotating.office.people(rotating.employer, 4))
    old = rotating.active("personal")
    rotating.new_key("personal")
    rotating.use()
    with rotating.office.harness.database.transaction() as session:
        other = text("UPDATE people SET name = (SELECT name FROM people WHERE id <> :id LIMIT 1) WHERE id = :id")
        session.execute(other, {"id": first})
    rotating.renew()
    assert rotating.needed()["personal"] == {old: 1}


def test_long_tables_are_gone_through_in_slices_to_their_end(rotating: Rotating) -> None:
    rotating.office.people(rotating.employer)
    vault = RegistryService.vault
    with rotating.office.harness.database.transaction() as session:
        for number in range(2 * SLICE):
            name = vault.seal("某人", "people", "name", f"p-{number:05d}")
            session.add(Person(id=f"p-{number:05d}", name=name, registered_at=now()))
    old = rotating.active("personal")
    rotating.new_key("personal")
    rotating.use()
    assert rotating.needed()["personal"][old] > 2 * SLICE
    rotating.renew()
    assert rotating.needed()["personal"] == {}


def test_what_needs_an_old_key_is_told_to_operators_only(rotating: Rotating) -> None:
    rotating.office.people(rotating.employer, 2)
    usage = rotating.office.harness.call(rotating.office.city(Role.OPERATOR), KEY_USAGE["registry"], AskKeyUsage())
    assert {(ring.ring, tuple(ring.needed)) for ring in usage.rings} == {("personal", ()), ("digest", ())}


def _another(rotating: Rotating, personal: KeyRing, digest: KeyRing) -> Office:
    """A process of its own on the same database, which sees these rings."""
    vault = Vault(PersonalCipher(personal), LookupDigest(digest))
    service = type("RegistryService", (RegistryService,), {"prepare": classmethod(lambda *_: None), "vault": vault})
    harness = KernelHarness(service, rotating.office.url, rotating.keys_dir.parent)
    harness.close()
    harness.kernel.database = rotating.office.harness.database  # SQLite: one file, one writer's lock
    return Office(harness, rotating.office.url)
