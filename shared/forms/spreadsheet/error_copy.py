"""The sheet that came in, once more: same rows in the same places, bad cells marked, the cure at the end.

Rebuilt from what was read and not from the file, so nothing else of it (formats, links, macros) comes back.
A corrected copy may be sent in as it is: the added column is no column of any form and is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from shared.batching import grouped
from shared.forms.spreadsheet.cells import is_blank
from shared.forms.spreadsheet.grid import Raw
from shared.forms.spreadsheet.sheets import RowError, SheetRead
from shared.forms.spreadsheet.styles import CELL, CURE, CURE_HEADER, DATE_FORMAT, HEADER, LINE, WRONG, Paper

CURE_LABEL = "错误及更正办法"
_CURE_WIDTH = 60
_WIDTH = 16


def errors_copy(read: SheetRead, more: Sequence[RowError] = ()) -> bytes:
    """.xlsx bytes. `more`: errors found after reading, such as a service's answers about single rows."""
    paper = Paper(read.sheet.title)
    errors = grouped((error.row, error) for error in (*read.errors, *more))
    places = _places(read)
    cure_column = places.get(CURE_LABEL) or max((len(row) for row in read.grid.rows), default=0) + 1
    _set_widths(paper, read, cure_column)
    for number, cells in read.grid.numbered():
        if number < read.header_row or _is_line(cells):
            _copy_line(paper, number, cells)
        else:
            _copy_row(paper, number, cells, read.header_row)
        if number > read.header_row:
            _mark(paper, number, cells, errors.get(number, []), places, cure_column)
    paper.put(read.header_row, cure_column, CURE_LABEL, CURE_HEADER)
    paper.print_on_a4(read.header_row, landscape=True)
    # A cure may name a row of the sheet: on paper, too, it shows which one that is.
    paper.sheet.print_options.headings = True
    return paper.saved()


def _places(read: SheetRead) -> dict[str, int]:
    """Label → column number from 1, by the declared label even where the sheet used another name for it."""
    header = [str(cell or "").strip() for cell in read.grid.rows[read.header_row - 1]]
    places = {label: place for place, label in enumerate(header, start=1)}
    declared = {read.sheet.column(key).label: place + 1 for key, place in read.places.items()}
    return places | declared


def _is_line(cells: tuple[Raw, ...]) -> bool:
    """A title, a note, a signature: text in the first cell alone, running over those to its right. A serial isn't."""
    first = cells[0] if cells else None
    return isinstance(first, str) and not first.isdigit() and all(is_blank(raw) for raw in cells[1:])


def _copy_line(paper: Paper, number: int, cells: tuple[Raw, ...]) -> None:
    for place, raw in enumerate(cells, start=1):
        paper.put(number, place, raw, LINE)


def _copy_row(paper: Paper, number: int, cells: tuple[Raw, ...], header_row: int) -> None:
    look = HEADER if number == header_row else CELL
    for place, raw in enumerate(cells, start=1):
        paper.put(number, place, raw, look, DATE_FORMAT if isinstance(raw, date) else None)


def _mark(
    paper: Paper,
    number: int,
    cells: tuple[Raw, ...],
    errors: Sequence[RowError],
    places: Mapping[str, int],
    cure_column: int,
) -> None:
    for place in {places.get(error.column, cure_column) for error in errors}:
        raw = cells[place - 1] if place <= len(cells) else None
        paper.put(number, place, raw, WRONG, DATE_FORMAT if isinstance(raw, date) else None)
    cures = "\n".join(f"{error.column}：{error.message}" for error in errors)
    paper.put(number, cure_column, cures or None, CURE)


def _set_widths(paper: Paper, read: SheetRead, cure_column: int) -> None:
    for place in range(1, cure_column):
        paper.widen(place, _WIDTH)
    for key, place in read.places.items():
        paper.widen(place + 1, read.sheet.column(key).width)
    paper.widen(cure_column, _CURE_WIDTH)
