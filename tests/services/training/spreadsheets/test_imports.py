"""Lists as spreadsheets: a sheet that comes filled in is answered row by row."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from programmes.apprenticeship.forms import credit_sheet
from shared.contracts.training.enrolments import LIST_ENROLMENTS, ListEnrolments
from shared.contracts.training.papers import IMPORT_SHEET, ImportSheet
from shared.errors import InvalidRequest, NotFound, NotPermitted
from tests.services import files
from tests.services.training.driver import LAST_DAY, Driver
from tests.services.training.sheets import FIRST_ROW, HEAD, certificate, hours, make, opened, result, send


def enrolments(driver: Driver) -> dict[str, Any]:
    page = driver.harness.call_raw(driver.employer, LIST_ENROLMENTS, {"project_id": "p1"})["enrolments"]
    return {one["enrolment_id"]: one for one in page}


def test_hours_sent_as_a_sheet_count_like_hours_sent_as_a_list(driver: Driver) -> None:
    first, second = driver.running()
    answer = send(driver, "credits", [hours(first), hours(second, part="workplace", class_hours="7")], driver.provider)
    assert (answer.accepted, answer.refused, answer.marked) == (2, 0, None)
    known = enrolments(driver)
    assert (known[first]["classroom_hours"], known[second]["workplace_hours"]) == (8, 7)
    assert send(driver, "credits", [hours(first)]).unchanged == 1


def test_results_and_certificates_of_a_whole_run_come_as_two_sheets(driver: Driver) -> None:
    run = driver.running(3)
    driver.teach(run)
    driver.harness.move_clock(LAST_DAY)
    failed = result(run[2], result="failed", pass_certificate="")
    for party in (driver.provider, driver.employer):
        assert send(driver, "assessments", [result(run[0]), result(run[1]), failed], party).accepted == 3
    answer = send(driver, "certificates", [certificate(run[0], "Z-1"), certificate(run[1], "Z2", self_issued="no")])
    assert answer.accepted == 2
    known = enrolments(driver)
    assert [known[id]["state"] for id in run] == ["passed", "passed", "failed"]
    assert known[run[0]]["certificate_number"] is not None


def test_wages_of_several_months_come_on_one_sheet_and_a_low_one_says_so(driver: Driver) -> None:
    first, second = driver.running()
    driver.harness.move_clock(date(2022, 8, 20))
    lines = [
        {"enrolment_id": id, "month": month, "wage": wage}
        for id, month, wage in (
            (first, "2022-06", "5200.00"),
            (first, "2022-07", "2000.00"),
            (second, "2022-07", "5200.00"),
            ("somebody-else", "2022-07", "5200.00"),
        )
    ]
    answer = send(driver, "wages", lines)
    assert [row.outcome for row in answer.rows] == ["accepted", "accepted", "accepted", "refused"]
    assert [bool(row.message) for row in answer.rows] == [False, True, False, True]
    assert send(driver, "wages", lines[:3]).unchanged == 3


def test_a_month_that_has_not_begun_loses_no_other_month(driver: Driver) -> None:
    (only,) = driver.running(1)
    lines = [{"enrolment_id": only, "month": month, "wage": "5200.00"} for month in ("2022-06", "2022-07")]
    answer = send(driver, "wages", lines)
    assert [(row.outcome, row.column) for row in answer.rows] == [("accepted", None), ("refused", "月份")]


def test_mentors_are_assigned_by_a_sheet_of_those_admitted(driver: Driver) -> None:
    people = ["person-0", "person-1"]
    driver.approve()
    driver.admit(people)
    made = make(driver, "mentors")
    assert made.people == 2
    sheet = opened(driver, driver.employer, made.file.file)
    labels = [str(cell.value).strip("*") for cell in sheet[FIRST_ROW - 1]]
    for row in (FIRST_ROW, FIRST_ROW + 1):
        sheet.cell(row, labels.index("企业导师编号") + 1).value = "m-employer-1"
        sheet.cell(row, labels.index("培训教师编号") + 1).value = "i-provider-1"
    out = io.BytesIO()
    sheet.parent.save(out)
    file = files.put(driver.harness, driver.employer, out.getvalue())
    answer = driver.call(driver.employer, IMPORT_SHEET, ImportSheet("p1", "mentors", file))
    assert (answer.accepted, answer.refused) == (2, 0)


def test_bad_rows_are_named_by_row_and_column_whoever_found_them(driver: Driver) -> None:
    first, second = driver.running()
    answer = send(
        driver,
        "credits",
        [
            hours(first),
            hours(second, class_hours="0"),  # the contract's word
            hours(second, on="2022-06-14"),  # the use case's word: before the enrolment
            hours(second, part=""),  # the sheet's word
            hours("somebody-else"),
        ],
    )
    assert [(row.row - FIRST_ROW, row.outcome, row.column) for row in answer.rows] == [
        (0, "accepted", None),
        (1, "refused", "学时"),
        (2, "refused", "上课日期"),
        (3, "refused", "学分类别"),
        (4, "refused", "学籍编号"),
    ]
    assert (answer.accepted, answer.refused) == (1, 4)
    assert answer.marked is not None
    marked = opened(driver, driver.employer, answer.marked.file)
    cures = [str(marked.cell(FIRST_ROW + row, marked.max_column).value) for row in range(5)]
    assert [cure.partition("：")[0] for cure in cures] == ["None", "学时", "上课日期", "学分类别", "学籍编号"]


def test_a_must_that_forbids_a_result_is_said_in_its_row(driver: Driver) -> None:
    first, second = driver.running()
    driver.teach([first])
    driver.harness.move_clock(LAST_DAY)
    answer = send(driver, "assessments", [result(first), result(second)])
    assert [row.outcome for row in answer.rows] == ["accepted", "refused"]
    assert "APP-15" in (answer.rows[1].message or "")


def test_a_sheet_is_for_whoever_may_use_its_list_command(driver: Driver) -> None:
    (enrolment,) = driver.running(1)
    with pytest.raises(NotPermitted):
        send(driver, "wages", [{"enrolment_id": enrolment, "month": "2022-06", "wage": "5200.00"}], driver.provider)
    with pytest.raises(NotFound):
        send(driver, "credits", [hours(enrolment)], driver.rival)
    with pytest.raises(NotPermitted):
        send(driver, "credits", [hours(enrolment)], driver.officer)


def test_another_organisations_file_is_not_read(driver: Driver) -> None:
    (enrolment,) = driver.running(1)
    file = files.put(driver.harness, driver.rival, credit_sheet.FORM.write(HEAD, [hours(enrolment)]))
    with pytest.raises(NotFound):
        driver.call(driver.employer, IMPORT_SHEET, ImportSheet("p1", "credits", file))


def _formula(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0].cell(FIRST_ROW, 8).value = "=1+1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("spoil", [_formula, lambda _: b"PK\x03\x04 cut", lambda data: data[: len(data) // 2]])
def test_a_file_that_can_not_be_trusted_is_refused_whole(driver: Driver, spoil: Callable[[bytes], bytes]) -> None:
    (enrolment,) = driver.running(1)
    file = files.put(driver.harness, driver.employer, spoil(credit_sheet.FORM.write(HEAD, [hours(enrolment)])))
    with pytest.raises(InvalidRequest):
        driver.call(driver.employer, IMPORT_SHEET, ImportSheet("p1", "credits", file))
    assert enrolments(driver)[enrolment]["classroom_hours"] == 0


def test_the_list_of_enrolments_is_untouched_by_what_a_sheet_calls_people(driver: Driver) -> None:
    (enrolment,) = driver.running(1)
    send(driver, "credits", [hours(enrolment, name="别的名字")])
    page = driver.call(driver.employer, LIST_ENROLMENTS, ListEnrolments("p1"))
    assert [one.person_id for one in page.enrolments] == ["person-0"]
