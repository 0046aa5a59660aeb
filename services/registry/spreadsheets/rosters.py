"""A roster that an employer filled in, read once and taken over row by row: people, employment, months of insurance.

Each row goes the way of the list commands, in their order; what the form asks for and registry keeps elsewhere is said
in the answer's notes, so that nobody believes it recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from services.registry.evidence import records
from services.registry.parties import people
from services.registry.privacy.vault import Vault
from shared.contracts.registry.evidence import EmploymentRow, InsuranceRow, RecordEmployment, RecordInsurance
from shared.contracts.registry.people import ImportRoster, PersonRow, RegisterPeople
from shared.contracts.row_answers import Numbered
from shared.contracts.spreadsheets import SheetImported
from shared.forms.layouts import layout
from shared.forms.spreadsheet.sheets import Row, RowError
from shared.kernel.spreadsheets import SheetAnswers, Upload, typed_rows, upload
from shared.kernel.work import Asks, Work
from shared.security.speaker import Role

FORM = "roster"
OPEN_ENDED = "open_ended"
DISPATCHED = "dispatched"

Typed = TypeVar("Typed", bound=Numbered)

_NOBODY_YET = "-"
"""Stands for a person's id until registering gives it."""

_PERSON = {"name": "name", "document_kind": "id_kind", "document_number": "id_number", "phone": "phone"}
_EMPLOYMENT = {
    "contract_from": "contract_starts_on",
    "contract_to": "contract_ends_on",
    "hiring": "employment_form",
    "person_id": "id_number",
}
_INSURANCE = {"months": "insured_month", "months[0]": "insured_month", "person_id": "id_number"}

NOT_INSURED = "参保月份由区级经办人核对后登记，本次未录入"
NOT_HELD = "已有等级未录入：请凭证书编号和发证日期另行登记（第 {rows} 行）"
_ROWS_NAMED = 20


@dataclass(frozen=True)
class Roster:
    """A roster before it is taken over. The three lists hold the same rows; `wrong`: those that no list could take."""

    sheet: Upload
    people: tuple[PersonRow, ...]
    employment: tuple[EmploymentRow, ...]
    insurance: tuple[InsuranceRow, ...]
    wrong: tuple[RowError, ...]


def ask(asks: Asks, request: ImportRoster) -> Roster:
    """Reads the roster, before any transaction. Raises NotFound for a programme without one, else as `upload`."""
    form = layout(request.programme, FORM)
    sheet = upload(asks, request.file, lambda data: form.read_roster(data, asks.today))
    read = sheet.read
    people, wrong_people = typed_rows(read, PersonRow, read.rows, _person, _PERSON)
    employment, wrong_employment = typed_rows(read, EmploymentRow, read.rows, _employment, _EMPLOYMENT)
    insurance, wrong_insurance = typed_rows(read, InsuranceRow, read.rows, _insurance, _INSURANCE)
    wrong = (*wrong_people, *wrong_employment, *wrong_insurance)
    bad = {error.row for error in wrong}
    return Roster(sheet, _good(people, bad), _good(employment, bad), _good(insurance, bad), wrong)


def import_roster(work: Work, request: ImportRoster, roster: Roster, vault: Vault) -> SheetImported:
    """People first, then what is on file of those who were taken; a row is as good as the worst of its parts."""
    read = roster.sheet.read
    answers = SheetAnswers(read, roster.wrong)
    ids: dict[int, str] = {}
    if roster.people:
        registered = people.register_people(work, RegisterPeople(request.organisation_id, roster.people), vault)
        ids = answers.take(registered.rows, _PERSON)
    if employed := tuple(replace(row, person_id=ids[row.row]) for row in roster.employment if row.row in ids):
        recorded = records.record_employment(work, RecordEmployment(request.organisation_id, employed))
        answers.take(recorded.rows, _EMPLOYMENT)
    officer = work.speaker.acting_role is Role.DISTRICT_OFFICER
    if officer and ids:
        insured = tuple(replace(row, person_id=ids[row.row]) for row in roster.insurance if row.row in ids)
        answers.take(records.record_insurance(work, RecordInsurance(insured)).rows, _INSURANCE)
    held = [row.number for row in read.rows if "held_level" in row.values]
    return answers.imported(work, roster.sheet, [*([] if officer else [NOT_INSURED]), *_not_held(held)])


def _good(rows: Iterable[Typed], bad: set[int]) -> tuple[Typed, ...]:
    return tuple(row for row in rows if row.row not in bad)


def _person(row: Row) -> dict[str, Any]:
    given = row.values
    return {
        "name": given["name"],
        "document_kind": given["id_kind"],
        "document_number": given["id_number"],
        "phone": given.get("phone"),
    }


def _employment(row: Row) -> dict[str, Any]:
    """Dispatched workers count among those whom the employer chose (APP-2); their contract is with the agency."""
    given = row.values
    dispatched = given["employment_form"] == DISPATCHED
    ends_on = given["contract_ends_on"]
    return {
        "person_id": _NOBODY_YET,
        "post": given["post"],
        "hiring": "chosen" if dispatched else given["employment_form"],
        "dispatched": dispatched,
        "skilled_post": given.get("skilled_post", "yes") == "yes",
        "contract_from": given["contract_starts_on"],
        "contract_to": None if ends_on == OPEN_ENDED else ends_on,
        "contract_with": _contract_with(given),
        "monthly_wage": given["monthly_wage"],
    }


def _insurance(row: Row) -> dict[str, Any]:
    months = [row.values["insured_month"]]
    return {"person_id": _NOBODY_YET, "months": months, "insured_by": _contract_with(row.values)}


def _contract_with(given: Mapping[str, str]) -> str:
    return "agency" if given["employment_form"] == DISPATCHED else "employer"


def _not_held(rows: Sequence[int]) -> list[str]:
    if not rows:
        return []
    named = "、".join(str(row) for row in rows[:_ROWS_NAMED])
    return [NOT_HELD.format(rows=named + ("……" if len(rows) > _ROWS_NAMED else ""))]
