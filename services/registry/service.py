"""The registry service on the bus: what it serves, and by which use case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import services.registry.rules  # noqa: F401 - they register themselves
from services.registry.catalogues import editions
from services.registry.eligibility import decisions
from services.registry.evidence import records
from services.registry.models import SEALED
from services.registry.parties import organisations, people, shared_accounts, teachers
from services.registry.privacy import disclosure
from services.registry.privacy.lookup_digests import Digests
from services.registry.privacy.searchable_fields import EVERYTHING
from services.registry.privacy.vault import Vault
from services.registry.registers import imports, matches
from services.registry.spreadsheets import register_sheets, rosters
from services.registry.views import search, worklist
from shared.contracts.registry.catalogues import (
    ASK_MINIMUM_WAGE,
    ASK_SELF_EVALUATION,
    LIST_CATALOGUES,
    PUBLISH_CATALOGUE,
)
from shared.contracts.registry.eligibility import ASK_OCCUPATION, DECIDE_APPRENTICES, DECIDE_PARTIES, DECIDE_TEACHERS
from shared.contracts.registry.evidence import (
    ASK_WAGES,
    RECORD_EMPLOYMENT,
    RECORD_HELD_CERTIFICATES,
    RECORD_INSURANCE,
)
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    LIST_WAITING,
    REGISTER_ORGANISATION,
    REVEAL_ACCOUNTS,
)
from shared.contracts.registry.people import (
    ADD_IDENTITY_DOCUMENT,
    FIND_PERSON,
    IMPORT_ROSTER,
    LIST_PEOPLE,
    REGISTER_PEOPLE,
    REVEAL_PEOPLE,
)
from shared.contracts.registry.registers import (
    ASK_SHARED_ACCOUNTS,
    ASK_STANDING,
    IMPORT_REGISTER,
    IMPORT_REGISTER_SHEET,
    LIST_REGISTERS,
)
from shared.contracts.registry.teachers import LIST_TEACHERS, REGISTER_TEACHERS
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
        # organisations and people
        handles(REGISTER_ORGANISATION, organisations.register_organisation),
        handles(LIST_ORGANISATIONS, search.list_organisations),
        handles(REGISTER_PEOPLE, people.register_people),
        handles(IMPORT_ROSTER, rosters.import_roster, ask=rosters.ask),
        handles(LIST_PEOPLE, search.list_people),
        handles(LIST_TEACHERS, search.list_teachers),
        handles(LIST_WAITING, worklist.list_waiting),
        handles(ADD_IDENTITY_DOCUMENT, people.add_identity_document),
        handles(FIND_PERSON, people.find_person),
        handles(REVEAL_PEOPLE, disclosure.reveal_people),
        handles(REVEAL_ACCOUNTS, disclosure.reveal_accounts),
        handles(ASK_SHARED_ACCOUNTS, shared_accounts.ask_shared_accounts),
        # registers of other offices, and what they say
        handles(IMPORT_REGISTER, imports.import_register),
        handles(IMPORT_REGISTER_SHEET, register_sheets.import_register_sheet, ask=register_sheets.ask),
        handles(LIST_REGISTERS, search.list_registers),
        handles(ASK_STANDING, matches.ask_standing),
        # evidence
        handles(RECORD_EMPLOYMENT, records.record_employment),
        handles(RECORD_INSURANCE, records.record_insurance),
        handles(RECORD_HELD_CERTIFICATES, records.record_held_certificates),
        handles(REGISTER_TEACHERS, teachers.register_teachers),
        # catalogues
        handles(PUBLISH_CATALOGUE, editions.publish_catalogue),
        handles(LIST_CATALOGUES, search.list_catalogues),
        handles(ASK_MINIMUM_WAGE, editions.ask_minimum_wage),
        handles(ASK_SELF_EVALUATION, editions.ask_self_evaluation),
        # decisions that others ask for
        handles(ASK_OCCUPATION, decisions.ask_occupation),
        handles(DECIDE_PARTIES, decisions.decide_parties),
        handles(DECIDE_APPRENTICES, decisions.decide_apprentices),
        handles(DECIDE_TEACHERS, decisions.decide_teachers),
        handles(ASK_WAGES, decisions.ask_wages),
    )
