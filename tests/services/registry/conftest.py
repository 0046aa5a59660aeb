"""A registry service on a real database, with the people who use it and made-up organisations and apprentices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.registry.service import RegistryService
from shared.contracts.common import RowResults
from shared.contracts.registry import catalogues, evidence
from shared.contracts.registry import parties as contract
from shared.contracts.registry.parties import PersonRow, ProviderCapability, RegisterOrganisation, RegisterPeople
from shared.money import Money
from shared.scenario.made_up_parties import MadeUpOrganisation, MadeUpPerson, organisations, people
from shared.security.speaker import Purpose, Role, Speaker
from tests.conftest import MadeDatabase
from tests.services.harness import CHAOYANG, SHUNYI, KernelHarness

TODAY = date(2022, 6, 6)
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


def row_of(number: int, person: MadeUpPerson, **changes: Any) -> PersonRow:
    return replace(PersonRow(number, person.name, "resident_id", person.id_number, person.phone), **changes)


@dataclass
class Office:
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
        known = self.harness.call(
            by or self.officer(district), contract.REGISTER_ORGANISATION, replace(request, **changes)
        )
        return known.organisation_id

    def provider(self, firm: MadeUpOrganisation, **changes: Any) -> str:
        return self.organisation(firm, **({"kind": "vocational_college", "provider": CAPABLE} | changes))

    def register(self, organisation: str, *rows: PersonRow, speaker: Speaker | None = None) -> RowResults:
        request = RegisterPeople(organisation, rows)
        return self.harness.call(speaker or self.employer(organisation), contract.REGISTER_PEOPLE, request)

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

    @property
    def document(self) -> str:
        return self.harness.policies.governing("apprenticeship", CHAOYANG, TODAY).identity


def open_office(url: str, folder: Path) -> Office:
    harness = KernelHarness(RegistryService, url, folder)
    harness.move_clock(TODAY)
    return Office(harness, url)


@pytest.fixture
def office(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Office]:
    office = open_office(make_database("registry", dialect).url, tmp_path)
    yield office
    office.harness.close()


@pytest.fixture
def employer(office: Office) -> str:
    return office.organisation(FIRMS[0])


@pytest.fixture
def stranger(office: Office) -> str:
    """An employer of another district."""
    return office.organisation(FIRMS[1], SHUNYI)
