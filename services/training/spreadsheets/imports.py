"""Lists as spreadsheets: a project's people on a sheet to fill in, and what was filled in, row by row.

A form is a list command in another dress: whoever may use the command may send the sheet, and every good row is
decided, stored and told by the command's own use case. How a sheet looks is the programme's own matter
(`programmes/<code>/forms/`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.training.learning import class_hours, wages
from services.training.mentors import assignments
from services.training.projects.access import project_in_reach
from services.training.results import assessments, certificates
from shared.batching import grouped
from shared.calendar import month_of
from shared.contracts.common import RowNumber, RowResults
from shared.contracts.registry.evidence import Month
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import Id
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.training import credits, learning, preparation, results
from shared.contracts.training.papers import ImportSheet
from shared.forms.layouts import layout
from shared.forms.spreadsheet.sheets import RowError
from shared.kernel.spreadsheets import SheetAnswers, Upload, by_field, error, typed_rows, upload
from shared.kernel.work import Asks, Work
from shared.money import Money
from shared.security.permissions import check_role


@dataclass(frozen=True)
class SheetForm:
    """A list command as a sheet: the module of its layout, the sheet's row, the command's use case.

    `requests`: the command's requests for these rows of a project, one unless said otherwise; `states`: of the
    enrolments that a sheet to fill in names, none for people who are admitted; `fault`: (key, cure) of a row for which
    the command would refuse the whole request.
    """

    layout: str
    method: Method[Any, RowResults]
    row: type[Any]
    record: Callable[..., RowResults]
    ask: Callable[[Asks, Any], Any] | None = None
    states: tuple[str, ...] = ()
    requests: Callable[[str, Sequence[Any]], list[Any]] | None = None
    fault: Callable[[Any, date], tuple[str, str] | None] = lambda _row, _today: None

    def requests_of(self, project_id: str, rows: Sequence[Any]) -> list[Any]:
        """The command's requests for these rows; none where there are none."""
        if not rows:
            return []
        return self.requests(project_id, rows) if self.requests else [self.method.request(project_id, tuple(rows))]


@dataclass(frozen=True)
class WageLine:
    """A line of the wage sheet, which holds several months where the command takes one."""

    row: RowNumber
    enrolment_id: Id
    month: Month
    wage: Money


def _not_begun(line: WageLine, today: date) -> tuple[str, str] | None:
    return ("month", f"{line.month} 尚未开始，请在发放工资后登记") if line.month > month_of(today) else None


def _by_month(project_id: str, lines: Sequence[WageLine]) -> list[learning.RecordWages]:
    months = grouped((line.month, learning.WageOfMonth(line.row, line.enrolment_id, line.wage)) for line in lines)
    return [learning.RecordWages(project_id, month, tuple(rows)) for month, rows in sorted(months.items())]


FORMS: Mapping[str, SheetForm] = {
    "mentors": SheetForm(
        "mentor_sheet", preparation.ASSIGN_MENTORS, preparation.MentorRow, assignments.assign_mentors, assignments.ask
    ),
    "credits": SheetForm(
        "credit_sheet",
        credits.RECORD_CREDITS,
        credits.CreditRow,
        class_hours.record_credits,
        states=("in_training",),
    ),
    "assessments": SheetForm(
        "assessment_sheet",
        results.RECORD_ASSESSMENTS,
        results.AssessmentRow,
        assessments.record_assessments,
        assessments.ask,
        ("in_training",),
    ),
    "certificates": SheetForm(
        "certificate_sheet",
        results.RECORD_CERTIFICATES,
        results.CertificateRow,
        certificates.record_certificates,
        certificates.ask,
        ("in_training", "passed"),
    ),
    "wages": SheetForm(
        "wage_sheet",
        learning.RECORD_WAGES,
        WageLine,
        wages.record_wages,
        wages.ask,
        ("in_training",),
        _by_month,
        _not_begun,
    ),
}


@dataclass(frozen=True)
class ParsedSheet:
    """A sheet before its rows are taken over. `asked`: each request of the list command, with what its own questions
    were answered; none where no row is good."""

    sheet: Upload
    asked: tuple[tuple[Any, ...], ...]
    wrong: tuple[RowError, ...]


def ask(asks: Asks, request: ImportSheet) -> ParsedSheet:
    """Reads the sheet and asks what the list command would ask. Raises NotPermitted for who may not use that one."""
    form = FORMS[request.form]
    check_role(asks.speaker, form.method.roles)
    with asks.reading() as session:
        programme = project_in_reach(session, asks.speaker, request.project_id).programme
    sheet = upload(asks, request.file, layout(programme, form.layout).FORM.read)
    rows, wrong = typed_rows(sheet.read, form.row, sheet.read.rows, by_field(form.row), {})
    faults = {row.row: form.fault(row, asks.today) for row in rows}
    wrong += [error(sheet.read, row, *fault) for row, fault in faults.items() if fault]
    listed = form.requests_of(request.project_id, [row for row in rows if not faults[row.row]])
    asked = tuple((one, form.ask(asks, one)) if form.ask else (one,) for one in listed)
    return ParsedSheet(sheet, asked, tuple(wrong))


def import_sheet(work: Work, request: ImportSheet, parsed: ParsedSheet) -> SheetImported:
    """Every good row by the list command's use case; the others are named by row and column."""
    answers = SheetAnswers(parsed.sheet.read, parsed.wrong)
    for asked in parsed.asked:
        answers.take(FORMS[request.form].record(work, *asked).rows, {})
    return answers.imported(work, parsed.sheet)
