"""A register that another driver sent as a spreadsheet: good rows enter the edition, bad ones are named and marked."""

from __future__ import annotations

from typing import Any

import pytest

from shared.contracts.registry import registers
from shared.contracts.spreadsheets import SheetImported
from shared.errors import InvalidRequest
from shared.forms.spreadsheet import register_sheet
from shared.forms.spreadsheet.writer import Page, write_sheet
from tests.services import files
from tests.services.registry.driver import PEOPLE, TODAY, Driver, register_line


def imported(driver: Driver, content: bytes) -> SheetImported:
    officer = driver.officer()
    file = files.put(driver.harness, officer, content, "名册.xlsx")
    request = registers.ImportRegisterSheet("student", "示例学籍管理部门", TODAY, file)
    return driver.harness.call(officer, registers.IMPORT_REGISTER_SHEET, request)


def sheet(*lines: dict[str, Any]) -> bytes:
    return write_sheet(Page(register_sheet.SHEET, lines))


def rows_on_file(driver: Driver) -> list[int]:
    page = driver.harness.call(driver.city(), registers.LIST_REGISTERS, registers.ListRegisters())
    return [one.rows for one in page.registers]


def test_good_rows_are_imported_and_bad_ones_come_back_marked_with_their_cure(driver: Driver) -> None:
    good = register_line(PEOPLE[0].id_number, to_on="2024-07-01")
    answer = imported(
        driver,
        sheet(
            good,
            register_line("11010519491231002Y"),
            register_line(PEOPLE[1].id_number, to_on="2022-02-28"),
            register_line("E1234567", document_kind="passport", remark=None),
        ),
    )
    assert [row.outcome for row in answer.rows] == ["accepted", "refused", "refused", "accepted"]
    assert [(row.column, bool(row.message)) for row in answer.rows if row.outcome == "refused"] == [
        ("证件号码", True),
        ("截止日期", True),
    ]
    assert answer.marked is not None
    again = imported(driver, sheet(good))
    assert (again.accepted, again.unchanged, again.marked) == (0, 1, None)
    assert rows_on_file(driver) == [2]


def test_an_office_may_call_its_columns_as_it_does_and_send_plain_text(driver: Driver) -> None:
    text = f"证件类型,身份证号,入学日期,毕业日期,学校\n身份证,{PEOPLE[0].id_number},2022-03-01,2024-07-01,示例学校\n"
    assert imported(driver, text.encode("utf-8-sig")).accepted == 1


def test_a_sheet_without_a_good_row_makes_no_edition(driver: Driver) -> None:
    assert imported(driver, sheet(register_line("11010519491231002Y"))).refused == 1
    assert rows_on_file(driver) == []
    with pytest.raises(InvalidRequest):
        imported(driver, sheet())
