"""A registry whose keys change while it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from services.registry.models import Digest, IdentityDocument, Person
from services.registry.service import RegistryService
from shared.contracts.registry import parties as contract
from shared.contracts.registry.parties import FindPerson
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from tests.services.registry.conftest import FIRMS, PEOPLE, TODAY, Office


@dataclass
class Rotating:
    """A registry whose key folder is changed under it. `use` is what a process does when it notices."""

    office: Office
    employer: str
    keys_dir: Path

    def new_key(self, ring: str) -> str:
        key_id = key_files.add_key(self.keys_dir, ring, TODAY)
        key_files.activate(self.keys_dir, ring, key_id)
        return key_id

    def take_away(self, ring: str, key_id: str) -> None:
        (self.keys_dir / ring / f"{key_id}.key").unlink()

    def active(self, ring: str) -> str:
        return key_files.active_id(self.keys_dir, ring)

    def use(self) -> None:
        RegistryService.prepare(self.office.harness.settings, Keys(FolderSource(self.keys_dir)))

    def renew(self) -> int:
        """All rounds of the duties, as a running service does them."""
        renewals = RegistryService.renewals(self.office.harness.database)
        return sum(sum(iter(renewal.round, 0)) for renewal in renewals)

    def needed(self) -> dict[str, dict[str, int]]:
        renewals = RegistryService.renewals(self.office.harness.database)
        return {renewal.name: dict(renewal.usage()) for renewal in renewals}

    def find(self, number: int) -> str | None:
        request = FindPerson("resident_id", PEOPLE[number].id_number)
        return self.office.harness.call(self.office.employer(self.employer), contract.FIND_PERSON, request).person_id

    def count(self, table: type[Person | IdentityDocument | Digest]) -> int | None:
        with self.office.harness.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table))


def rotating_registry(office: Office) -> Rotating:
    """With one organisation, which has a bank account."""
    keys_dir = office.harness.settings.keys_dir
    assert keys_dir is not None
    return Rotating(office, office.organisation(FIRMS[0]), keys_dir)
