"""How our spreadsheets look: fonts, borders, A4, and text that can never become a formula."""

from __future__ import annotations

import io
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.borders import DEFAULT_BORDER
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from shared.forms.printed.stable import stable

Shown = str | int | float | bool | Decimal | date | None
"""What a cell may hold; datetimes are dates."""

_TITLE_FONT = Font(name="黑体", size=16, bold=True)
_BODY_FONT = Font(name="宋体", size=10)
_STRONG_FONT = Font(name="宋体", size=10, bold=True)
_WRONG_FONT = Font(name="宋体", size=10, bold=True, color="FF9C0006")
_HEADER_FILL = PatternFill("solid", fgColor="FFE7E6E6")
_WRONG_FILL = PatternFill("solid", fgColor="FFFFC7CE")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
_RIGHT = Alignment(horizontal="right", vertical="center", wrap_text=True)
_ACROSS = Alignment(horizontal="centerContinuous", vertical="center")
_LINE = Alignment(horizontal="left", vertical="center")
_THIN = Side(style="thin")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_OPEN = DEFAULT_BORDER
_PLAIN = PatternFill()


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """How a cell is drawn. Compared by identity: there are only those declared below."""

    font: Font = _BODY_FONT
    align: Alignment = _LEFT
    border: Border = _BOX
    fill: PatternFill = _PLAIN


TITLE = Look(_TITLE_FONT, _ACROSS, _OPEN)
LINE = Look(align=_LINE, border=_OPEN)
HEADER = Look(_STRONG_FONT, _CENTRE, fill=_HEADER_FILL)
CELL = Look()
CENTRED = Look(align=_CENTRE)
RIGHT = Look(align=_RIGHT)
TOTAL = Look(_STRONG_FONT, _CENTRE)
SUM = Look(_STRONG_FONT, _RIGHT)
WRONG = Look(_WRONG_FONT, fill=_WRONG_FILL)
CURE_HEADER = Look(_WRONG_FONT, fill=_HEADER_FILL)
CURE = Look(_WRONG_FONT, border=_OPEN)

DATE_FORMAT = "yyyy-mm-dd"
_FORMULA_STARTS = ("=", "+", "-", "@")
_MARGIN_INCHES = 0.5
_LINE_POINTS = 14
_TITLE_CHARACTERS_MAX = 31
_WIDTH_UNSET = 13.0


class Paper:
    """One sheet while it is written, cell by cell; rows and columns count from 1. Set widths before the cells."""

    def __init__(self, title: str) -> None:
        self._book = Workbook()
        self.sheet: Worksheet = self._book.worksheets[0]
        self.sheet.title = title[:_TITLE_CHARACTERS_MAX]
        self.last_row = 0
        self._widths: dict[int, float] = {}
        self._lines: dict[int, int] = {}
        # openpyxl looks every font up again for every cell: in a list of thousands that is most of the work.
        self._styles: dict[tuple[Look, str | None, bool], Any] = {}

    def widen(self, column: int, characters: float) -> None:
        """Sets a column's width; columns count from 1."""
        self._widths[column] = characters
        self.sheet.column_dimensions[get_column_letter(column)].width = characters

    def put(self, row: int, column: int, value: Shown, look: Look = CELL, number_format: str | None = None) -> None:
        """Sets a cell. Text stays text, whatever it begins with: a name such as =1+1 is never evaluated."""
        text = ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
        cell = self.sheet.cell(row, column)
        cell.value = text
        self.last_row = max(self.last_row, row)
        quoted = False
        if isinstance(text, str):
            cell.data_type = "s"
            number_format = "@"
            quoted = text.startswith(_FORMULA_STARTS)
            self._make_room(row, column, text, look)
        self._dress(cell, look, number_format, quoted)

    def print_on_a4(self, header_row: int, landscape: bool) -> None:
        """A4, one page wide, the header row on every page, page numbers at the foot."""
        sheet = self.sheet
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

    def saved(self) -> bytes:
        """The .xlsx bytes; equal content gives equal bytes."""
        for row, lines in self._lines.items():
            self.sheet.row_dimensions[row].height = lines * _LINE_POINTS + 2
        out = io.BytesIO()
        self._book.save(out)
        return stable(out.getvalue())

    def _dress(self, cell: Any, look: Look, number_format: str | None, quoted: bool) -> None:
        key = (look, number_format, quoted)
        if key in self._styles:
            cell._style = copy(self._styles[key])
            return
        cell.font, cell.alignment, cell.border, cell.fill = look.font, look.align, look.border, look.fill
        if number_format:
            cell.number_format = number_format
        cell.quotePrefix = quoted
        self._styles[key] = copy(cell._style)

    def _make_room(self, row: int, column: int, text: str, look: Look) -> None:
        """For text that wraps: not every program fits the height when it opens a file."""
        if not look.align.wrap_text:
            return
        width = self._widths.get(column, _WIDTH_UNSET)
        lines = sum(max(1, ceil(_columns(line) / width)) for line in text.split("\n"))
        if lines > self._lines.get(row, 1):
            self._lines[row] = lines


def _columns(text: str) -> int:
    """Its width in characters, of which a Chinese one takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
