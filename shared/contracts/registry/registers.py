"""What registry keeps of other offices' registers, and what it answers about people and accounts before money moves.

A register is imported as it is: who died, who studies, whom somebody else insures or funds. People are found in it by
their documents, whichever came first; somebody who isn't registered here stays a digest and a sealed number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import INTERNAL, OFFICERS, PageSize, RowNumber, RowResults
from shared.contracts.registry.people import DocumentNumber
from shared.contracts.schema.declare import command, query
from shared.contracts.schema.shapes import ROWS_PER_CALL, FileRef, Id, Label, Rows
from shared.contracts.spreadsheets import SheetImported
from shared.security.speaker import Role

RegisterKind = Literal["deceased", "student", "insured_elsewhere", "funded_elsewhere"]
StandingKind = Literal[
    "deceased", "student", "insured_elsewhere", "funded_elsewhere", "past_retirement_age", "certified_before"
]
ORGANISATIONS_PER_CALL = 500

# --- registers of other offices ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RegisterRow:
    """One person of a register. `from_on`: of the death, or since when; `to_on`: null where it still holds.

    `remark`: who insures, funds or teaches, as the office wrote it; never personal data.
    """

    row: RowNumber
    document_kind: Literal["resident_id", "passport", "residence_permit"]
    document_number: DocumentNumber
    from_on: date
    to_on: date | None = None
    remark: Label | None = None


@dataclass(frozen=True)
class ImportRegister:
    """Rows of an office's register as it stood on `as_of`. The same kind, source and day again adds to that edition."""

    kind: RegisterKind
    source: Label
    as_of: date
    rows: Annotated[tuple[RegisterRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ImportRegisterSheet:
    """The same from a spreadsheet that the office sent."""

    kind: RegisterKind
    source: Label
    as_of: date
    file: FileRef


@dataclass(frozen=True)
class ListRegisters:
    """Editions of registers, the newest first."""

    kind: RegisterKind | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class RegisterShape:
    register_id: str
    kind: RegisterKind
    source: str
    as_of: date
    rows: int
    imported_on: date


@dataclass(frozen=True)
class RegisterPage:
    registers: tuple[RegisterShape, ...]
    cursor: str | None


# --- before money moves ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandingRow:
    """Somebody in training from `from_on` to `to_on`, for an occupation and level."""

    person_id: Id
    from_on: date
    to_on: date
    occupation: Label
    level: Label


@dataclass(frozen=True)
class AskStanding:
    """Whether anything on file speaks against paying for these people. Asked by subsidy before every payment."""

    rows: Annotated[tuple[StandingRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class Consulted:
    """A source that was looked into: the newest edition of each office's register, or our own file, as of a day."""

    kind: StandingKind
    source: str
    as_of: date


@dataclass(frozen=True)
class StandingHit:
    """Something on file about a person within the asked time. `reference`: the same for the same entry whenever asked.

    `since`: of the death, start of studies, insurance or funding, retirement age, issue of the certificate.
    """

    person_id: str
    kind: StandingKind
    reference: str
    source: str
    as_of: date
    since: date
    remark: str | None = None


@dataclass(frozen=True)
class StandingAnswer:
    """`unread`: persons whose birth date no document on file tells, so that their age wasn't compared."""

    consulted: tuple[Consulted, ...]
    hits: tuple[StandingHit, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True)
class AskSharedAccounts:
    """Which of these payees are paid into an account that somebody else has, too."""

    organisation_ids: Annotated[tuple[Id, ...], Rows(ORGANISATIONS_PER_CALL, min=1)]


@dataclass(frozen=True)
class SharedAccount:
    """`others`: organisations with the same account, at most fifty of them; the account itself isn't told."""

    organisation_id: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class SharedAccounts:
    shared: tuple[SharedAccount, ...]
    without_account: tuple[str, ...]


IMPORT_REGISTER = command(
    "registry.import_register", ImportRegister, RowResults, OFFICERS, "Rows of another office's register."
)
IMPORT_REGISTER_SHEET = command(
    "registry.import_register_sheet", ImportRegisterSheet, SheetImported, OFFICERS, "The same from a spreadsheet."
)
LIST_REGISTERS = query(
    "registry.list_registers",
    ListRegisters,
    RegisterPage,
    (*OFFICERS, Role.FINANCE_OFFICER, Role.CITY_FINANCE_OFFICER, Role.AUDITOR),
    "Which registers are on file, as of when.",
)
ASK_STANDING = query("registry.ask_standing", AskStanding, StandingAnswer, INTERNAL, "What speaks against paying.")
ASK_SHARED_ACCOUNTS = query(
    "registry.ask_shared_accounts", AskSharedAccounts, SharedAccounts, INTERNAL, "Payees that share an account."
)
