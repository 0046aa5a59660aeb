"""Reads a sheet that people filled in: good rows and row errors, each with its row, column and cure.

    file → grid → header row by its labels → rows until the foot → cells by kind → row checks → duplicates

A bad row never takes a good one with it. A file that can't be trusted as a whole is refused as a whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shared.cooperative import yielding_every
from shared.errors import InvalidRequest, TooLarge
from shared.forms.spreadsheet.archive import looks_like_workbook, refuse
from shared.forms.spreadsheet.cells import BadCellError, clean, is_blank, read_cell
from shared.forms.spreadsheet.csv_text import read_csv
from shared.forms.spreadsheet.grid import Grid, Raw
from shared.forms.spreadsheet.limits import LIMITS, Limits
from shared.forms.spreadsheet.sheets import Column, Kind, Row, RowError, Sheet, SheetRead
from shared.forms.spreadsheet.xlsx import read_xlsx
from shared.number_keys import number_key

_HEADER_SEARCHED_ROWS = 30

MERGED = "此处有合并单元格：请取消合并，逐行填写"


def read_sheet(data: bytes, sheet: Sheet, limits: Limits = LIMITS) -> SheetRead:
    """An .xlsx or CSV file as rows. Raises InvalidRequest or TooLarge for the file as a whole."""
    if len(data) > limits.bytes_max:
        raise TooLarge(f"文件超过 {limits.bytes_max // 1024 // 1024} MB，请分成几份提交", bytes_max=limits.bytes_max)
    grid = read_xlsx(data, limits) if looks_like_workbook(data) else read_csv(data, limits)
    header = _find_header(grid, sheet)
    foot = _foot(grid, header, sheet)
    rows: list[Row] = []
    errors: list[RowError] = []
    first_seen: dict[tuple[str, str], int] = {}
    for number, cells in yielding_every(_body(grid, header, foot)):
        values, wrong = _read_row(number, cells, header, limits)
        wrong = _merged(number, grid, header) or wrong or _checked(number, values, sheet)
        wrong = wrong or _repeated(number, values, sheet, first_seen)
        if wrong:
            errors.extend(wrong)
        else:
            rows.append(Row(number, values))
    errors.extend(_below_foot(grid, header, foot))
    places = {column.key: place for place, column in header.places.items()}
    return SheetRead(sheet, tuple(rows), tuple(errors), header.row, places, header.ignored, grid)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the labels stand: row number, and the column declared for each place (from 0)."""

    row: int
    places: dict[int, Column]
    ignored: tuple[str, ...]

    def cell(self, cells: tuple[Raw, ...], place: int) -> Raw:
        return cells[place] if place < len(cells) else None


def _find_header(grid: Grid, sheet: Sheet) -> _Header:
    """The row with the most declared labels. Raises InvalidRequest naming every missing or doubled label."""
    known = {_folded(name): column for column in sheet.columns for name in (column.label, *column.aliases)}
    best = max(grid.numbered(), key=lambda row: _hits(row, known), default=(0, ()))
    if not _hits(best, known):
        labels = "、".join(column.label for column in sheet.columns)
        raise refuse(f"找不到表头：请使用《{sheet.title}》的表样，表头应为 {labels}")
    places: dict[int, Column] = {}
    ignored: list[str] = []
    problems: list[tuple[str, str]] = []
    for place, raw in enumerate(best[1]):
        column = known.get(_folded(raw))
        if column is None:
            ignored.extend([] if is_blank(raw) else [clean(str(raw))])
        elif column in places.values():
            problems.append((column.label, f"表头有两列“{column.label}”，请删去一列"))
        else:
            places[place] = column
    missing = [column for column in sheet.columns if column.required and column not in places.values()]
    problems += [(column.label, f"缺少“{column.label}”一列，请按表样补上") for column in missing]
    if problems:
        raise InvalidRequest.of(*problems)
    return _Header(best[0], places, tuple(ignored))


