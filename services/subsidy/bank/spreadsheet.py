"""The bank's list as a spreadsheet: every line goes the way of the list command, and is answered by row and column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.subsidy.bank.statement_lines import record_lines
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.subsidy.bank import BankRow, ImportBankResults
from shared.forms.layouts import layout
from shared.forms.spreadsheet.sheets import RowError
from shared.kernel.spreadsheets import SheetAnswers, Upload, by_field, typed_rows, upload
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_place

FORM = "bank_results"
ROWS_NAMED = 20


@dataclass(frozen=True)
class ParsedSheet:
    """A sheet before its lines are taken over. `silent`: rows of which the bank says nothing yet."""

    sheet: Upload
    rows: tuple[BankRow, ...]
    wrong: tuple[RowError, ...]
    silent: tuple[int, ...]


def ask(asks: Asks, request: ImportBankResults) -> ParsedSheet:
    """Reads the sheet. Raises NotPermitted for another district's, before any transaction."""
    check_place(asks.speaker, request.district)
    form = layout(request.programme, FORM)
    sheet = upload(asks, request.file, form.read_bank_results)
    said = [row for row in sheet.read.rows if any(key in row.values for key in form.SAID)]
    rows, wrong = typed_rows(sheet.read, BankRow, said, by_field(BankRow), {})
    heard = {row.number for row in said}
    silent = [row.number for row in sheet.read.rows if row.number not in heard]
    return ParsedSheet(sheet, tuple(rows), tuple(wrong), tuple(silent))


def import_bank_results(work: Work, request: ImportBankResults, filled: ParsedSheet) -> SheetImported:
    """Every well-formed line is kept, and applied where it fits; the others are named by row and column."""
    answers = SheetAnswers(filled.sheet.read, filled.wrong)
    answers.take(record_lines(work, request.district, request.statement, filled.rows).results().rows, {})
    return answers.imported(work, filled.sheet, _notes(filled.silent))


def _notes(silent: Sequence[int]) -> list[str]:
    if not silent:
        return []
    named = "、".join(str(row) for row in silent[:ROWS_NAMED])
    more = f" 等 {len(silent)} 行" if len(silent) > ROWS_NAMED else " 行"
    return [f"尚未填写银行结果，未登记：第 {named}{more}"]
