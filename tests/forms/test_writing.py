"""What is written can be printed and stamped, is read back equal, and never runs as a formula."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from shared.forms.spreadsheet.error_copy import CURE_LABEL, errors_copy
from shared.forms.spreadsheet.reader import read_sheet
from shared.forms.spreadsheet.sheets import Column, RowError, Sheet
from shared.forms.spreadsheet.styles import WRONG
from shared.forms.spreadsheet.writer import Page, Value, write_sheet
from shared.money import Money
from tests.forms.workbooks import HEADER, NUMBER_A, NUMBER_B, SHEET, book, line

ROWS: list[dict[str, Value]] = [
    {"name": "学徒甲", "id_number": NUMBER_A, "starts_on": "2022-06-06", "insured_month": "2022-05"},
    {"name": "学徒乙", "id_number": NUMBER_B, "wage": "6500.10", "form": "transferred"},
]
PAGE = Page(SHEET, ROWS, ("单位：示例",), ("wage",), ("请核对。",), ("填报单位（公章）：　　日期：",))


def test_what_is_written_is_read_back_equal() -> None:
    read = read_sheet(write_sheet(PAGE), SHEET)
    assert (read.errors, read.ignored_columns) == ((), ())
    assert [row.values for row in read.rows] == ROWS


def test_typed_values_print_like_their_strings() -> None:
    typed: list[dict[str, Value]] = [
        {"name": "学徒甲", "id_number": NUMBER_A, "starts_on": date(2022, 6, 6), "wage": Money.parse("0.07")}
    ]
    values = read_sheet(write_sheet(Page(SHEET, typed)), SHEET).rows[0].values
    assert (values["starts_on"], values["wage"]) == ("2022-06-06", "0.07")


def test_equal_content_gives_equal_bytes() -> None:
    data = write_sheet(PAGE)
    assert data == write_sheet(PAGE)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time[:3] for member in archive.infolist()} == {(1980, 1, 1)}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_the_page_is_a4_with_repeated_header_totals_and_blanks_for_stamp() -> None:
    sheet = load_workbook(io.BytesIO(write_sheet(PAGE))).worksheets[0]
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == "$3:$3"
    assert sheet["A1"].font.name == "黑体"
    assert sheet.column_dimensions["C"].width == 22
    assert (sheet["A6"].value, sheet["F6"].value) == ("合计", 6500.1)
    assert "填报单位（公章）：　　日期：" in texts


def test_a_label_that_wraps_has_room_for_its_lines() -> None:
    wide, narrow = (Page(Sheet("表", (Column("rate", "补贴标准（元/人年）", width=width),)), []) for width in (30, 12))
    heights = [
        load_workbook(io.BytesIO(write_sheet(page))).worksheets[0].row_dimensions[2].height for page in (wide, narrow)
    ]
    assert heights == [None, 30]


@settings(deadline=None)
@given(st.sampled_from("=+-@"), st.text(alphabet="1A(）+=!", max_size=6))
def test_text_that_begins_like_a_formula_stays_text(start: str, rest: str) -> None:
    name = start + rest
    data = write_sheet(Page(SHEET, [{"name": name, "id_number": NUMBER_A}]))
    cell = load_workbook(io.BytesIO(data)).worksheets[0]["B3"]
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", name, True)
    assert read_sheet(data, SHEET).rows[0].values["name"] == name


def test_a_value_that_its_column_can_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="amount"):
        write_sheet(Page(SHEET, [{"wage": "6500.001"}]))


def marked(data: bytes) -> tuple[set[str], dict[int, str]]:
    """(places of marked cells, cure by row)."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    filled = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == WRONG.fill.fgColor.rgb
    }
    cures = {row[-1].row or 0: str(row[-1].value) for row in sheet.iter_rows() if row[-1].value}
    return filled, cures


def test_the_error_copy_marks_the_bad_cells_and_gives_the_cure_in_their_row() -> None:
    bad = line(name="", id_number=NUMBER_B, wage="五千")
    rows = [["某单位花名册"], HEADER, line(), bad, line(name="学徒丙", id_number=NUMBER_A)]
    filled, cures = marked(errors_copy(read_sheet(book(rows), SHEET)))
    assert filled == {"B4", "F4", "C5"}
    assert cures.keys() == {2, 4, 5}
    assert cures[2] == CURE_LABEL
    assert "请填写姓名" in cures[4]
    assert "月工资：" in cures[4]
    assert "第 3 行" in cures[5]


def test_the_error_copy_shows_what_a_service_found_later_too() -> None:
    read = read_sheet(book([HEADER, line()]), SHEET)
    filled, cures = marked(errors_copy(read, [RowError(2, "身份证号", "此人已有在训学籍")]))
    assert (filled, cures[2]) == ({"C2"}, "身份证号：此人已有在训学籍")


def test_a_corrected_copy_may_be_sent_in_as_it_is() -> None:
    read = read_sheet(
        book([["题目"], HEADER, line(starts_on=date(2022, 6, 6)), line(name="", id_number=NUMBER_B)]), SHEET
    )
    copy = load_workbook(io.BytesIO(errors_copy(read)))
    copy.worksheets[0]["B4"] = "学徒乙"
    out = io.BytesIO()
    copy.save(out)
    again = read_sheet(out.getvalue(), SHEET)
    assert (again.errors, again.ignored_columns) == ((), (CURE_LABEL,))
    assert [row.values["name"] for row in again.rows] == ["学徒甲", "学徒乙"]
    assert load_workbook(io.BytesIO(errors_copy(again))).worksheets[0].max_column == len(HEADER) + 1


def test_the_error_copy_prints_dates_lines_and_row_numbers_as_people_read_them() -> None:
    rows = [["某单位花名册"], HEADER, line(starts_on=datetime(2022, 6, 6)), ["1"], ["说明：请核对。"]]  # noqa: DTZ001
    sheet = load_workbook(io.BytesIO(errors_copy(read_sheet(book(rows), SHEET)))).worksheets[0]
    assert sheet["D3"].number_format == "yyyy-mm-dd"
    assert [bool(sheet.cell(row, 1).alignment.wrap_text) for row in range(1, 6)] == [False, True, True, True, False]
    assert [sheet.cell(row, 1).border.left.style for row in range(1, 6)] == [None, "thin", "thin", "thin", None]
    assert sheet.print_options.headings


def test_a_formula_like_text_is_no_formula_in_the_error_copy_either() -> None:
    text = f"姓名,身份证号,备注\n+1,{NUMBER_A},@x\n".encode()
    sheet = load_workbook(io.BytesIO(errors_copy(read_sheet(text, SHEET)))).worksheets[0]
    assert (sheet["A2"].data_type, sheet["C2"].value, sheet["C2"].quotePrefix) == ("s", "@x", True)
