"""A sheet too long for one call goes in several, under the same head, and its rows are found again by their numbers."""

from __future__ import annotations

from datetime import date

from shared.forms.spreadsheet.parts import in_parts
from shared.forms.spreadsheet.reader import read_sheet
from tests.forms.workbooks import HEADER, SHEET, book, line


def _rows(count: int) -> list[list[object]]:
    return [line(f"学徒{number}", f"11019919900101{number:04d}", starts_on=date(2022, 6, 6)) for number in range(count)]


def test_a_sheet_that_is_short_enough_is_sent_as_it_is() -> None:
    data = book([["题目"], HEADER, *_rows(3)])
    assert [(part.content, part.offset) for part in in_parts(data, 3)] == [(data, 0)]


def test_parts_hold_every_row_once_and_know_where_it_stood() -> None:
    whole = read_sheet(book([["题目"], HEADER, *_rows(7)]), SHEET)
    parts = in_parts(book([["题目"], HEADER, *_rows(7)]), 3)
    assert [part.offset for part in parts] == [0, 3, 6]
    read = [(row.number + part.offset, row.values) for part in parts for row in read_sheet(part.content, SHEET).rows]
    assert read == [(row.number, row.values) for row in whole.rows]


def test_a_csv_is_cut_alike() -> None:
    text = "题目\n姓名,身份证号,开始日期\n" + "".join(f"甲{n},1101991990010100{n:02d},2022-06-06\n" for n in range(5))
    parts = in_parts(text.encode("gb18030"), 2)
    names = [row.values["name"] for part in parts for row in read_sheet(part.content, SHEET).rows]
    assert names == [f"甲{n}" for n in range(5)]
