"""Sheets to fill in: those whom a list can be about, with their ids and names, five thousand at most on one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.models import Admission, Enrolment, Project
from services.training.named_files import ask_names, file_for_speaker
from services.training.projects.access import project_in_reach
from services.training.spreadsheets.imports import FORMS, SheetForm
from shared.contracts.common import OFFICERS
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training.papers import MakeSheet, SheetMade
from shared.errors import Conflict
from shared.forms.layouts import layout
from shared.forms.spreadsheet.fill_in import FillInHead
from shared.forms.spreadsheet.writer import XLSX
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_role
from shared.store.cursors import PageOf, read_rows


@dataclass(frozen=True)
class BlankSheet:
    """A sheet as it was written, before it is kept."""

    content: bytes
    title: str
    project: Project
    people: int
    cursor: str | None


def ask(asks: Asks, request: MakeSheet) -> BlankSheet:
    """Whom it is about, named by registry as far as the speaker may see them, written before any transaction.

    Raises Conflict where there is nobody, NotPermitted for who may neither use the list command nor look on.
    """
    form = FORMS[request.form]
    check_role(asks.speaker, form.method.roles | set(OFFICERS))
    with asks.reading() as session:
        project = project_in_reach(session, asks.speaker, request.project_id)
        people, cursor = _people(session, project, form, request.cursor)
    if not people:
        raise Conflict("目前没有可填入本表的人员，请先办理前面的步骤", form=request.form)
    known = ask_names(asks, project, [person_id for _, person_id in people])
    fill_in = layout(project.programme, form.layout).FORM
    key = "enrolment_id" if form.states else "person_id"
    rows = [{key: id, "name": known.person(person_id).name} for id, person_id in people]
    head = FillInHead(known.organisation(project.employer_id), known.organisation(project.provider_id), project.id)
    content = fill_in.write(head, rows)
    return BlankSheet(content, fill_in.sheet.title, project, len(rows), cursor)


def file_sheet(work: Work, _request: MakeSheet, sheet: BlankSheet) -> SheetMade:
    """Keeps it for whoever asked: the organisation, or the officer's district."""
    name = f"{sheet.title}-{sheet.project.id[:8]}.xlsx"
    file = file_for_speaker(work, sheet.project, sheet.content, name, XLSX)
    return SheetMade(file, sheet.people, sheet.cursor)


def _people(
    session: Session, project: Project, form: SheetForm, cursor: str | None
) -> tuple[list[tuple[str, str]], str | None]:
    """(id on the sheet, person id) in the order of the ids, and where the next sheet begins."""
    if form.states:
        chosen = select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.project_id == project.id, Enrolment.state.in_(form.states)
        )
        id = Enrolment.id
    else:
        chosen = select(Admission.person_id, Admission.person_id).where(Admission.project_id == project.id)
        id = Admission.person_id
    shown, following = read_rows(session, chosen, PageOf(cursor, ROWS_PER_CALL), id)
    return [(str(row[0]), str(row[1])) for row in shown], following
