"""Lists as spreadsheets: a sheet goes out with the people on it, comes back filled in, and is answered row by row."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from programmes.apprenticeship.forms import assessment_sheet, certificate_sheet, credit_sheet, mentor_sheet, wage_sheet
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    ListOrganisations,
    OrganisationList,
    OrganisationShape,
)
from shared.contracts.registry.people import REVEAL_PEOPLE, PersonList, PersonShape, RevealPeople
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.training.enrolments import LIST_ENROLMENTS, ListEnrolments
from shared.contracts.training.papers import IMPORT_SHEET, MAKE_SHEET, ImportSheet, MakeSheet, SheetForm, SheetMade
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.forms.spreadsheet.fill_in import FillIn, FillInHead
from shared.security.permissions import may_unmask
from shared.security.speaker import Purpose, Role, Speaker
from tests.services import files
from tests.services.harness import CHAOYANG
from tests.services.training.world import LAST_DAY, START, World

HEAD = FillInHead("示例制造有限公司", "示例技工学校", "p1")
FIRST_ROW = 5
FORMS: Mapping[SheetForm, FillIn] = {
    "mentors": mentor_sheet.FORM,
    "credits": credit_sheet.FORM,
    "assessments": assessment_sheet.FORM,
    "certificates": certificate_sheet.FORM,
    "wages": wage_sheet.FORM,
}


@pytest.fixture
def named(world: World) -> World:
    """A world whose registry names people, masked unless whoever asks may see them for making documents."""
    return naming(world)


def naming(world: World) -> World:
    def reveal(request: RevealPeople) -> PersonList:
        masked = request.purpose is not Purpose.DOCUMENTS
        return PersonList(
            tuple(
                PersonShape(id, "学*" if masked else f"学徒{id}", "resident_id", "110", None, masked)
                for id in request.person_ids
            )
        )

    def organisations(request: ListOrganisations) -> OrganisationList:
        return OrganisationList(
            tuple(
                OrganisationShape(id, f"示例单位{id}", "91110105MA0000000Y", "enterprise", CHAOYANG, False)
                for id in request.ids
            )
        )

    world.harness.answers(REVEAL_PEOPLE, reveal)
    world.harness.answers(LIST_ORGANISATIONS, organisations)
    return world


def send(
    world: World, form: SheetForm, rows: Sequence[Mapping[str, Any]], by: Speaker | None = None, project_id: str = "p1"
) -> SheetImported:
    speaker = by or world.employer
    file = files.put(world.harness, speaker, FORMS[form].write(HEAD, rows))
    return world.harness.call(speaker, IMPORT_SHEET, ImportSheet(project_id, form, file))


def make(world: World, form: SheetForm, by: Speaker | None = None, cursor: str | None = None) -> SheetMade:
    return world.harness.call(by or world.employer, MAKE_SHEET, MakeSheet("p1", form, cursor))


def hours(enrolment_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "on": START.isoformat(),
        "part": "classroom",
        "content": "theory",
        "mode": "classroom",
        "class_hours": "320",
        "topic": "车工工艺",
    }
    return row | changes


def result(enrolment_id: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "result": "passed",
        "assessed_on": LAST_DAY.isoformat(),
        "assessed_by_employer": "yes",
        "assessed_by_provider": "yes",
        "pass_certificate": "apprenticeship_certificate",
    }
    return row | changes


def certificate(enrolment_id: str, number: str, **changes: Any) -> dict[str, Any]:
    row = {
        "enrolment_id": enrolment_id,
        "kind": "skill_level_certificate",
        "occupation": "6-18-01",
        "level": "advanced",
        "number": number,
        "issued_on": LAST_DAY.isoformat(),
    }
    return row | changes


def enrolments(world: World) -> dict[str, Any]:
    page = world.harness.call_raw(world.employer, LIST_ENROLMENTS, {"project_id": "p1"})["enrolments"]
    return {one["enrolment_id"]: one for one in page}


def test_hours_sent_as_a_sheet_count_like_hours_sent_as_a_list(world: World) -> None:
    first, second = world.running()
    answer = send(world, "credits", [hours(first), hours(second, part="workplace", class_hours="80")], world.provider)
    assert (answer.accepted, answer.refused, answer.marked) == (2, 0, None)
    known = enrolments(world)
    assert (known[first]["classroom_hours"], known[second]["workplace_hours"]) == (320, 80)
    assert send(world, "credits", [hours(first)]).unchanged == 1


def test_results_and_certificates_of_a_whole_run_come_as_two_sheets(world: World) -> None:
    run = world.running(3)
    world.teach(run)
    world.harness.move_clock(LAST_DAY)
    failed = result(run[2], result="failed", pass_certificate="")
    assert send(world, "assessments", [result(run[0]), result(run[1]), failed]).accepted == 3
    answer = send(world, "certificates", [certificate(run[0], "Z-1"), certificate(run[1], "Z2", self_issued="no")])
    assert answer.accepted == 2
    known = enrolments(world)
    assert [known[id]["state"] for id in run] == ["passed", "passed", "failed"]
    assert known[run[0]]["certificate_number"] is not None


def test_wages_of_several_months_come_on_one_sheet_and_a_low_one_says_so(world: World) -> None:
    first, second = world.running()
    world.harness.move_clock(date(2022, 8, 20))
    lines = [
        {"enrolment_id": id, "month": month, "wage": wage}
        for id, month, wage in (
            (first, "2022-06", "5200.00"),
            (first, "2022-07", "2000.00"),
            (second, "2022-07", "5200.00"),
            ("somebody-else", "2022-07", "5200.00"),
        )
    ]
    answer = send(world, "wages", lines)
    assert [row.outcome for row in answer.rows] == ["accepted", "accepted", "accepted", "refused"]
    assert [bool(row.message) for row in answer.rows] == [False, True, False, True]
    assert send(world, "wages", lines[:3]).unchanged == 3


def test_a_month_that_has_not_begun_loses_no_other_month(world: World) -> None:
    (only,) = world.running(1)
    lines = [{"enrolment_id": only, "month": month, "wage": "5200.00"} for month in ("2022-06", "2022-07")]
    answer = send(world, "wages", lines)
    assert [(row.outcome, row.column) for row in answer.rows] == [("accepted", None), ("refused", "月份")]


def test_mentors_are_assigned_by_a_sheet_of_those_admitted(named: World) -> None:
    people = ["person-0", "person-1"]
    named.approve()
    named.admit(people)
    made = make(named, "mentors")
    assert made.people == 2
    sheet = load_workbook(io.BytesIO(files.fetch(named.harness, named.employer, made.file.file))).worksheets[0]
    labels = [str(cell.value).strip("*") for cell in sheet[FIRST_ROW - 1]]
    for row in (FIRST_ROW, FIRST_ROW + 1):
        sheet.cell(row, labels.index("企业导师编号") + 1).value = "m-employer-1"
        sheet.cell(row, labels.index("培训教师编号") + 1).value = "i-provider-1"
    out = io.BytesIO()
    sheet.parent.save(out)
    file = files.put(named.harness, named.employer, out.getvalue())
    answer = named.harness.call(named.employer, IMPORT_SHEET, ImportSheet("p1", "mentors", file))
    assert (answer.accepted, answer.refused) == (2, 0)


def test_bad_rows_are_named_by_row_and_column_whoever_found_them(world: World) -> None:
    first, second = world.running()
    answer = send(
        world,
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
    marked = load_workbook(io.BytesIO(files.fetch(world.harness, world.employer, answer.marked.file))).worksheets[0]
    cures = [str(marked.cell(FIRST_ROW + row, marked.max_column).value) for row in range(5)]
    assert [cure.partition("：")[0] for cure in cures] == ["None", "学时", "上课日期", "学分类别", "学籍编号"]


def test_a_must_that_forbids_a_result_is_said_in_its_row(world: World) -> None:
    first, second = world.running()
    world.teach([first])
    world.harness.move_clock(LAST_DAY)
    answer = send(world, "assessments", [result(first), result(second)])
    assert [row.outcome for row in answer.rows] == ["accepted", "refused"]
    assert "APP-15" in (answer.rows[1].message or "")


def test_a_sheet_is_for_whoever_may_use_its_list_command(world: World) -> None:
    (enrolment,) = world.running(1)
    with pytest.raises(NotPermitted):
        send(world, "assessments", [result(enrolment)], world.provider)
    with pytest.raises(NotFound):
        send(world, "credits", [hours(enrolment)], world.rival)
    with pytest.raises(NotPermitted):
        send(world, "credits", [hours(enrolment)], world.officer)


def test_another_organisations_file_is_not_read(world: World) -> None:
    (enrolment,) = world.running(1)
    file = files.put(world.harness, world.rival, credit_sheet.FORM.write(HEAD, [hours(enrolment)]))
    with pytest.raises(NotFound):
        world.harness.call(world.employer, IMPORT_SHEET, ImportSheet("p1", "credits", file))


def _formula(data: bytes) -> bytes:
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0].cell(FIRST_ROW, 8).value = "=1+1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("spoil", [_formula, lambda _: b"PK\x03\x04 cut", lambda data: data[: len(data) // 2]])
def test_a_file_that_can_not_be_trusted_is_refused_whole(world: World, spoil: Callable[[bytes], bytes]) -> None:
    (enrolment,) = world.running(1)
    file = files.put(world.harness, world.employer, spoil(credit_sheet.FORM.write(HEAD, [hours(enrolment)])))
    with pytest.raises(InvalidRequest):
        world.harness.call(world.employer, IMPORT_SHEET, ImportSheet("p1", "credits", file))
    assert enrolments(world)[enrolment]["classroom_hours"] == 0


@pytest.mark.parametrize("form", ["credits", "assessments", "certificates"])
def test_a_sheet_to_fill_in_names_those_whom_it_can_be_about(named: World, form: SheetForm) -> None:
    run = named.running(3)
    named.teach(run[:1])
    named.harness.move_clock(LAST_DAY)
    named.passed(run[:1])
    made = make(named, form, named.provider if form == "credits" else None)
    sheet = load_workbook(io.BytesIO(files.fetch(named.harness, named.officer, made.file.file))).worksheets[0]
    listed = {str(sheet.cell(row, 2).value) for row in range(FIRST_ROW, FIRST_ROW + made.people)}
    assert listed == (set(run) if form == "certificates" else set(run[1:]))
    assert "示例单位employer-1" in str(sheet["A2"].value)


def test_names_are_in_full_only_for_whom_may_see_them_for_making_documents(named: World) -> None:
    named.running(1)
    by_purpose = named.harness.speaker(
        Role.EMPLOYER, "clerk-7", organisation="employer-1", purposes=frozenset({Purpose.DOCUMENTS})
    )
    assert may_unmask(by_purpose, Purpose.DOCUMENTS)
    for speaker, name in ((named.employer, "学*"), (by_purpose, "学徒person-0")):
        made = make(named, "credits", speaker)
        sheet = load_workbook(io.BytesIO(files.fetch(named.harness, speaker, made.file.file))).worksheets[0]
        assert sheet.cell(FIRST_ROW, 3).value == name


def test_nobody_to_fill_in_is_said_instead_of_an_empty_sheet(named: World) -> None:
    named.approve()
    with pytest.raises(Conflict):
        make(named, "credits")


def test_sheets_are_made_in_reach_only(named: World) -> None:
    named.running(1)
    for speaker in (named.rival, named.stranger):
        with pytest.raises(NotFound):
            make(named, "credits", speaker)


def test_five_thousand_rows_are_made_sent_and_answered_in_one_call_each(named: World) -> None:
    run = named.running(5000)
    assert make(named, "credits").people == 5000
    answer = send(named, "credits", [hours(id) for id in run])
    assert (answer.accepted, len(answer.rows), answer.marked) == (5000, 5000, None)


def test_more_people_than_fit_on_one_sheet_go_on_the_next(named: World, monkeypatch: pytest.MonkeyPatch) -> None:
    run = named.running(5)
    monkeypatch.setattr("services.training.spreadsheets.blanks.ROWS_PER_CALL", 3)
    first = make(named, "credits")
    second = make(named, "credits", cursor=first.cursor)
    assert (first.people, second.people, second.cursor) == (3, 2, None)
    listed = set()
    for made in (first, second):
        sheet = load_workbook(io.BytesIO(files.fetch(named.harness, named.employer, made.file.file))).worksheets[0]
        listed |= {str(sheet.cell(row, 2).value) for row in range(FIRST_ROW, FIRST_ROW + made.people)}
    assert listed == set(run)


def test_the_list_of_enrolments_is_untouched_by_what_a_sheet_calls_people(world: World) -> None:
    (enrolment,) = world.running(1)
    send(world, "credits", [hours(enrolment, name="别的名字")])
    page = world.harness.call(world.employer, LIST_ENROLMENTS, ListEnrolments("p1"))
    assert [one.person_id for one in page.enrolments] == ["person-0"]
