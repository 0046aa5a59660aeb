"""What registry answers and tells: who takes part, what is proven about them, what the dated catalogues say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    OFFICERS,
    PARTIES,
    Level,
    ListWaiting,
    Occupation,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
    WaitingPage,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    ROWS_PER_CALL,
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
from shared.contracts.spreadsheets import SheetImported
from shared.security.speaker import Purpose, Role

Uscc = Annotated[str, Text(18, min=18, pattern=r"[0-9A-HJ-NPQRTUWXY]{18}", hint="请填写18位统一社会信用代码")]
PersonName = Annotated[str, Text(60), Personal()]
DocumentNumber = Annotated[str, Text(30), Personal()]
Phone = Annotated[str, Text(20), Personal()]
Account = Annotated[str, Text(40, min=0), Personal()]
Email = Annotated[str, Text(120, pattern=r"[^@\s]+@[^@\s]+", hint="请填写电子邮箱"), Personal()]

Month = Annotated[str, Text(7, pattern=r"(19|2[01])\d{2}-(0[1-9]|1[0-2])", hint="月份应写作 2022-06")]


# --- organisations -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProviderCapability:
    """What a training provider must have (APP-6). `kind_reason`: for kinds that the document does not name."""

    legal_person: bool
    licensed_occupations: Annotated[tuple[Occupation, ...], Rows(500)]
    premises: bool
    equipment: bool
    teachers: bool
    management_rules: bool
    develops_courses: bool
    kind_reason: Prose = ""


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


# --- people and their evidence -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonRow:
    row: RowNumber
    name: PersonName
    document_kind: Literal["resident_id", "passport", "residence_permit"]
    document_number: DocumentNumber
    phone: Phone | None = None


@dataclass(frozen=True)
class RegisterPeople:
    """People of one organisation. A person already known by the document number is `unchanged`, with the same id."""

    organisation_id: Id
    rows: Annotated[tuple[PersonRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ImportRoster:
    """A roster that the organisation filled in: its people and their employment, and from an officer their months of
    insurance, row by row as the list commands would take them. `programme`: whose form it is."""

    organisation_id: Id
    programme: Programme
    file: FileRef


@dataclass(frozen=True)
class AddIdentityDocument:
    """A further document of a person on file (X-1): both numbers then find the same person."""

    person_id: Id
    document_kind: Literal["resident_id", "passport", "residence_permit"]
    document_number: DocumentNumber


@dataclass(frozen=True)
class IdentityDocumentAdded:
    document_id: str


@dataclass(frozen=True)
class TeacherRow:
    """A workplace mentor (APP-11) or an instructor (APP-12); what does not concern the kind stays null."""

    row: RowNumber
    person_id: Id
    kind: Literal["workplace_mentor", "instructor"]
    attested_on: date | None = None
    post_since: date | None = None
    teaching_since: date | None = None
    dual_qualified: bool = False
    certificate_level: Level | None = None
    title: Code | None = None
    key_technical_staff: bool = False
    awards: tuple[Label, ...] = ()


@dataclass(frozen=True)
class RegisterTeachers:
    organisation_id: Id
    rows: Annotated[tuple[TeacherRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class RevealPeople:
    """Names and numbers, masked unless the speaker may see them for `purpose`; every unmasked answer is audited."""

    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]
    purpose: Purpose | None = None


@dataclass(frozen=True)
class PersonShape:
    person_id: str
    name: PersonName
    document_kind: str
    document_number: DocumentNumber
    phone: Phone | None
    masked: bool


@dataclass(frozen=True)
class PersonList:
    people: tuple[PersonShape, ...]


@dataclass(frozen=True)
class FindPerson:
    """Exactly, after normalising; never in part."""

    document_kind: Literal["resident_id", "passport", "residence_permit"]
    document_number: DocumentNumber


@dataclass(frozen=True)
class PersonFound:
    person_id: str | None


@dataclass(frozen=True)
class ListPeople:
    """People whom an organisation knows, with what is on file about each for that organisation."""

    organisation_id: Id
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class PersonLine:
    """Always masked. `contract_to`: of the employment that holds here, null without end or without any (`employed`).

    `insured_in`: the last month on file; `certificates`: how many the person held before; `teaches`: as what.
    """

    person_id: str
    name: PersonName
    document_kind: str
    document_number: DocumentNumber
    employed: bool
    post: str | None
    contract_to: date | None
    insured_in: str | None
    certificates: int
    teaches: tuple[str, ...]


@dataclass(frozen=True)
class PersonPage:
    people: tuple[PersonLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class ListTeachers:
    """Mentors and instructors of an organisation."""

    organisation_id: Id
    kind: Literal["workplace_mentor", "instructor"] | None = None
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class TeacherShape:
    """A teacher as registered, awards too (APP-32); the name is masked."""

    teacher_id: str
    person_id: str
    name: PersonName
    kind: Literal["workplace_mentor", "instructor"]
    attested_on: date | None
    post_since: date | None
    teaching_since: date | None
    dual_qualified: bool
    certificate_level: str | None
    title: str | None
    key_technical_staff: bool
    awards: tuple[str, ...]


@dataclass(frozen=True)
class TeacherPage:
    teachers: tuple[TeacherShape, ...]
    cursor: str | None


# --- catalogues --------------------------------------------------------------------------------------------------


# --- decisions asked by other services ---------------------------------------------------------------------------


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


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrganisationTold:
    organisation_id: Id
    kind: Code
    programme: Programme | None = None


@dataclass(frozen=True)
class PeopleTold:
    """`organisation_id`: null where evidence came from no organisation, such as months of insurance."""

    organisation_id: Id | None
    person_ids: Annotated[tuple[Id, ...], Rows(IDS_PER_EVENT)]


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
REGISTER_PEOPLE = command(
    "registry.register_people",
    RegisterPeople,
    RowResults,
    (*PARTIES, Role.DISTRICT_OFFICER),
    "Registers people by identity document, a result per row.",
)
IMPORT_ROSTER = command(
    "registry.import_roster",
    ImportRoster,
    SheetImported,
    (Role.EMPLOYER, Role.DISTRICT_OFFICER),
    "A roster as a spreadsheet: people and employment, answered per row, bad cells marked.",
)
ADD_IDENTITY_DOCUMENT = command(
    "registry.add_identity_document",
    AddIdentityDocument,
    IdentityDocumentAdded,
    (Role.DISTRICT_OFFICER,),
    "A further identity document of a person, by the officer who saw it.",
)
REGISTER_TEACHERS = command(
    "registry.register_teachers",
    RegisterTeachers,
    RowResults,
    (*PARTIES, Role.DISTRICT_OFFICER),
    "Workplace mentors and instructors with their standing, a result per row.",
)
REVEAL_PEOPLE = query(
    "registry.reveal_people",
    RevealPeople,
    PersonList,
    (*OFFICERS, *PARTIES, Role.FINANCE_OFFICER, Role.AUDITOR, *INTERNAL),
    "People by id, masked unless a purpose allows more; audited when unmasked.",
)
FIND_PERSON = query(
    "registry.find_person", FindPerson, PersonFound, (*OFFICERS, *PARTIES, *INTERNAL), "A person by identity document."
)
LIST_PEOPLE = query(
    "registry.list_people",
    ListPeople,
    PersonPage,
    (*OFFICERS, *PARTIES, Role.AUDITOR, *INTERNAL),
    "An organisation's people, masked, with the evidence on file.",
)
LIST_TEACHERS = query(
    "registry.list_teachers",
    ListTeachers,
    TeacherPage,
    (*OFFICERS, *PARTIES, Role.AUDITOR, *INTERNAL),
    "An organisation's mentors and instructors, with their standing and awards.",
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
PEOPLE_REGISTERED = event(
    "registry.people_registered", PeopleTold, consumers=(), about="People are on file, by id.", public=False
)
