"""What proves that a person may learn: employment, months of insurance, certificates held, wages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    INTERNAL,
    Level,
    Occupation,
    RowNumber,
    RowResults,
)
from shared.contracts.registry.people import PeopleTold
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import (
    ROWS_PER_CALL,
    Id,
    Label,
    Rows,
    Text,
)
from shared.money import Money
from shared.security.speaker import Role

Month = Annotated[str, Text(7, pattern=r"(19|2[01])\d{2}-(0[1-9]|1[0-2])", hint="月份应写作 2022-06")]


@dataclass(frozen=True)
class EmploymentRow:
    """How a person came to the post (APP-2, APP-3). `contract_to`: null for a contract without end."""

    row: RowNumber
    person_id: Id
    post: Label
    hiring: Literal["new_hire", "transferred", "chosen"]
    dispatched: bool
    skilled_post: bool
    contract_from: date | None
    contract_to: date | None
    contract_with: Literal["employer", "agency"]
    monthly_wage: Money


@dataclass(frozen=True)
class RecordEmployment:
    organisation_id: Id
    rows: Annotated[tuple[EmploymentRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class InsuranceRow:
    """Months of social insurance in the city."""

    row: RowNumber
    person_id: Id
    months: Annotated[tuple[Month, ...], Rows(600, min=1)]
    insured_by: Literal["employer", "agency"]


@dataclass(frozen=True)
class RecordInsurance:
    """From the insurance system or, where it is not connected, by the district officer who saw the proof."""

    rows: Annotated[tuple[InsuranceRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class HeldCertificateRow:
    """A certificate that a person held before the training (INT-37)."""

    row: RowNumber
    person_id: Id
    occupation: Occupation
    level: Level
    number: Label
    issued_on: date


@dataclass(frozen=True)
class RecordHeldCertificates:
    rows: Annotated[tuple[HeldCertificateRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class AskWages:
    """The latest recorded monthly wage of people at an employer (APP-25)."""

    organisation_id: Id
    person_ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class Wage:
    person_id: str
    monthly_wage: Money | None


@dataclass(frozen=True)
class WageList:
    wages: tuple[Wage, ...]


RECORD_EMPLOYMENT = command(
    "registry.record_employment",
    RecordEmployment,
    RowResults,
    (Role.EMPLOYER, Role.DISTRICT_OFFICER),
    "Contract, way into the post and wage, a result per row.",
)


RECORD_INSURANCE = command(
    "registry.record_insurance",
    RecordInsurance,
    RowResults,
    (Role.DISTRICT_OFFICER,),
    "Months of social insurance, a result per row.",
)


RECORD_HELD_CERTIFICATES = command(
    "registry.record_held_certificates",
    RecordHeldCertificates,
    RowResults,
    (Role.EMPLOYER, Role.DISTRICT_OFFICER),
    "Certificates that people already hold, a result per row.",
)


ASK_WAGES = query("registry.ask_wages", AskWages, WageList, INTERNAL, "Recorded wages.")


EVIDENCE_RECORDED = event(
    "registry.evidence_recorded", PeopleTold, consumers=(), about="Evidence about people is on file.", public=False
)