def _hits(row: tuple[int, tuple[Raw, ...]], known: dict[str, Column]) -> int:
    number, cells = row
    return 0 if number > _HEADER_SEARCHED_ROWS else len({_folded(cell) for cell in cells} & known.keys())


def _folded(raw: Raw) -> str:
    """A label without spaces, line breaks, width differences and the star of a required column."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", clean(str(raw)))) if isinstance(raw, str) else ""


def _foot(grid: Grid, header: _Header, sheet: Sheet) -> int:
    """The row number at which the printed foot begins, one past the end where there is none."""
    for number, cells in grid.numbered():
        first = next((clean(str(cell)) for cell in cells if not is_blank(cell)), "")
        if number > header.row and first.startswith(sheet.ends_at):
            return number
    return len(grid.rows) + 1


def _body(grid: Grid, header: _Header, foot: int) -> Iterator[tuple[int, tuple[Raw, ...]]]:
    for number, cells in grid.numbered():
        if header.row < number < foot and not _empty(cells, header):
            yield number, cells


def _empty(cells: tuple[Raw, ...], header: _Header) -> bool:
    """No declared cell is filled; a printed serial number alone makes no row."""
    return all(
        is_blank(header.cell(cells, place)) for place, column in header.places.items() if column.kind is not Kind.SERIAL
    )


def _below_foot(grid: Grid, header: _Header, foot: int) -> list[RowError]:
    """Rows pasted under the foot aren't read, and that is said instead of losing them quietly."""
    required = [place for place, column in header.places.items() if column.required]
    return [
        RowError(number, header.places[required[0]].label, "本行在表尾之下，没有读入：请移到“合计”或签章行之上")
        for number, cells in grid.numbered()
        if number > foot and len(required) > 1 and not any(is_blank(header.cell(cells, place)) for place in required)
    ]


def _read_row(
    number: int, cells: tuple[Raw, ...], header: _Header, limits: Limits
) -> tuple[dict[str, str], list[RowError]]:
    values: dict[str, str] = {}
    errors: list[RowError] = []
    for place, column in header.places.items():
        raw = header.cell(cells, place)
        if column.kind is Kind.SERIAL:
            continue
        if is_blank(raw):
            errors += [RowError(number, column.label, f"请填写{column.label}")] if column.required else []
            continue
        try:
            values[column.key] = _bounded(read_cell(raw, column), limits)
        except BadCellError as problem:
            errors.append(RowError(number, column.label, str(problem)))
    return values, errors


def _bounded(value: str, limits: Limits) -> str:
    if len(value) > limits.cell_characters_max:
        raise BadCellError(f"内容过长，请控制在 {limits.cell_characters_max} 字以内")
    return value


def _merged(number: int, grid: Grid, header: _Header) -> list[RowError]:
    """A merged area hides values: what it covers of the declared cells has to be filled in again."""
    return [
        RowError(number, column.label, MERGED)
        for place, column in header.places.items()
        if any(area.covers(number, place + 1) for area in grid.merged)
    ]


def _checked(number: int, values: dict[str, str], sheet: Sheet) -> list[RowError]:
    found = sheet.row_check(values) if sheet.row_check else {}
    return [RowError(number, sheet.column(key).label, message) for key, message in found.items()]


def _repeated(
    number: int, values: dict[str, str], sheet: Sheet, first_seen: dict[tuple[str, str], int]
) -> list[RowError]:
    """The first of equal rows stays good; each later one names it."""
    errors = []
    for column in sheet.columns:
        if not column.unique or column.key not in values:
            continue
        value = values[column.key]
        same = number_key(value) if column.kind is Kind.NUMBER else value
        first = first_seen.setdefault((column.key, same), number)
        if first != number:
            errors.append(RowError(number, column.label, f"与第 {first} 行的{column.label}重复，请删去其中一行"))
    return errors
