"""Lists as spreadsheets: a project's people on a sheet to fill in, and what was filled in, row by row.

A form is a list command in another dress: whoever may use the command may send the sheet, and every good row is
decided, stored and told by the command's own use case. How a sheet looks is the programme's: `shared/forms/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.training import assessing, certificates, credits, mentoring
from services.training.projects import project_in_reach
from shared.bus.sheets import SheetAnswers, Upload, by_field, typed_rows, upload
from shared.bus.work import Asks, Work
from shared.contracts import training
from shared.contracts.common import RowResults
from shared.contracts.declare import Method
from shared.contracts.sheets import SheetImported
from shared.contracts.training_papers import ImportSheet
from shared.forms.layouts import layout
from shared.forms.sheets import RowError
from shared.security.permissions import check_role


@dataclass(frozen=True)
class SheetForm:
    """A list command as a sheet: the module of its layout, the command's row, request and use case.

    `states`: of the enrolments that a sheet to fill in names; none: people who are admitted.
    """

    layout: str
    method: Method[Any, RowResults]
    row: type[Any]
    record: Callable[..., RowResults]
    ask: Callable[[Asks, Any], Any] | None = None
    states: tuple[str, ...] = ()


FORMS: Mapping[str, SheetForm] = {
    "mentors": SheetForm("mentor_sheet", training.ASSIGN_MENTORS, training.MentorRow, mentoring.assign, mentoring.ask),
    "credits": SheetForm(
        "credit_sheet", training.RECORD_CREDITS, training.CreditRow, credits.record_credits, states=("in_training",)
    ),
    "assessments": SheetForm(
        "assessment_sheet",
        training.RECORD_ASSESSMENTS,
        training.AssessmentRow,
        assessing.record,
        assessing.ask,
        ("in_training",),
    ),
    "certificates": SheetForm(
        "certificate_sheet",
        training.RECORD_CERTIFICATES,
        training.CertificateRow,
        certificates.record,
        certificates.ask,
        ("in_training", "passed"),
    ),
}


@dataclass(frozen=True)
class Filled:
    """A sheet before its rows are taken over. `request`: the list command's, null where no row is good; `asked`: what
    its own questions were answered."""

    sheet: Upload
    request: Any
    asked: tuple[Any, ...]
    wrong: tuple[RowError, ...]


def ask(asks: Asks, request: ImportSheet) -> Filled:
    """Reads the sheet and asks what the list command would ask. Raises NotPermitted for who may not use that one."""
    form = FORMS[request.form]
    check_role(asks.speaker, form.method.roles)
    with asks.reading() as session:
        programme = project_in_reach(session, asks.speaker, request.project_id).programme
    sheet = upload(asks, request.file, layout(programme, form.layout).FORM.read)
    rows, wrong = typed_rows(sheet.read, form.row, sheet.read.rows, by_field(form.row), {})
    listed = form.method.request(request.project_id, tuple(rows)) if rows else None
    asked = (form.ask(asks, listed),) if listed and form.ask else ()
    return Filled(sheet, listed, asked, tuple(wrong))


def take_over(work: Work, request: ImportSheet, filled: Filled) -> SheetImported:
    """Every good row by the list command's use case; the others are named by row and column."""
    answers = SheetAnswers(filled.sheet.read, filled.wrong)
    if filled.request is not None:
        answers.take(FORMS[request.form].record(work, filled.request, *filled.asked).rows, {})
    return answers.imported(work, filled.sheet)
