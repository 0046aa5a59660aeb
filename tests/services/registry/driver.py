"""Registry as its tests drive it: who speaks, made-up organisations and people, and the few acts that tests begin with.

Driver          the service on a real database
KeyRotation     the same while its keys change
…_row, …_line   good rows of its lists and spreadsheets
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from sqlalchemy import func, select, text

from programmes.apprenticeship.forms.roster import RosterHead
from services.registry.models.parties import Digest, IdentityDocument, Person
from services.registry.service import RegistryService
from shared.contracts.common import RowResults
from shared.contracts.registry import catalogues, evidence, registers
from shared.contracts.registry.organisations import (
    REGISTER_ORGANISATION,
    ProviderCapability,
    ProviderCondition,
    ProviderEvidence,
    RegisterOrganisation,
)
from shared.contracts.registry.people import FIND_PERSON, REGISTER_PEOPLE, FindPerson, PersonRow, RegisterPeople
from shared.contracts.registry.teachers import TeacherRow
from shared.money import Money
from shared.scenario.made_up_parties import MadeUpOrganisation, MadeUpPerson, organisations, people
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.security.personal import PersonalCipher, Place
from shared.security.speaker import Purpose, Role, Speaker
from shared.store.database import Database
from tests.services import files
from tests.services.harness import CHAOYANG, KernelHarness

TODAY = date(2022, 6, 6)
TRAINING_FROM = date(2022, 3, 1)
TRAINING_TO = date(2024, 2, 29)
TURNER = "6-18-01-01"
PEOPLE: Sequence[MadeUpPerson] = people(30, seed=11)
FIRMS: Sequence[MadeUpOrganisation] = organisations(6, seed=12)

CAPABLE = ProviderCapability(
    legal_person=True,
    licensed_occupations=(TURNER,),
    premises=True,
    equipment=True,
    teachers=True,
    management_rules=True,
    develops_courses=True,
)


MENTOR = TeacherRow(1, "", "workplace_mentor", attested_on=date(2022, 6, 1), post_since=date(2021, 6, 6))
INSTRUCTOR = TeacherRow(1, "", "instructor", attested_on=date(2022, 6, 1), teaching_since=date(2020, 6, 6))
ROSTER_HEAD = RosterHead("示例制造有限公司", "", "示例技工学校", "示例项目")
SCHOOL_OFFICE = "示例学籍管理部门"


def row_of(number: int, person: MadeUpPerson, **changes: Any) -> PersonRow:
    return replace(PersonRow(number, person.name, "resident_id", person.id_number, person.phone), **changes)


def register_row(number: int, document: str, **changes: Any) -> registers.RegisterRow:
    return replace(registers.RegisterRow(number, "resident_id", document, date(2021, 9, 1)), **changes)


def register_line(document: str, **changes: Any) -> dict[str, Any]:
    """Of a register's spreadsheet; None leaves a cell empty."""
    good = {"document_kind": "resident_id", "document_number": document, "from_on": "2022-03-01", "remark": "示例学校"}
    return {key: value for key, value in (good | changes).items() if value is not None}


def roster_line(person: MadeUpPerson, **changes: Any) -> dict[str, Any]:
    """Of a roster; None leaves a cell empty."""
    good = {
        "name": person.name,
        "id_kind": "resident_id",
        "id_number": person.id_number,
        "phone": person.phone,
        "post": "车工",
        "employment_form": "new_hire",
        "contract_starts_on": "2022-03-01",
        "contract_ends_on": "2025-02-28",
        "insured_month": "2022-05",
        "monthly_wage": "5200.00",
        "occupation": "车工",
        "level": "advanced",
    }
    return {key: value for key, value in (good | changes).items() if value is not None}


