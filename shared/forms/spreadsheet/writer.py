"""Writes a declared sheet as an .xlsx that people print, stamp and, where they fill it in, send back.

title
heading lines
header labels          repeated on every page
rows
合计                    where columns are totalled
notes, then lines for stamp, signature and date, left blank
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.forms.spreadsheet.cells import printed_choices
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet
from shared.forms.spreadsheet.styles import (
    CELL,
    CENTRED,
    DATE_FORMAT,
    HEADER,
    LINE,
    RIGHT,
    SUM,
    TITLE,
    TOTAL,
    Look,
    Paper,
    Shown,
)
from shared.money import Money

Value = str | int | date | Money | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of what `write_sheet` gives."""

_MONEY_FORMAT = "#,##0.00"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and what is printed around them. `totals`: keys of MONEY or INTEGER columns to add up."""

    sheet: Sheet
    rows: Sequence[Mapping[str, Value]]
    heading: Sequence[str] = ()
    totals: Sequence[str] = ()
    notes: Sequence[str] = ()
    signatures: Sequence[str] = ()
    landscape: bool = True


def write_sheet(page: Page) -> bytes:
    """The page as .xlsx bytes; equal content, equal bytes. A key that a row leaves out: an empty cell."""
    paper = Paper(page.sheet.title)
    _write_title(paper, page.sheet)
    for line in page.heading:
        _write_line(paper, line)
    header_row = paper.last_row + 1
    _write_header(paper, page.sheet, header_row)
    for offset, row in enumerate(page.rows, start=1):
        _write_row(paper, page.sheet, header_row + offset, row, offset)
    if page.totals:
        _write_totals(paper, page, header_row + len(page.rows) + 1)
    for line in (*_notes(page.notes), *page.signatures):
        _write_line(paper, line)
    paper.print_on_a4(header_row, page.landscape)
    return paper.saved()


def _write_title(paper: Paper, sheet: Sheet) -> None:
    """Centred over all columns without merging them: merged cells get in the way of sorting and of reading back."""
    for place in range(1, len(sheet.columns) + 1):
        paper.put(1, place, sheet.title if place == 1 else None, TITLE)


def _write_line(paper: Paper, text: str) -> None:
    """One line under the last one; it runs over the empty cells to its right."""
    paper.put(paper.last_row + 1, 1, text, LINE)


def _notes(notes: Sequence[str]) -> list[str]:
    return [f"说明：{notes[0]}", *(f"　　　{note}" for note in notes[1:])] if notes else []


def _write_header(paper: Paper, sheet: Sheet, number: int) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        paper.widen(place, column.width)
        paper.put(number, place, f"{column.label}{'*' if column.required else ''}", HEADER)


def _write_row(paper: Paper, sheet: Sheet, number: int, row: Mapping[str, Value], serial: int) -> None:
    for place, column in enumerate(sheet.columns, start=1):
        value = row.get(column.key)
        if column.kind is Kind.SERIAL and value is None:
            value = str(serial)
        shown, number_format, look = _shown(column, value)
        paper.put(number, place, shown, look, number_format)


def _shown(column: Column, value: Value) -> tuple[Shown, str | None, Look]:
    """The cell's value, number format and look. Raises ValueError where the kind can't hold it."""
    if value is None or value == "":
        return None, "@" if column.kind in (Kind.CODE, Kind.NUMBER) else None, CELL
    if column.kind is Kind.CHOICE or value in printed_choices(column):
        return printed_choices(column)[str(value)], None, CENTRED
    if column.kind is Kind.MONEY:
        amount = value if isinstance(value, Money) else Money.parse(str(value))
        return Decimal(str(amount)), _MONEY_FORMAT, RIGHT
    if column.kind is Kind.DATE:
        return value if isinstance(value, date) else date.fromisoformat(str(value)), DATE_FORMAT, CENTRED
    if column.kind is Kind.INTEGER:
        return int(str(value)), "0", RIGHT
    return str(value), None, CELL


def _write_totals(paper: Paper, page: Page, number: int) -> None:
    """Added up here, not by a formula: the printed total is the one that the system stands for."""
    for place, column in enumerate(page.sheet.columns, start=1):
        total = _total(page, column) if column.key in page.totals else None
        shown, number_format, _ = _shown(column, total)
        paper.put(number, place, shown, SUM, number_format)
    paper.put(number, 1, "合计", TOTAL)


def _total(page: Page, column: Column) -> Money | int:
    values = [row.get(column.key) for row in page.rows]
    filled = [value for value in values if value not in (None, "")]
    if column.kind is Kind.INTEGER:
        return sum(int(str(value)) for value in filled)
    return Money.sum(value if isinstance(value, Money) else Money.parse(str(value)) for value in filled)
