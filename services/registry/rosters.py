"""A roster that an employer filled in, read once and taken over row by row: people, employment, months of insurance.

Each row goes the way of the list commands, in their order; what the form asks for and registry keeps elsewhere is said
in the answer's notes, so that nobody believes it recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry import evidence, people
from services.registry.vault import Vault
from shared.bus.sheets import SheetAnswers, Upload, upload
from shared.bus.work import Asks, Work
from shared.contracts.registry import (
    EmploymentRow,
    ImportRoster,
    InsuranceRow,
    PersonRow,
    RecordEmployment,
    RecordInsurance,
    RegisterPeople,
)
from shared.contracts.sheets import SheetImported
from shared.forms.layouts import layout
from shared.forms.sheets import Row
from shared.security.speaker import Role

FORM = "roster"
OPEN_ENDED = "open_ended"
DISPATCHED = "dispatched"

_PERSON = {
    "name": "name",
    "document_kind": "id_kind",
    "document_number": "id_number",
    "phone": "phone",
    "person_id": "id_number",
}
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


def ask(asks: Asks, request: ImportRoster) -> Upload:
    form = layout(request.programme, FORM)
    return upload(asks, request.file, lambda data: form.read_roster(data, asks.today))


def take_over(work: Work, request: ImportRoster, sheet: Upload, vault: Vault) -> SheetImported:
    """People first, then what is on file of those who were taken; a row is as good as the worst of its parts."""
    answers = SheetAnswers(sheet.read)
    rows = {row.number: row for row in sheet.read.rows}
    ids = _register(work, request, answers, sheet.read.rows, vault)
    _employ(work, request, answers, [rows[number] for number in ids], ids)
    officer = work.speaker.acting_role is Role.DISTRICT_OFFICER
    if officer:
        _insure(work, answers, [rows[number] for number in ids], ids)
    held = [row.number for row in sheet.read.rows if "held_level" in row.values]
    return answers.imported(work, sheet, [*([] if officer else [NOT_INSURED]), *_not_held(held)])


def _register(
    work: Work, request: ImportRoster, answers: SheetAnswers, rows: Sequence[Row], vault: Vault
) -> dict[int, str]:
    """Person ids by row, of those who are on file now."""
    typed = answers.typed_rows(PersonRow, rows, _person, _PERSON)
    if not typed:
        return {}
    asked = RegisterPeople(request.organisation_id, tuple(typed))
    return answers.take(people.register(work, asked, vault).rows, _PERSON)


def _employ(
    work: Work, request: ImportRoster, answers: SheetAnswers, rows: Sequence[Row], ids: Mapping[int, str]
) -> None:
    typed = answers.typed_rows(EmploymentRow, rows, lambda row: _employment(row, ids[row.number]), _EMPLOYMENT)
    if typed:
        asked = RecordEmployment(request.organisation_id, tuple(typed))
        answers.take(evidence.record_employment(work, asked).rows, _EMPLOYMENT)


def _insure(work: Work, answers: SheetAnswers, rows: Sequence[Row], ids: Mapping[int, str]) -> None:
    typed = answers.typed_rows(InsuranceRow, rows, lambda row: _insurance(row, ids[row.number]), _INSURANCE)
    if typed:
        answers.take(evidence.record_insurance(work, RecordInsurance(tuple(typed))).rows, _INSURANCE)


def _person(row: Row) -> dict[str, Any]:
    given = row.values
    return {
        "name": given["name"],
        "document_kind": given["id_kind"],
        "document_number": given["id_number"],
        "phone": given.get("phone"),
    }


def _employment(row: Row, person_id: str) -> dict[str, Any]:
    """Dispatched workers count among those whom the employer chose (APP-2); their contract is with the agency."""
    given = row.values
    dispatched = given["employment_form"] == DISPATCHED
    ends_on = given["contract_ends_on"]
    return {
        "person_id": person_id,
        "post": given["post"],
        "hiring": "chosen" if dispatched else given["employment_form"],
        "dispatched": dispatched,
        "skilled_post": given.get("skilled_post", "yes") == "yes",
        "contract_from": given["contract_starts_on"],
        "contract_to": None if ends_on == OPEN_ENDED else ends_on,
        "contract_with": _contract_with(given),
        "monthly_wage": given["monthly_wage"],
    }


def _insurance(row: Row, person_id: str) -> dict[str, Any]:
    months = [row.values["insured_month"]]
    return {"person_id": person_id, "months": months, "insured_by": _contract_with(row.values)}


def _contract_with(given: Mapping[str, str]) -> str:
    return "agency" if given["employment_form"] == DISPATCHED else "employer"


def _not_held(rows: Sequence[int]) -> list[str]:
    if not rows:
        return []
    named = "、".join(str(row) for row in rows[:_ROWS_NAMED])
    return [NOT_HELD.format(rows=named + ("……" if len(rows) > _ROWS_NAMED else ""))]
