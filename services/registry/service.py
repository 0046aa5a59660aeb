"""The registry service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.registry.rules  # noqa: F401 - they register themselves
from services.registry.catalogues import editions as catalogues
from services.registry.eligibility import decisions
from services.registry.evidence import records
from services.registry.models import SEALED
from services.registry.parties import organisations, people, shared_accounts, teachers
from services.registry.privacy import disclosure
from services.registry.privacy.lookup_digests import Digests
from services.registry.privacy.searchable_fields import EVERYTHING
from services.registry.privacy.vault import Vault
from services.registry.registers import editions, imports, matches
from services.registry.spreadsheets import registers as register_sheets
from services.registry.spreadsheets import rosters
from services.registry.views import search, worklist
from shared.contracts.common import ListWaiting, RowResults, WaitingPage
from shared.contracts.registry import (
    catalogues as catalogues_contract,
)
from shared.contracts.registry import (
    eligibility,
    registers,
)
from shared.contracts.registry import (
    evidence as evidence_contract,
)
from shared.contracts.registry import (
    parties as contract,
)
from shared.contracts.spreadsheets import SheetImported
from shared.kernel.service import Service, handles
from shared.kernel.work import Look, Work
from shared.security.keys import Keys
from shared.security.personal import LookupDigest, PersonalCipher
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import Renewal, sealed_columns


class RegistryService(Service):
    """See services/registry/README.md."""

    name = "registry"
    conflicts: ClassVar[Mapping[str, str]] = {
        "uq_catalogues_kind_edition": "该目录已发布过同名版本，请更换版本名称",
        "catalogues.kind, catalogues.edition": "该目录已发布过同名版本，请更换版本名称",
    }
    vault: ClassVar[Vault]

    @classmethod
    def prepare(cls, settings: Settings, keys: Keys) -> None:  # noqa: ARG003 - its files are the kernel's
        cls.vault = Vault(PersonalCipher(keys.ring("personal")), LookupDigest(keys.ring("digest")))

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        digests = [Digests(database, cls.vault, what) for what in EVERYTHING]
        return [
            sealed_columns(database, cls.vault.cipher, SEALED),
            Renewal("digest", cls.vault.lookup.ring, digests),
        ]

    # --- organisations and people --------------------------------------------------------------------------------

    @handles(contract.REGISTER_ORGANISATION)
    def register_organisation(
        self, work: Work, request: contract.RegisterOrganisation
    ) -> contract.OrganisationRegistered:
        return organisations.register(work, request, self.vault)

    @handles(contract.LIST_ORGANISATIONS)
    def list_organisations(self, look: Look, request: contract.ListOrganisations) -> contract.OrganisationList:
        return organisations.listed(look, request) if request.ids else search.organisations(look, request)

    @handles(contract.REGISTER_PEOPLE)
    def register_people(self, work: Work, request: contract.RegisterPeople) -> RowResults:
        return people.register(work, request, self.vault)

    @handles(contract.IMPORT_ROSTER, ask=rosters.ask)
    def import_roster(self, work: Work, request: contract.ImportRoster, roster: rosters.Roster) -> SheetImported:
        return rosters.take_over(work, request, roster, self.vault)

    @handles(contract.LIST_PEOPLE)
    def list_people(self, look: Look, request: contract.ListPeople) -> contract.PersonPage:
        return search.people(look, request, self.vault)

    @handles(contract.LIST_TEACHERS)
    def list_teachers(self, look: Look, request: contract.ListTeachers) -> contract.TeacherPage:
        return search.teachers(look, request, self.vault)

    @handles(contract.LIST_WAITING)
    def list_waiting(self, look: Look, request: ListWaiting) -> WaitingPage:
        return worklist.listed(look, request)

    @handles(contract.ADD_IDENTITY_DOCUMENT)
    def add_identity_document(
        self, work: Work, request: contract.AddIdentityDocument
    ) -> contract.IdentityDocumentAdded:
        return people.add_document(work, request, self.vault)

    @handles(contract.FIND_PERSON)
    def find_person(self, look: Look, request: contract.FindPerson) -> contract.PersonFound:
        return people.find(look, request, self.vault)

    @handles(contract.REVEAL_PEOPLE)
    def reveal_people(self, look: Look, request: contract.RevealPeople) -> contract.PersonList:
        return disclosure.people(look, request, self.vault)

    @handles(contract.REVEAL_ACCOUNTS)
    def reveal_accounts(self, look: Look, request: contract.RevealAccounts) -> contract.AccountList:
        return disclosure.accounts(look, request, self.vault)

    @handles(registers.ASK_SHARED_ACCOUNTS)
    def ask_shared_accounts(self, look: Look, request: registers.AskSharedAccounts) -> registers.SharedAccounts:
        return shared_accounts.ask_shared(look, request, self.vault)

    # --- registers of other offices, and what they say -----------------------------------------------------------

    @handles(registers.IMPORT_REGISTER)
    def import_register(self, work: Work, request: registers.ImportRegister) -> RowResults:
        return imports.import_rows(work, request, self.vault)

    @handles(registers.IMPORT_REGISTER_SHEET, ask=register_sheets.ask)
    def import_register_sheet(
        self, work: Work, request: registers.ImportRegisterSheet, filled: register_sheets.Filled
    ) -> SheetImported:
        return register_sheets.take_over(work, request, filled, self.vault)

    @handles(registers.LIST_REGISTERS)
    def list_registers(self, look: Look, request: registers.ListRegisters) -> registers.RegisterPage:
        return editions.listed(look, request)

    @handles(registers.ASK_STANDING)
    def ask_standing(self, look: Look, request: registers.AskStanding) -> registers.StandingAnswer:
        return matches.ask_standing(look, request, self.vault)

    # --- evidence ------------------------------------------------------------------------------------------------

    @handles(evidence_contract.RECORD_EMPLOYMENT)
    def record_employment(self, work: Work, request: evidence_contract.RecordEmployment) -> RowResults:
        return records.record_employment(work, request)

    @handles(evidence_contract.RECORD_INSURANCE)
    def record_insurance(self, work: Work, request: evidence_contract.RecordInsurance) -> RowResults:
        return records.record_insurance(work, request)

    @handles(evidence_contract.RECORD_HELD_CERTIFICATES)
    def record_held_certificates(self, work: Work, request: evidence_contract.RecordHeldCertificates) -> RowResults:
        return records.record_certificates(work, request)

    @handles(contract.REGISTER_TEACHERS)
    def register_teachers(self, work: Work, request: contract.RegisterTeachers) -> RowResults:
        return teachers.register(work, request)

    # --- catalogues ----------------------------------------------------------------------------------------------

    @handles(catalogues_contract.PUBLISH_CATALOGUE)
    def publish_catalogue(
        self, work: Work, request: catalogues_contract.PublishCatalogue
    ) -> catalogues_contract.CataloguePublished:
        return catalogues.publish(work, request)

    @handles(catalogues_contract.LIST_CATALOGUES)
    def list_catalogues(
        self, look: Look, request: catalogues_contract.ListCatalogues
    ) -> catalogues_contract.CataloguePage:
        return search.catalogues(look, request)

    @handles(catalogues_contract.ASK_MINIMUM_WAGE)
    def ask_minimum_wage(
        self, look: Look, request: catalogues_contract.AskMinimumWage
    ) -> catalogues_contract.MinimumWage:
        return catalogues.minimum_wage(look, request)

    @handles(catalogues_contract.ASK_SELF_EVALUATION)
    def ask_self_evaluation(
        self, look: Look, request: catalogues_contract.AskSelfEvaluation
    ) -> catalogues_contract.SelfEvaluation:
        return catalogues.self_evaluation(look, request)

    # --- decisions that others ask for ---------------------------------------------------------------------------

    @handles(eligibility.ASK_OCCUPATION)
    def ask_occupation(self, work: Work, request: eligibility.AskOccupation) -> eligibility.OccupationAnswer:
        return decisions.occupation(work, request)

    @handles(eligibility.DECIDE_PARTIES)
    def decide_parties(self, work: Work, request: eligibility.DecideParties) -> eligibility.PartiesDecided:
        return decisions.parties(work, request)

    @handles(eligibility.DECIDE_APPRENTICES)
    def decide_apprentices(self, work: Work, request: eligibility.DecideApprentices) -> eligibility.ApprenticesDecided:
        return decisions.apprentices(work, request)

    @handles(eligibility.DECIDE_TEACHERS)
    def decide_teachers(self, work: Work, request: eligibility.DecideTeachers) -> eligibility.TeachersDecided:
        return decisions.teachers(work, request)

    @handles(evidence_contract.ASK_WAGES)
    def ask_wages(self, look: Look, request: evidence_contract.AskWages) -> evidence_contract.WageList:
        return decisions.wages(look, request)
