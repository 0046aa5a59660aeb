"""A roster as a spreadsheet: every good row goes the way of the list commands, every bad one is named and marked."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from openpyxl import load_workbook

from programmes.apprenticeship.forms.roster import write_roster
from shared.contracts.registry.eligibility import DECIDE_APPRENTICES, DecideApprentices
from shared.contracts.registry.evidence import ASK_WAGES, AskWages
from shared.contracts.registry.people import IMPORT_ROSTER, LIST_PEOPLE, PEOPLE_REGISTERED, ImportRoster, ListPeople
from shared.contracts.spreadsheets import SheetImported
from shared.errors import InvalidRequest, NotFound, NotPermitted, TooLarge
from shared.forms.spreadsheet.error_copy import CURE_LABEL
from shared.money import Money
from shared.scenario.made_up_parties import people
from shared.security.speaker import Role, Speaker
from tests.services import files
from tests.services.registry.driver import FIRMS, PEOPLE, ROSTER_HEAD, TODAY, Driver, roster_line

FIRST_ROW = 5
"""Of the sheet: title, two lines of the head and the labels stand above."""


def imported(driver: Driver, organisation: str, *lines: Mapping[str, Any], by: Speaker | None = None) -> SheetImported:
    speaker = by or driver.employer(organisation)
    file = files.put(driver.harness, speaker, write_roster(ROSTER_HEAD, lines), "花名册.xlsx")
    return driver.harness.call(speaker, IMPORT_ROSTER, ImportRoster(organisation, "apprenticeship", file))


def test_good_rows_are_registered_and_employed_in_one_go(driver: Driver, employer: str) -> None:
    answer = imported(driver, employer, *(roster_line(person) for person in PEOPLE[:3]))
    assert (answer.accepted, answer.unchanged, answer.refused, answer.marked) == (3, 0, 0, None)
    assert [row.row for row in answer.rows] == [FIRST_ROW, FIRST_ROW + 1, FIRST_ROW + 2]
    ids = tuple(str(row.id) for row in answer.rows)
    wages = driver.harness.call(driver.review(), ASK_WAGES, AskWages(employer, ids)).wages
    assert [wage.monthly_wage for wage in wages] == [Money.yuan(5200)] * 3
    assert [told.person_ids for told in driver.harness.told(PEOPLE_REGISTERED)] == [ids]


def test_the_same_sheet_again_changes_nothing(driver: Driver, employer: str) -> None:
    first = imported(driver, employer, roster_line(PEOPLE[0]))
    again = imported(driver, employer, roster_line(PEOPLE[0]))
    assert (again.unchanged, again.rows[0].id) == (1, first.rows[0].id)


def test_people_already_known_are_unchanged_until_something_about_them_is_new(driver: Driver, employer: str) -> None:
    driver.people(employer)
    assert imported(driver, employer, roster_line(PEOPLE[0])).accepted == 1  # known, but not yet employed
    assert imported(driver, employer, roster_line(PEOPLE[0], monthly_wage="5300.00")).accepted == 1


def test_bad_rows_are_named_by_row_and_column_and_lose_no_good_one(driver: Driver, employer: str) -> None:
    driver.people(employer)
    answer = imported(
        driver,
        employer,
        roster_line(PEOPLE[0], name="改了名的人"),  # registry's word: the number is another's
        roster_line(PEOPLE[1]),
        roster_line(PEOPLE[2], phone=None),  # the sheet's word
        roster_line(PEOPLE[3], contract_ends_on="2021-01-01"),
        roster_line(PEOPLE[1]),
    )
    assert [(row.row - FIRST_ROW, row.outcome, row.column) for row in answer.rows] == [
        (0, "refused", "姓名"),
        (1, "accepted", None),
        (2, "refused", "联系电话"),
        (3, "refused", "劳动合同止"),
        (4, "refused", "身份证号"),
    ]
    assert all(row.message for row in answer.rows if row.outcome == "refused")
    assert (answer.accepted, answer.refused) == (1, 4)


def test_the_marked_sheet_is_fetched_by_whom_it_belongs_to_and_sent_in_again(
    driver: Driver, employer: str, stranger: str
) -> None:
    speaker = driver.employer(employer)
    answer = imported(driver, employer, roster_line(PEOPLE[0]), roster_line(PEOPLE[1], phone="123"))
    assert answer.marked is not None
    book = load_workbook(io.BytesIO(files.fetch(driver.harness, speaker, answer.marked.file)))
    sheet = book.worksheets[0]
    labels = [cell.value for cell in sheet[FIRST_ROW - 1]]
    assert sheet.cell(FIRST_ROW, labels.index(CURE_LABEL) + 1).value is None
    assert "联系电话" in str(sheet.cell(FIRST_ROW + 1, labels.index(CURE_LABEL) + 1).value)
    sheet.cell(FIRST_ROW + 1, labels.index("联系电话*") + 1).value = PEOPLE[1].phone
    out = io.BytesIO()
    book.save(out)
    file = files.put(driver.harness, speaker, out.getvalue())
    corrected = driver.harness.call(speaker, IMPORT_ROSTER, ImportRoster(employer, "apprenticeship", file))
    assert [row.outcome for row in corrected.rows] == ["unchanged", "accepted"]
    assert corrected.notes[0].startswith("未读入的列")
    with pytest.raises(NotFound):
        files.fetch(driver.harness, driver.employer(stranger), answer.marked.file)


def test_months_of_insurance_are_recorded_by_the_district_only_and_nobody_believes_otherwise(
    driver: Driver, employer: str
) -> None:
    by_employer = imported(driver, employer, roster_line(PEOPLE[0]))
    assert any("参保月份" in note for note in by_employer.notes)
    page = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer))
    assert [one.insured_in for one in page.people] == [None]
    by_officer = imported(driver, employer, roster_line(PEOPLE[0]), by=driver.officer())
    assert (by_officer.accepted, by_officer.notes) == (1, ())
    page = driver.harness.call(driver.officer(), LIST_PEOPLE, ListPeople(employer))
    assert [one.insured_in for one in page.people] == ["2022-05"]


def test_a_level_held_before_is_left_to_its_certificate_and_says_so(driver: Driver, employer: str) -> None:
    answer = imported(driver, employer, roster_line(PEOPLE[0]), roster_line(PEOPLE[1], held_level="intermediate"))
    assert any(f"第 {FIRST_ROW + 1} 行" in note for note in answer.notes)
    page = driver.harness.call(driver.employer(employer), LIST_PEOPLE, ListPeople(employer))
    assert [one.certificates for one in page.people] == [0, 0]


def test_a_dispatched_worker_is_decided_by_the_agencys_contract_and_insurance(driver: Driver, employer: str) -> None:
    agency = {"agency_name": "示例派遣公司", "agency_uscc": FIRMS[5].uscc}
    answer = imported(
        driver,
        employer,
        roster_line(PEOPLE[0], employment_form="dispatched", contract_ends_on="open_ended", **agency),
        by=driver.officer(),
    )
    assert answer.accepted == 1, answer.rows
    request = DecideApprentices(
        document=driver.document,
        on=TODAY,
        employer_id=employer,
        enrolment_on=TODAY,
        training_ends_on=TODAY.replace(year=2024),
        occupation="6-18-01-01",
        level="advanced",
        person_ids=(str(answer.rows[0].id),),
    )
    (decided,) = driver.harness.call(driver.review(), DECIDE_APPRENTICES, request).people
    assert decided.verdict == "met"


def test_a_roster_is_taken_over_in_reach_only_and_only_ones_own_file_is_read(
    driver: Driver, employer: str, stranger: str
) -> None:
    mine = driver.employer(employer)
    file = files.put(driver.harness, mine, write_roster(ROSTER_HEAD, [roster_line(PEOPLE[0])]))
    for speaker, organisation in ((mine, stranger), (driver.employer(stranger), stranger)):
        with pytest.raises(NotFound):
            driver.harness.call(speaker, IMPORT_ROSTER, ImportRoster(organisation, "apprenticeship", file))
    provider = driver.harness.speaker(Role.TRAINING_PROVIDER, "clerk-9", organisation=employer)
    with pytest.raises(NotPermitted):
        driver.harness.call(provider, IMPORT_ROSTER, ImportRoster(employer, "apprenticeship", file))


def test_a_programme_without_a_roster_of_its_own_is_told_so(driver: Driver, employer: str) -> None:
    speaker = driver.employer(employer)
    file = files.put(driver.harness, speaker, write_roster(ROSTER_HEAD, [roster_line(PEOPLE[0])]))
    with pytest.raises(NotFound, match="表样"):
        driver.harness.call(speaker, IMPORT_ROSTER, ImportRoster(employer, "unknown_programme", file))


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (lambda: write_roster(ROSTER_HEAD, [{}, {}]), InvalidRequest),
        (lambda: b"no sheet\x00", InvalidRequest),
        (lambda: write_roster(ROSTER_HEAD, [roster_line(person) for person in people(5001, seed=21)]), TooLarge),
    ],
    ids=["nothing filled in", "no spreadsheet", "one row too many"],
)
def test_a_file_that_is_no_roster_is_refused_whole_and_leaves_nothing(
    driver: Driver, employer: str, content: Callable[[], bytes], refused: type[Exception]
) -> None:
    speaker = driver.employer(employer)
    file = files.put(driver.harness, speaker, content())
    with pytest.raises(refused):
        driver.harness.call(speaker, IMPORT_ROSTER, ImportRoster(employer, "apprenticeship", file))
    assert driver.harness.call(speaker, LIST_PEOPLE, ListPeople(employer)).people == ()


def test_five_thousand_rows_are_taken_over_in_one_call(driver: Driver, employer: str) -> None:
    answer = imported(driver, employer, *(roster_line(person) for person in people(5000, seed=20)))
    assert (answer.accepted, len(answer.rows)) == (5000, 5000)
