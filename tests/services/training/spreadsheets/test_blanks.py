"""Sheets to fill in: with those whom they can be about, named as far as one may see them."""

from __future__ import annotations

import pytest

from shared.contracts.training.papers import SheetForm
from shared.errors import Conflict, NotFound
from shared.security.permissions import may_unmask
from shared.security.speaker import Purpose, Role
from tests.services.training.driver import LAST_DAY, Driver
from tests.services.training.sheets import FIRST_ROW, hours, make, opened, send


@pytest.mark.parametrize("form", ["credits", "assessments", "certificates"])
def test_a_sheet_to_fill_in_names_those_whom_it_can_be_about(driver: Driver, form: SheetForm) -> None:
    run = driver.running(3)
    driver.teach(run[:1])
    driver.harness.move_clock(LAST_DAY)
    driver.passed(run[:1])
    made = make(driver, form, driver.provider if form == "credits" else None)
    sheet = opened(driver, driver.officer, made.file.file)
    listed = {str(sheet.cell(row, 2).value) for row in range(FIRST_ROW, FIRST_ROW + made.people)}
    assert listed == (set(run) if form == "certificates" else set(run[1:]))
    assert "示例单位employer-1" in str(sheet["A2"].value)


def test_names_are_in_full_only_for_whom_may_see_them_for_making_documents(driver: Driver) -> None:
    driver.running(1)
    by_purpose = driver.harness.speaker(
        Role.EMPLOYER, "clerk-7", organisation="employer-1", purposes=frozenset({Purpose.DOCUMENTS})
    )
    assert may_unmask(by_purpose, Purpose.DOCUMENTS)
    for speaker, name in ((driver.employer, "学*"), (by_purpose, "学徒person-0")):
        made = make(driver, "credits", speaker)
        sheet = opened(driver, speaker, made.file.file)
        assert sheet.cell(FIRST_ROW, 3).value == name


def test_nobody_to_fill_in_is_said_instead_of_an_empty_sheet(driver: Driver) -> None:
    driver.approve()
    with pytest.raises(Conflict):
        make(driver, "credits")


def test_sheets_are_made_in_reach_only(driver: Driver) -> None:
    driver.running(1)
    for speaker in (driver.rival, driver.stranger):
        with pytest.raises(NotFound):
            make(driver, "credits", speaker)


def test_five_thousand_rows_are_made_sent_and_answered_in_one_call_each(driver: Driver) -> None:
    run = driver.running(5000)
    assert make(driver, "credits").people == 5000
    answer = send(driver, "credits", [hours(id) for id in run])
    assert (answer.accepted, len(answer.rows), answer.marked) == (5000, 5000, None)


def test_more_people_than_fit_on_one_sheet_go_on_the_next(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    run = driver.running(5)
    monkeypatch.setattr("services.training.spreadsheets.blanks.ROWS_PER_CALL", 3)
    first = make(driver, "credits")
    second = make(driver, "credits", cursor=first.cursor)
    assert (first.people, second.people, second.cursor) == (3, 2, None)
    listed = set()
    for made in (first, second):
        sheet = opened(driver, driver.employer, made.file.file)
        listed |= {str(sheet.cell(row, 2).value) for row in range(FIRST_ROW, FIRST_ROW + made.people)}
    assert listed == set(run)
