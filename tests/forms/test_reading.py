"""Reading a filled-in sheet: good rows are never lost, bad cells are named with their cure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from shared.errors import InvalidRequest
from shared.forms.spreadsheet.cells import LOST_PRECISION
from shared.forms.spreadsheet.reader import MERGED, read_sheet
from tests.forms.workbooks import HEADER, NUMBER_A, NUMBER_B, SHEET, book, line, saved


def wrong_fields(data: bytes) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        read_sheet(data, SHEET)
    return {field["path"]: field["message"] for field in refused.value.details["fields"]}


def test_the_header_is_found_below_a_title_and_by_labels_in_any_order() -> None:
    labels = [" 身份证\n号* ", "姓名 ", "备注"]
    read = read_sheet(book([["某单位花名册"], [], labels, [NUMBER_A, "学徒甲", "无"]]), SHEET)
    assert read.header_row == 3
    assert [(row.number, row.values) for row in read.rows] == [(4, {"id_number": NUMBER_A, "name": "学徒甲"})]
    assert read.ignored_columns == ("备注",)


def test_another_name_of_a_column_is_understood() -> None:
    read = read_sheet(book([["姓名", "证件号码"], ["学徒甲", NUMBER_A]]), SHEET)
    assert read.rows[0].values["id_number"] == NUMBER_A


def test_a_sheet_without_any_known_label_is_refused_with_the_labels_expected() -> None:
    assert "姓名" in wrong_fields(book([["a", "b"], ["c", "d"]]))["file"]
    assert "表头" in wrong_fields(book([]))["file"]


def test_every_missing_and_doubled_column_is_named_at_once() -> None:
    wrong = wrong_fields(book([["序号", "月工资", "月工资"], ["1", "5000", "5000"]]))
    assert wrong.keys() == {"姓名", "身份证号", "月工资"}


def test_good_rows_stay_when_others_are_bad() -> None:
    rows = [line(), line(name="", id_number=NUMBER_B), line(name="学徒丙", id_number="110199199001010054")]
    read = read_sheet(book([HEADER, *rows]), SHEET)
    assert [row.number for row in read.rows] == [2, 4]
    assert [(error.row, error.column, error.message) for error in read.errors] == [(3, "姓名", "请填写姓名")]


def test_every_bad_cell_of_a_row_is_named() -> None:
    bad = line(starts_on="去年", wage="五千", form="借调", insured_month="2022-13")
    read = read_sheet(book([HEADER, bad]), SHEET)
    assert [error.column for error in read.errors] == ["开始日期", "参保月份", "月工资", "用工形式"]
    assert "新招用、转岗" in read.errors[-1].message


@pytest.mark.parametrize("written", [1.10199199001010e17, 110199199001010000, "1.10199E+17"])
def test_an_id_number_that_lost_its_last_digits_is_a_row_error(written: Any) -> None:
    read = read_sheet(book([HEADER, line(id_number=written)]), SHEET)
    assert [(error.column, error.message) for error in read.errors] == [("身份证号", LOST_PRECISION)]


def test_a_number_of_at_most_15_digits_is_exact_and_taken() -> None:
    assert (
        read_sheet(book([HEADER, line(id_number=123456789012345)]), SHEET).rows[0].values["id_number"]
        == "123456789012345"
    )
    assert not read_sheet(book([HEADER, line(id_number=1234567890123456)]), SHEET).rows


def test_what_was_read_is_not_repeated_when_it_is_logged() -> None:
    assert NUMBER_A not in repr(read_sheet(book([HEADER, line()]), SHEET))


def test_full_width_digits_and_invisible_characters_are_understood() -> None:
    read = read_sheet(
        book([HEADER, line(id_number=f"\u202d{NUMBER_A[:6]}　{NUMBER_A[6:]}\u202c".replace("1", "１"))]), SHEET
    )
    assert read.rows[0].values["id_number"] == NUMBER_A


@pytest.mark.parametrize(
    "written",
    # Cells know no time zone.
    [date(2022, 6, 6), datetime(2022, 6, 6, 9, 30), "2022-06-06", "2022/6/6", "2022.6.6", "2022年6月6日", 20220606],  # noqa: DTZ001
)
def test_a_date_is_read_from_a_date_cell_or_text(written: Any) -> None:
    read = read_sheet(book([HEADER, line(starts_on=written)]), SHEET)
    assert read.rows[0].values["starts_on"] == "2022-06-06"


@pytest.mark.parametrize("written", ["2022-02-30", "22-6-6", 44718, "6月6日"])
def test_what_is_no_date_is_a_row_error(written: Any) -> None:
    assert [error.column for error in read_sheet(book([HEADER, line(starts_on=written)]), SHEET).errors] == ["开始日期"]


@pytest.mark.parametrize("written", [date(2022, 5, 1), "2022-05", "2022年5月", "202205"])
def test_a_month_is_read_from_a_date_cell_or_text(written: Any) -> None:
    assert read_sheet(book([HEADER, line(insured_month=written)]), SHEET).rows[0].values["insured_month"] == "2022-05"


@pytest.mark.parametrize(("written", "amount"), [(6500, "6500.00"), (6500.1, "6500.10"), ("6,500.25元", "6500.25")])
def test_an_amount_is_exact_to_the_fen(written: Any, amount: str) -> None:
    assert read_sheet(book([HEADER, line(wage=written)]), SHEET).rows[0].values["wage"] == amount


@pytest.mark.parametrize("written", [6500.001, "-1", "1e9", True])
def test_what_is_no_amount_is_a_row_error(written: Any) -> None:
    assert [error.column for error in read_sheet(book([HEADER, line(wage=written)]), SHEET).errors] == ["月工资"]


def test_the_later_of_two_equal_numbers_is_an_error_that_names_the_first() -> None:
    again = f" {NUMBER_A[:6]} {NUMBER_A[6:]}"
    read = read_sheet(book([HEADER, line(), line(name="学徒乙", id_number=again)]), SHEET)
    assert [row.number for row in read.rows] == [2]
    assert (read.errors[0].row, "第 2 行" in read.errors[0].message) == (3, True)


def test_a_merged_cell_is_an_error_in_every_row_that_it_covers() -> None:
    rows = [HEADER, line(), line(id_number=NUMBER_B), line(name="学徒丙", id_number="110199199001010054")]
    read = read_sheet(book(rows, lambda sheet: sheet.merge_cells("B2:B3")), SHEET)
    assert [(error.row, error.column, error.message) for error in read.errors] == [
        (2, "姓名", MERGED),
        (3, "姓名", MERGED),
    ]
    assert [row.number for row in read.rows] == [4]


def test_hidden_sheets_are_not_read() -> None:
    made = Workbook()
    hidden = made.worksheets[0]
    hidden.append(HEADER)
    hidden.append(line(name="隐藏的人"))
    shown = made.create_sheet("花名册")
    shown.append(HEADER)
    shown.append(line())
    hidden.sheet_state = "hidden"
    made.active = 1
    assert [row.values["name"] for row in read_sheet(saved(made), SHEET).rows] == ["学徒甲"]


def test_empty_rows_and_rows_with_a_serial_number_alone_are_passed_over() -> None:
    read = read_sheet(book([HEADER, ["1"], [], line(), ["3"]]), SHEET)
    assert ([row.number for row in read.rows], read.errors) == ([4], ())


def test_a_row_below_the_foot_is_said_not_to_be_read() -> None:
    read = read_sheet(book([HEADER, line(), ["合计"], line(name="学徒乙", id_number=NUMBER_B)]), SHEET)
    assert ([row.number for row in read.rows], [error.row for error in read.errors]) == ([2], [4])


def test_an_error_value_of_the_spreadsheet_program_is_a_row_error() -> None:
    assert [error.column for error in read_sheet(book([HEADER, line(name="#N/A")]), SHEET).errors] == ["姓名"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_of_chinese_spreadsheet_programs(encoding: str) -> None:
    text = f"姓名,身份证号\r\n学徒甲,{NUMBER_A}\r\n"
    assert read_sheet(text.encode(encoding), SHEET).rows[0].values == {"name": "学徒甲", "id_number": NUMBER_A}


def test_a_formula_in_csv_is_refused_by_its_place() -> None:
    assert "B2" in wrong_fields(f'姓名,身份证号\n学徒甲,"=""{NUMBER_A}"""\n'.encode())["file"]
