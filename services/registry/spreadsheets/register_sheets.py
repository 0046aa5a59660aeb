"""A register as a spreadsheet, read once and imported row by row as the list command does."""

from __future__ import annotations

from dataclasses import dataclass

from services.registry.privacy.vault import Vault
from services.registry.registers import imports
from shared.contracts.registry.registers import ImportRegister, ImportRegisterSheet, RegisterRow
from shared.contracts.spreadsheets import SheetImported
from shared.forms.spreadsheet import register_sheet
from shared.forms.spreadsheet.sheets import RowError
from shared.kernel.spreadsheets import SheetAnswers, Upload, by_field, typed_rows, upload
from shared.kernel.work import Asks, Work


@dataclass(frozen=True)
class RegisterSheet:
    """A sheet before its rows are imported. `wrong`: cells that the contract doesn't take."""

    sheet: Upload
    rows: tuple[RegisterRow, ...]
    wrong: tuple[RowError, ...]


def ask(asks: Asks, request: ImportRegisterSheet) -> RegisterSheet:
    """Reads the sheet, before any transaction. Raises NotFound, InvalidRequest or TooLarge as `upload`."""
    sheet = upload(asks, request.file, register_sheet.read)
    rows, wrong = typed_rows(sheet.read, RegisterRow, sheet.read.rows, by_field(RegisterRow), {})
    return RegisterSheet(sheet, tuple(rows), tuple(wrong))


def import_register_sheet(
    work: Work, request: ImportRegisterSheet, filled: RegisterSheet, vault: Vault
) -> SheetImported:
    """Every good row enters the edition; the others are named by row and column."""
    answers = SheetAnswers(filled.sheet.read, filled.wrong)
    if filled.rows:
        listed = ImportRegister(request.kind, request.source, request.as_of, filled.rows)
        answers.take(imports.import_register(work, listed, vault).rows, {})
    return answers.imported(work, filled.sheet)