@dataclass
class Driver:
    """The harness, who speaks on it, and the few acts that every test begins with."""

    harness: KernelHarness
    url: str

    def officer(self, district: str = CHAOYANG, purposes: frozenset[Purpose] = frozenset()) -> Speaker:
        return self.harness.speaker(Role.DISTRICT_OFFICER, f"officer-{district}", district=district, purposes=purposes)

    def city(self, role: Role = Role.CITY_OFFICER, purposes: frozenset[Purpose] = frozenset()) -> Speaker:
        return self.harness.speaker(role, "city-1", purposes=purposes)

    def employer(self, organisation: str, purposes: frozenset[Purpose] = frozenset()) -> Speaker:
        return self.harness.speaker(Role.EMPLOYER, "clerk-1", organisation=organisation, purposes=purposes)

    def review(self, purposes: frozenset[Purpose] = frozenset()) -> Speaker:
        """Another service in its own name."""
        return Speaker.service("review", purposes=purposes)

    def organisation(
        self, firm: MadeUpOrganisation, district: str = CHAOYANG, *, by: Speaker | None = None, **changes: Any
    ) -> str:
        request = RegisterOrganisation(
            name=firm.name,
            uscc=firm.uscc,
            kind="enterprise",
            district=district,
            industry_code="C3311",
            training_rules=True,
            incentive_scheme=True,
            contact_email="clerk@firm.example",
            bank_account=firm.bank_account,
            bank_name="示例银行",
        )
        known = self.harness.call(by or self.officer(district), REGISTER_ORGANISATION, replace(request, **changes))
        return known.organisation_id

    def provider(self, firm: MadeUpOrganisation, **changes: Any) -> str:
        capable = replace(CAPABLE, evidence=self.papers(district=changes.get("district", CHAOYANG)))
        return self.organisation(firm, **({"kind": "vocational_college", "provider": capable} | changes))

    def papers(self, to_on: date | None = None, district: str = CHAOYANG) -> tuple[ProviderEvidence, ...]:
        """A paper from today on for each of the conditions, put here by the district."""
        paper = files.put(self.harness, self.officer(district), "证明材料".encode(), "证明.txt")
        return tuple(ProviderEvidence(condition, TODAY, paper, to_on) for condition in get_args(ProviderCondition))

    def register(self, organisation: str, *rows: PersonRow, speaker: Speaker | None = None) -> RowResults:
        request = RegisterPeople(organisation, rows)
        return self.harness.call(speaker or self.employer(organisation), REGISTER_PEOPLE, request)

    def people(self, organisation: str, count: int = 1) -> list[str]:
        """The first made-up people, registered; their ids."""
        rows = [row_of(number, person) for number, person in enumerate(PEOPLE[:count], 1)]
        return [str(result.id) for result in self.register(organisation, *rows).rows]

    def employ(self, organisation: str, person: str, *, by: Speaker | None = None, **changes: Any) -> RowResults:
        row = evidence.EmploymentRow(
            row=1,
            person_id=person,
            post="车工",
            hiring="new_hire",
            dispatched=False,
            skilled_post=True,
            contract_from=date(2022, 6, 1),
            contract_to=date(2025, 5, 31),
            contract_with="employer",
            monthly_wage=Money.yuan(4000),
        )
        request = evidence.RecordEmployment(organisation, (replace(row, **changes),))
        return self.harness.call(by or self.employer(organisation), evidence.RECORD_EMPLOYMENT, request)

    def insure(self, person: str, *months: str, insured_by: Any = "employer", district: str = CHAOYANG) -> RowResults:
        request = evidence.RecordInsurance((evidence.InsuranceRow(1, person, months, insured_by),))
        return self.harness.call(self.officer(district), evidence.RECORD_INSURANCE, request)

    def publish(self, kind: Any, from_on: date, *entries: str, edition: str | None = None) -> str:
        listed = tuple(catalogues.CatalogueEntry(code) for code in entries)
        request = catalogues.PublishCatalogue(kind, edition or f"{kind} {from_on}", from_on, "示例公告", listed)
        return self.harness.call(self.city(), catalogues.PUBLISH_CATALOGUE, request).catalogue_id

    def import_register(
        self, *rows: registers.RegisterRow, kind: Any = "student", by: Speaker | None = None, **changes: Any
    ) -> RowResults:
        request = replace(registers.ImportRegister(kind, SCHOOL_OFFICE, TODAY, rows), **changes)
        return self.harness.call(by or self.city(), registers.IMPORT_REGISTER, request)

    def ask_standing(self, *people: str, **changes: Any) -> registers.StandingAnswer:
        """What is on file against paying for their training, from TRAINING_FROM to TRAINING_TO by default."""
        training = {"from_on": TRAINING_FROM, "to_on": TRAINING_TO, "occupation": TURNER, "level": "advanced"} | changes
        rows = tuple(registers.StandingRow(person, **training) for person in people)
        return self.harness.call(self.review(), registers.ASK_STANDING, registers.AskStanding(rows))

    @property
    def document(self) -> str:
        return self.harness.policies.governing("apprenticeship", CHAOYANG, TODAY).identity


def everything_stored(database: Database, folder: Path) -> bytes:
    """All that lies on disk: the folder with its database files, or every row of every table."""
    if database.dialect == "sqlite":
        files = [path for path in folder.rglob("*") if path.is_file() and ".db" in path.name]
        assert files
        return b"".join(path.read_bytes() for path in files)
    with database.reading() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        rows = [session.scalars(text(f'SELECT row_to_json(t)::text FROM "{table}" t')).all() for table in tables]
    return "\n".join(row for table in rows for row in table).encode()


def open_driver(url: str, folder: Path) -> Driver:
    harness = KernelHarness(RegistryService, url, folder)
    harness.move_clock(TODAY)
    return Driver(harness, url)


@dataclass(frozen=True)
class InterruptedCipher(PersonalCipher):
    """Something happens whenever a sealed value was read, before anything is done with it."""

    meanwhile: Callable[[Place], None]

    def decrypt(self, stored: bytes, place: Place) -> str:
        text = super().decrypt(stored, place)
        self.meanwhile(place)
        return text


@dataclass
class KeyRotation:
    """A registry whose key folder is changed under it. `use` is what a process does when it notices."""

    driver: Driver
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
        RegistryService.prepare(self.driver.harness.settings, Keys(FolderSource(self.keys_dir)))

    def renew(self, meanwhile: Callable[[Place], None] | None = None) -> int:
        """All rounds of the duties, as a running service does them. `meanwhile`: see InterruptedCipher."""
        vault = RegistryService.vault
        if meanwhile is not None:
            vault = replace(vault, cipher=InterruptedCipher(vault.cipher.ring, meanwhile))
        service = type("RegistryService", (RegistryService,), {"vault": vault})
        renewals = service.renewals(self.driver.harness.database)
        return sum(sum(iter(renewal.round, 0)) for renewal in renewals)

    def needed(self) -> dict[str, dict[str, int]]:
        renewals = RegistryService.renewals(self.driver.harness.database)
        return {renewal.name: dict(renewal.usage()) for renewal in renewals}

    def find(self, number: int) -> str | None:
        request = FindPerson("resident_id", PEOPLE[number].id_number)
        return self.driver.harness.call(self.driver.employer(self.employer), FIND_PERSON, request).person_id

    def count(self, table: type[Person | IdentityDocument | Digest]) -> int | None:
        with self.driver.harness.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table))


def rotation_of(driver: Driver) -> KeyRotation:
    """With one organisation, which has a bank account."""
    keys_dir = driver.harness.settings.keys_dir
    assert keys_dir is not None
    return KeyRotation(driver, driver.organisation(FIRMS[0]), keys_dir)
