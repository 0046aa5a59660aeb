"""How our spreadsheets look: fonts, borders, A4, and text that can never become a formula."""

from __future__ import annotations

import io
from math import ceil
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from shared.forms.stable import stable

TITLE = Font(name="黑体", size=16, bold=True)
BODY = Font(name="宋体", size=10)
STRONG = Font(name="宋体", size=10, bold=True)
WRONG = Font(name="宋体", size=10, bold=True, color="FF9C0006")
HEADER_FILL = PatternFill("solid", fgColor="FFE7E6E6")
WRONG_FILL = PatternFill("solid", fgColor="FFFFC7CE")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
ACROSS = Alignment(horizontal="centerContinuous", vertical="center")
LINE = Alignment(horizontal="left", vertical="center")
RIGHT = Alignment(horizontal="right", vertical="center")
_THIN = Side(style="thin")
BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)

DATE_FORMAT = "yyyy-mm-dd"
_FORMULA_STARTS = ("=", "+", "-", "@")
_MARGIN_INCHES = 0.5
_LINE_POINTS = 14


def new_sheet(name: str) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet of that name (at most 31 characters)."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name[:31]
    return book, sheet


def put(cell: Any, value: Any, font: Font = BODY, align: Alignment = LEFT) -> Cell:
    """Sets a cell. Text stays text, whatever it begins with: a name such as =1+1 is never evaluated."""
    text = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
    cell.value = text
    if isinstance(text, str):
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text.startswith(_FORMULA_STARTS)
    cell.font = font
    cell.alignment = align
    found: Cell = cell
    return found


def fit_height(sheet: Worksheet, row: int) -> None:
    """Makes room for cells that wrap: not every program does so when it opens a file. Set the widths before."""
    needed = max(_lines(sheet, cell) for cell in sheet[row])
    if needed > 1:
        sheet.row_dimensions[row].height = needed * _LINE_POINTS + 2


def _lines(sheet: Worksheet, cell: Cell | MergedCell) -> int:
    """Lines of text in the cell's width, in which a Chinese character takes two."""
    if not isinstance(cell.value, str) or not cell.alignment.wrap_text:
        return 1
    width = sheet.column_dimensions[get_column_letter(cell.column)].width
    return sum(max(1, ceil(_columns(line) / width)) for line in cell.value.split("\n"))


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def print_on_a4(sheet: Worksheet, header_row: int, landscape: bool) -> None:
    """A4, one page wide, the header row on every page, page numbers at the foot."""
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header_row}:{header_row}"
    sheet.print_options.horizontalCentered = True
    for side in ("left", "right", "top", "bottom"):
        setattr(sheet.page_margins, side, _MARGIN_INCHES)
    footer: Any = sheet.oddFooter
    footer.center.text = "第 &P 页，共 &N 页"
    sheet.freeze_panes = f"A{header_row + 1}"


def saved(book: Workbook) -> bytes:
    """The .xlsx bytes; equal content gives equal bytes."""
    out = io.BytesIO()
    book.save(out)
    return stable(out.getvalue())
