"""The registry service on the bus: what it serves, and by which use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.registry.rules  # noqa: F401 - they register themselves
from services.registry.catalogues.editions import ask_minimum_wage, ask_self_evaluation, publish_catalogue
from services.registry.eligibility import decisions
from services.registry.evidence.records import record_employment, record_held_certificates, record_insurance
from services.registry.models import SEALED
from services.registry.parties.organisations import register_organisation
from services.registry.parties.people import add_identity_document, find_person, register_people
from services.registry.parties.shared_accounts import ask_shared_accounts
from services.registry.parties.teachers import register_teachers
from services.registry.privacy.disclosure import reveal_accounts, reveal_people
from services.registry.privacy.lookup_digests import Digests
from services.registry.privacy.searchable_fields import EVERYTHING
from services.registry.privacy.vault import Vault
from services.registry.registers.imports import import_register
from services.registry.registers.matches import ask_standing
from services.registry.spreadsheets import register_sheets, rosters
from services.registry.views import search
from services.registry.views.worklist import list_waiting
from shared.contracts.registry import catalogues, eligibility, evidence, organisations, people, registers, teachers
from shared.kernel.service import Service, handles
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
        """The vault of this process, under the rings `personal` and `digest`."""
        cls.vault = Vault(PersonalCipher(keys.ring("personal")), LookupDigest(keys.ring("digest")))

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        """Sealed columns under the ring `personal`, digests of what is found under `digest`."""
        digests = [Digests(database, cls.vault, what) for what in EVERYTHING]
        return [
            sealed_columns(database, cls.vault.cipher, SEALED),
            Renewal("digest", cls.vault.lookup.ring, digests),
        ]

    serves = (
        # organisations, people, teachers
        handles(organisations.REGISTER_ORGANISATION, register_organisation),
        handles(organisations.LIST_ORGANISATIONS, search.list_organisations),
        handles(organisations.REVEAL_ACCOUNTS, reveal_accounts),
        handles(organisations.LIST_WAITING, list_waiting),
        handles(people.REGISTER_PEOPLE, register_people),
        handles(people.IMPORT_ROSTER, rosters.import_roster, ask=rosters.ask),
        handles(people.LIST_PEOPLE, search.list_people),
        handles(people.ADD_IDENTITY_DOCUMENT, add_identity_document),
        handles(people.FIND_PERSON, find_person),
        handles(people.REVEAL_PEOPLE, reveal_people),
        handles(teachers.REGISTER_TEACHERS, register_teachers),
        handles(teachers.LIST_TEACHERS, search.list_teachers),
        # registers of other offices, and what they say
        handles(registers.IMPORT_REGISTER, import_register),
        handles(registers.IMPORT_REGISTER_SHEET, register_sheets.import_register_sheet, ask=register_sheets.ask),
        handles(registers.LIST_REGISTERS, search.list_registers),
        handles(registers.ASK_STANDING, ask_standing),
        handles(registers.ASK_SHARED_ACCOUNTS, ask_shared_accounts),
        # evidence
        handles(evidence.RECORD_EMPLOYMENT, record_employment),
        handles(evidence.RECORD_INSURANCE, record_insurance),
        handles(evidence.RECORD_HELD_CERTIFICATES, record_held_certificates),
        # catalogues
        handles(catalogues.PUBLISH_CATALOGUE, publish_catalogue),
        handles(catalogues.LIST_CATALOGUES, search.list_catalogues),
        handles(catalogues.ASK_MINIMUM_WAGE, ask_minimum_wage),
        handles(catalogues.ASK_SELF_EVALUATION, ask_self_evaluation),
        # decisions and figures that others ask for
        handles(eligibility.ASK_OCCUPATION, decisions.ask_occupation),
        handles(eligibility.DECIDE_PARTIES, decisions.decide_parties),
        handles(eligibility.DECIDE_APPRENTICES, decisions.decide_apprentices),
        handles(eligibility.DECIDE_TEACHERS, decisions.decide_teachers),
        handles(evidence.ASK_WAGES, decisions.ask_wages),
    )
