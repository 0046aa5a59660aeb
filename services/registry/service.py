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
        cls.vault = Vault(PersonalCipher(keys.ring("personal")), LookupDigest(keys.ring("digest")))

    @classmethod
    def renewals(cls, database: Database) -> list[Renewal]:
        digests = [Digests(database, cls.vault, what) for what in EVERYTHING]
        return [
            sealed_columns(database, cls.vault.cipher, SEALED),
            Renewal("digest", cls.vault.lookup.ring, digests),
        ]

    serves = (
        # organisations and people
        handles(REGISTER_ORGANISATION, organisations.register),
        handles(LIST_ORGANISATIONS, search.organisations),
        handles(REGISTER_PEOPLE, people.register),
        handles(IMPORT_ROSTER, rosters.take_over, ask=rosters.ask),
        handles(LIST_PEOPLE, search.people),
        handles(LIST_TEACHERS, search.teachers),
        handles(LIST_WAITING, worklist.listed),
        handles(ADD_IDENTITY_DOCUMENT, people.add_document),
        handles(FIND_PERSON, people.find),
        handles(REVEAL_PEOPLE, disclosure.people),
        handles(REVEAL_ACCOUNTS, disclosure.accounts),
        handles(registers.ASK_SHARED_ACCOUNTS, shared_accounts.ask_shared),
        # registers of other offices, and what they say
        handles(registers.IMPORT_REGISTER, imports.import_rows),
        handles(registers.IMPORT_REGISTER_SHEET, register_sheets.take_over, ask=register_sheets.ask),
        handles(registers.LIST_REGISTERS, editions.listed),
        handles(registers.ASK_STANDING, matches.ask_standing),
        # evidence
        handles(evidence_contract.RECORD_EMPLOYMENT, records.record_employment),
        handles(evidence_contract.RECORD_INSURANCE, records.record_insurance),
        handles(evidence_contract.RECORD_HELD_CERTIFICATES, records.record_certificates),
        handles(REGISTER_TEACHERS, teachers.register),
        # catalogues
        handles(catalogues_contract.PUBLISH_CATALOGUE, catalogues.publish),
        handles(catalogues_contract.LIST_CATALOGUES, search.catalogues),
        handles(catalogues_contract.ASK_MINIMUM_WAGE, catalogues.minimum_wage),
        handles(catalogues_contract.ASK_SELF_EVALUATION, catalogues.self_evaluation),
        # decisions that others ask for
        handles(eligibility.ASK_OCCUPATION, decisions.occupation),
        handles(eligibility.DECIDE_PARTIES, decisions.parties),
        handles(eligibility.DECIDE_APPRENTICES, decisions.apprentices),
        handles(eligibility.DECIDE_TEACHERS, decisions.teachers),
        handles(evidence_contract.ASK_WAGES, decisions.wages),
    )
