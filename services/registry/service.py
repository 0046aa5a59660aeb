"""The registry service on the bus: each body is one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.registry.rules  # noqa: F401 - they register themselves
from services.registry import (
    accounts,
    catalogues,
    decisions,
    editions,
    evidence,
    importing,
    organisations,
    people,
    register_sheets,
    reveal,
    rosters,
    searching,
    standing,
    teachers,
    waiting,
)
from services.registry.digests import Digests
from services.registry.findable import EVERYTHING
from services.registry.models import SEALED
from services.registry.vault import Vault
from shared.bus.service import Service, handles
from shared.bus.work import Look, Work
from shared.contracts import registers
from shared.contracts import registry as contract
from shared.contracts.common import ListWaiting, RowResults, WaitingPage
from shared.contracts.sheets import SheetImported
from shared.security.keys import Keys
from shared.security.personal import LookupDigest, PersonalCipher
from shared.settings import Settings
from shared.store.database import Database
from shared.store.renewal import Renewal, sealed_columns


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
        return organisations.listed(look, request) if request.ids else searching.organisations(look, request)

    @handles(contract.REGISTER_PEOPLE)
    def register_people(self, work: Work, request: contract.RegisterPeople) -> RowResults:
        return people.register(work, request, self.vault)

    @handles(contract.IMPORT_ROSTER, ask=rosters.ask)
    def import_roster(self, work: Work, request: contract.ImportRoster, roster: rosters.Roster) -> SheetImported:
        return rosters.take_over(work, request, roster, self.vault)

    @handles(contract.LIST_PEOPLE)
    def list_people(self, look: Look, request: contract.ListPeople) -> contract.PersonPage:
        return searching.people(look, request, self.vault)

    @handles(contract.LIST_TEACHERS)
    def list_teachers(self, look: Look, request: contract.ListTeachers) -> contract.TeacherPage:
        return searching.teachers(look, request, self.vault)

    @handles(contract.LIST_WAITING)
    def list_waiting(self, look: Look, request: ListWaiting) -> WaitingPage:
        return waiting.listed(look, request)

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
        return reveal.people(look, request, self.vault)

    @handles(contract.REVEAL_ACCOUNTS)
    def reveal_accounts(self, look: Look, request: contract.RevealAccounts) -> contract.AccountList:
        return reveal.accounts(look, request, self.vault)

    @handles(registers.ASK_SHARED_ACCOUNTS)
    def ask_shared_accounts(self, look: Look, request: registers.AskSharedAccounts) -> registers.SharedAccounts:
        return accounts.ask_shared(look, request, self.vault)

    # --- registers of other offices, and what they say -----------------------------------------------------------

    @handles(registers.IMPORT_REGISTER)
    def import_register(self, work: Work, request: registers.ImportRegister) -> RowResults:
        return importing.import_rows(work, request, self.vault)

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
        return standing.ask_standing(look, request, self.vault)

    # --- evidence ------------------------------------------------------------------------------------------------

    @handles(contract.RECORD_EMPLOYMENT)
    def record_employment(self, work: Work, request: contract.RecordEmployment) -> RowResults:
        return evidence.record_employment(work, request)

    @handles(contract.RECORD_INSURANCE)
    def record_insurance(self, work: Work, request: contract.RecordInsurance) -> RowResults:
        return evidence.record_insurance(work, request)

    @handles(contract.RECORD_HELD_CERTIFICATES)
    def record_held_certificates(self, work: Work, request: contract.RecordHeldCertificates) -> RowResults:
        return evidence.record_certificates(work, request)

    @handles(contract.REGISTER_TEACHERS)
    def register_teachers(self, work: Work, request: contract.RegisterTeachers) -> RowResults:
        return teachers.register(work, request)

    # --- catalogues ----------------------------------------------------------------------------------------------

    @handles(contract.PUBLISH_CATALOGUE)
    def publish_catalogue(self, work: Work, request: contract.PublishCatalogue) -> contract.CataloguePublished:
        return catalogues.publish(work, request)

    @handles(contract.LIST_CATALOGUES)
    def list_catalogues(self, look: Look, request: contract.ListCatalogues) -> contract.CataloguePage:
        return searching.catalogues(look, request)

    @handles(contract.ASK_MINIMUM_WAGE)
    def ask_minimum_wage(self, look: Look, request: contract.AskMinimumWage) -> contract.MinimumWage:
        return catalogues.minimum_wage(look, request)

    @handles(contract.ASK_SELF_EVALUATION)
    def ask_self_evaluation(self, look: Look, request: contract.AskSelfEvaluation) -> contract.SelfEvaluation:
        return catalogues.self_evaluation(look, request)

    # --- decisions that others ask for ---------------------------------------------------------------------------

    @handles(contract.ASK_OCCUPATION)
    def ask_occupation(self, work: Work, request: contract.AskOccupation) -> contract.OccupationAnswer:
        return decisions.occupation(work, request)

    @handles(contract.DECIDE_PARTIES)
    def decide_parties(self, work: Work, request: contract.DecideParties) -> contract.PartiesDecided:
        return decisions.parties(work, request)

    @handles(contract.DECIDE_APPRENTICES)
    def decide_apprentices(self, work: Work, request: contract.DecideApprentices) -> contract.ApprenticesDecided:
        return decisions.apprentices(work, request)

    @handles(contract.DECIDE_TEACHERS)
    def decide_teachers(self, work: Work, request: contract.DecideTeachers) -> contract.TeachersDecided:
        return decisions.teachers(work, request)

    @handles(contract.ASK_WAGES)
    def ask_wages(self, look: Look, request: contract.AskWages) -> contract.WageList:
        return decisions.wages(look, request)
