"""Sheets as somebody fills them in and sends them, for every test that needs one."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import load_workbook

from programmes.apprenticeship.forms import assessment_sheet, certificate_sheet, credit_sheet, mentor_sheet, wage_sheet
from shared.contracts.schema.shapes import FileRef
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.training.papers import IMPORT_SHEET, MAKE_SHEET, ImportSheet, MakeSheet, SheetForm, SheetMade
from shared.forms.spreadsheet.fill_in import FillIn, FillInHead
from shared.security.speaker import Speaker
from tests.services import files
from tests.services.training.driver import LAST_DAY, START, Driver

HEAD = FillInHead("示例制造有限公司", "示例技工学校", "p1")
FIRST_ROW = 5


FORMS: Mapping[SheetForm, FillIn] = {
    "mentors": mentor_sheet.FORM,
    "credits": credit_sheet.FORM,
    "assessments": assessment_sheet.FORM,
    "certificates": certificate_sheet.FORM,
    "wages": wage_sheet.FORM,
}


def send(
    driver: Driver,
    form: SheetForm,
    rows: Sequence[Mapping[str, Any]],
    by: Speaker | None = None,
    project_id: str = "p1",
) -> SheetImported:
    speaker = by or driver.employer
    file = files.put(driver.harness, speaker, FORMS[form].write(HEAD, rows))
    return driver.harness.call(speaker, IMPORT_SHEET, ImportSheet(project_id, form, file))


def make(driver: Driver, form: SheetForm, by: Speaker | None = None, cursor: str | None = None) -> SheetMade:
    return driver.harness.call(by or driver.employer, MAKE_SHEET, MakeSheet("p1", form, cursor))


def hours(enrolment_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "on": START.isoformat(),
        "part": "classroom",
        "content": "theory",
        "mode": "classroom",
        "class_hours": "8",
        "topic": "车工工艺",
    }
    return row | changes


def result(enrolment_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "result": "passed",
        "assessed_on": LAST_DAY.isoformat(),
        "assessed_by_employer": "yes",
        "assessed_by_provider": "yes",
        "pass_certificate": "apprenticeship_certificate",
    }
    return row | changes


def certificate(enrolment_id: str, number: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "kind": "skill_level_certificate",
        "occupation": "6-18-01",
        "level": "advanced",
        "number": number,
        "issued_on": LAST_DAY.isoformat(),
    }
    return row | changes


def opened(driver: Driver, speaker: Speaker, file: FileRef) -> Any:
    """The first sheet of a workbook, as that speaker fetches it."""
    return load_workbook(io.BytesIO(files.fetch(driver.harness, speaker, file))).worksheets[0]
