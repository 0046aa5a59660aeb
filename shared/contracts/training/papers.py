"""Sheets and papers of training: lists sent in as spreadsheets, sheets to fill in, papers to print and sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts.common import OFFICERS, PARTIES
from shared.contracts.kernel.files import FileKept
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import FileRef, Id, Label
from shared.contracts.spreadsheets import SheetImported

SheetForm = Literal["mentors", "credits", "assessments", "certificates", "wages"]


@dataclass(frozen=True)
class ImportSheet:
    """A list that somebody filled in; its rows go the way of the list command, for who may use that one."""

    project_id: Id
    form: SheetForm
    file: FileRef


@dataclass(frozen=True)
class MakeSheet:
    """A sheet to fill in, with the people whom it can be about. At most 5000 on one: `cursor` asks for the next."""

    project_id: Id
    form: SheetForm
    cursor: Label | None = None


@dataclass(frozen=True)
class SheetMade:
    """`people`: how many stand on it; `cursor`: of the sheet after this one, null with the last."""

    file: FileKept
    people: int
    cursor: str | None


@dataclass(frozen=True)
class MakeTrainingPaper:
    """A paper of a project from stored data.

    training_agreement: with one admitted person, or without `person_id` with all of them; credit_record and
    pass_certificate: of one enrolment, which is then needed.
    """

    project_id: Id
    form: Literal["training_agreement", "cooperation_agreement", "textbook_filing", "credit_record", "pass_certificate"]
    person_id: Id | None = None
    enrolment_id: Id | None = None


IMPORT_SHEET = command(
    "training.import_sheet",
    ImportSheet,
    SheetImported,
    PARTIES,
    "A list as a spreadsheet, answered per row, bad cells marked.",
)
MAKE_SHEET = command(
    "training.make_sheet", MakeSheet, SheetMade, (*PARTIES, *OFFICERS), "A sheet to fill in, with a project's people."
)
MAKE_FORM = command(
    "training.make_form", MakeTrainingPaper, FileKept, (*PARTIES, *OFFICERS), "A paper to print and sign."
)
