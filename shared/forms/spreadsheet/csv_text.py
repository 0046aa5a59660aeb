"""A CSV file as a grid: UTF-8, the GB18030 of Chinese spreadsheet programs, or their UTF-16 text."""

from __future__ import annotations

import csv
import io

from shared.errors import TooLarge
from shared.forms.spreadsheet.archive import refuse
from shared.forms.spreadsheet.grid import Grid
from shared.forms.spreadsheet.limits import Limits
from shared.forms.spreadsheet.worksheet_scan import column_letters

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_csv(data: bytes, limits: Limits) -> Grid:
    """All rows of strings. Raises InvalidRequest or TooLarge with the cure."""
    text = _decode(data)
    delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
    rows: list[tuple[str, ...]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            _check(cells, len(rows) + 1, limits)
            rows.append(tuple(cells))
    except csv.Error as error:
        raise refuse(f"第 {len(rows) + 1} 行的引号不成对，请更正或改用 .xlsx 提交") from error
    return Grid(tuple(rows))


def _decode(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(_UTF_16_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refuse("这不是表格文件：请提交 .xlsx，或 UTF-8、GB18030 编码的 .csv")


def _check(cells: list[str], number: int, limits: Limits) -> None:
    if number > limits.rows_max:
        raise TooLarge(f"每张表最多 {limits.rows_max} 行，请分成几份提交", rows_max=limits.rows_max)
    if len(cells) > limits.columns_max:
        raise TooLarge(f"每张表最多 {limits.columns_max} 列，请删去多余的列", columns_max=limits.columns_max)
    for column, cell in enumerate(cells, start=1):
        if cell.startswith("="):
            raise refuse(f"{column_letters(column)}{number} 单元格含公式：请改为数值后重新提交")
