"""Organisations: registered once per credit code, listed; their accounts and addresses; what waits for a district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    OFFICERS,
    PARTIES,
    ListWaiting,
    Occupation,
    Programme,
    WaitingPage,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    Code,
    District,
    FileRef,
    Id,
    Label,
    Personal,
    Prose,
    Rows,
    Text,
    Whole,
)
from shared.security.speaker import Purpose, Role

Uscc = Annotated[str, Text(18, min=18, pattern=r"[0-9A-HJ-NPQRTUWXY]{18}", hint="请填写18位统一社会信用代码")]
Account = Annotated[str, Text(40, min=0), Personal()]
Email = Annotated[str, Text(120, pattern=r"[^@\s]+@[^@\s]+", hint="请填写电子邮箱"), Personal()]


ProviderCondition = Literal["premises", "equipment", "teachers", "management_rules", "develops_courses"]


@dataclass(frozen=True)
class ProviderEvidence:
    """A paper that shows a condition of APP-6 from a day on, `to_on`: the last day, null for without end.

    `paper`: a file put to registry before, by an officer of the provider's district; `note`: what it is.
    """

    condition: ProviderCondition
    from_on: date
    paper: FileRef
    to_on: date | None = None
    note: Prose = ""


@dataclass(frozen=True)
class ProviderCapability:
    """What a training provider must have (APP-6). `kind_reason`: for kinds that the document does not name.

    `evidence`: of the five conditions, of which the yes or no alone counts under no document that lists them.
    """

    legal_person: bool
    licensed_occupations: Annotated[tuple[Occupation, ...], Rows(500)]
    premises: bool
    equipment: bool
    teachers: bool
    management_rules: bool
    develops_courses: bool
    kind_reason: Prose = ""
    evidence: Annotated[tuple[ProviderEvidence, ...], Rows(100)] = ()


@dataclass(frozen=True)
class RegisterOrganisation:
    """An enterprise, a provider, or both. `industry_code`: GB/T 4754; district: of the registered address (INT-22)."""

    name: Label
    uscc: Uscc
    kind: Code
    district: District
    industry_code: Annotated[str, Text(10)]
    small_or_subsidiary: bool = False
    four_centres: bool = False
    training_rules: bool = False
    incentive_scheme: bool = False
    provider: ProviderCapability | None = None
    contact_email: Email | None = None
    bank_account: Account | None = None
    bank_name: Label | None = None


@dataclass(frozen=True)
class OrganisationRegistered:
    organisation_id: str


@dataclass(frozen=True)
class ListOrganisations:
    """By id, or by what is known of them: `name`: a part of it. Every condition holds; none: all in reach."""

    ids: Annotated[tuple[Id, ...], Rows(500)] = ()
    name: Label | None = None
    uscc: Uscc | None = None
    kind: Code | None = None
    district: District | None = None
    cursor: Label | None = None
    limit: Annotated[int, Whole(1, 500)] = 500


@dataclass(frozen=True)
class OrganisationShape:
    """An organisation without its account and address."""

    organisation_id: str
    name: str
    uscc: str
    kind: str
    district: str
    small_or_subsidiary: bool


@dataclass(frozen=True)
class OrganisationList:
    organisations: tuple[OrganisationShape, ...]
    cursor: str | None = None


@dataclass(frozen=True)
class RevealAccounts:
    """Bank accounts and mail addresses of organisations, for payment or contact; audited."""

    organisation_ids: Annotated[tuple[Id, ...], Rows(500, min=1)]
    purpose: Purpose


@dataclass(frozen=True)
class AccountShape:
    organisation_id: str
    name: str
    bank_name: str | None
    bank_account: Account | None
    contact_email: Email | None


@dataclass(frozen=True)
class AccountList:
    accounts: tuple[AccountShape, ...]


@dataclass(frozen=True)
class OrganisationTold:
    organisation_id: Id
    kind: Code
    programme: Programme | None = None


REGISTER_ORGANISATION = command(
    "registry.register_organisation",
    RegisterOrganisation,
    OrganisationRegistered,
    OFFICERS,
    "Registers an organisation of the officer's own district, or updates what is on file under its code.",
)
LIST_ORGANISATIONS = query(
    "registry.list_organisations",
    ListOrganisations,
    OrganisationList,
    (*OFFICERS, *PARTIES, Role.FINANCE_OFFICER, Role.AUDITOR, *INTERNAL),
    "Organisations by id or by what is known of them, those in the speaker's reach.",
)
LIST_WAITING = query(
    "registry.list_waiting",
    ListWaiting,
    WaitingPage,
    (*OFFICERS, *PARTIES, Role.AUDITOR),
    "Employers whose people have no month of insurance on file yet: the district's to record.",
)
REVEAL_ACCOUNTS = query(
    "registry.reveal_accounts",
    RevealAccounts,
    AccountList,
    (Role.FINANCE_OFFICER, *INTERNAL),
    "Accounts for payment, addresses for contact; audited.",
)
ORGANISATION_REGISTERED = event(
    "registry.organisation_registered", OrganisationTold, consumers=(), about="An organisation is on file."
)
