"""People: registered by identity document, found by it, listed masked, and shown in full for a purpose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    OFFICERS,
    PARTIES,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    ROWS_PER_CALL,
    FileRef,
    Id,
    Label,
    Personal,
    Rows,
    Text,
)
from shared.contracts.spreadsheets import SheetImported
from shared.security.speaker import Purpose, Role

PersonName = Annotated[str, Text(60), Personal()]
DocumentNumber = Annotated[str, Text(30), Personal()]
Phone = Annotated[str, Text(20), Personal()]


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
class PeopleTold:
    """`organisation_id`: null where evidence came from no organisation, such as months of insurance."""

    organisation_id: Id | None
    person_ids: Annotated[tuple[Id, ...], Rows(IDS_PER_EVENT)]


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
PEOPLE_REGISTERED = event(
    "registry.people_registered", PeopleTold, consumers=(), about="People are on file, by id.", public=False
)
