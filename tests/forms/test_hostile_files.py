"""Files that can't be trusted are refused as a whole, with a typed error and a cure, before they cost anything."""

from __future__ import annotations

import io
import zipfile

import pytest

from shared.errors import InvalidRequest, SkillsError, TooLarge
from shared.forms.spreadsheet.limits import LIMITS, Limits
from shared.forms.spreadsheet.reader import read_sheet
from tests.forms.workbooks import FIRST_SHEET, HEADER, SHEET, book, line, with_members

GOOD = book([HEADER, line()])


def cure(data: bytes, kind: type[SkillsError] = InvalidRequest, limits: Limits = LIMITS) -> str:
    """The message of the refusal; the test fails for another error, or none."""
    with pytest.raises(kind) as refused:
        read_sheet(data, SHEET, limits)
    fields = refused.value.details.get("fields", [])
    return " ".join([refused.value.message, *(str(field["message"]) for field in fields)])


def test_formulas_are_refused_by_their_places() -> None:
    assert "F2" in cure(book([HEADER, line(wage="=1+1")]))


def test_a_formula_whose_value_was_saved_with_it_is_refused_too() -> None:
    saved_value = with_members(
        GOOD,
        {
            FIRST_SHEET: lambda xml: xml.replace(
                b"</row></sheetData>", b'<c r="F2"><f>2*3</f><v>6</v></c></row></sheetData>'
            )
        },
    )
    assert "F2" in cure(saved_value)


def test_macros_are_refused() -> None:
    assert "宏" in cure(with_members(GOOD, {"xl/vbaProject.bin": b"x"}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_members(GOOD, {"xl/media/image1.bin": bytes(LIMITS.unpacked_bytes_max + 1)})
    assert len(bomb) < 100_000
    assert "展开后过大" in cure(bomb, TooLarge)


def test_a_small_file_that_expands_too_many_times_is_refused() -> None:
    bomb = with_members(GOOD, {"xl/media/image1.bin": bytes(4_000_000)})
    assert "展开后过大" in cure(bomb, TooLarge)


def test_a_zip_that_understates_its_sizes_is_refused_as_damaged() -> None:
    grown = bytearray(with_members(GOOD, {FIRST_SHEET: lambda xml: xml + b" " * 50_000}))
    with zipfile.ZipFile(io.BytesIO(grown)) as archive:
        honest = archive.getinfo(FIRST_SHEET).file_size.to_bytes(4, "little")
    assert honest in grown
    assert "损坏" in cure(bytes(grown).replace(honest, (1000).to_bytes(4, "little")))


def test_a_file_that_unpacks_to_too_much_is_refused_however_little_it_was_packed() -> None:
    assert "展开后过大" in cure(GOOD, TooLarge, Limits(unpacked_bytes_max=5_000))


def test_too_many_members_are_refused() -> None:
    members = {f"xl/media/{number}.bin": b"" for number in range(LIMITS.members_max)}
    assert "展开后过大" in cure(with_members(GOOD, members), TooLarge)


def test_a_value_in_the_millionth_row_is_refused_without_walking_there() -> None:
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    crafted = with_members(GOOD, {FIRST_SHEET: lambda xml: xml.replace(b"</sheetData>", far)})
    assert "1048576" in cure(crafted, TooLarge)


def test_a_declared_dimension_of_a_million_rows_costs_nothing() -> None:
    lie = b'<dimension ref="A1:XFD1048576"/>'
    crafted = with_members(GOOD, {FIRST_SHEET: lambda xml: xml.replace(b'<dimension ref="A1:G2"/>', lie)})
    assert crafted != GOOD
    read = read_sheet(crafted, SHEET)
    assert (len(read.rows), len(read.grid.rows)) == (1, 2)


def test_empty_formatted_rows_far_below_are_no_content() -> None:
    far = b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
    crafted = with_members(GOOD, {FIRST_SHEET: lambda xml: xml.replace(b"</sheetData>", far)})
    assert len(read_sheet(crafted, SHEET).grid.rows) == 2


@pytest.mark.parametrize(("over", "refused"), [(0, False), (1, True)])
def test_the_row_limit_holds_at_both_sides(over: int, refused: bool) -> None:
    limits = Limits(rows_max=4)
    rows = [HEADER, *(line(id_number=f"11019919900101{number:04d}") for number in range(3 + over))]
    if refused:
        assert "最多 4 行" in cure(book(rows), TooLarge, limits)
    else:
        assert len(read_sheet(book(rows), SHEET, limits).rows) == 3


def test_too_many_columns_are_refused() -> None:
    assert "列" in cure(book([[*HEADER, *map(str, range(LIMITS.columns_max))]]), TooLarge)


def test_too_many_elements_are_refused() -> None:
    assert "内容过多" in cure(GOOD, TooLarge, Limits(elements_max=20))


def test_a_large_file_is_refused_by_its_size_alone() -> None:
    assert "MB" in cure(b"x" * (LIMITS.bytes_max + 1), TooLarge)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><styleSheet>&b;</styleSheet>'
    assert "损坏" in cure(with_members(GOOD, {"xl/styles.xml": lambda _: bomb}))


def test_a_reference_to_an_outside_dtd_is_refused() -> None:
    outside = b'<!DOCTYPE x SYSTEM "file:///x.dtd"><styleSheet/>'
    assert "损坏" in cure(with_members(GOOD, {"xl/styles.xml": lambda _: outside}))


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 cut",
        GOOD[: len(GOOD) // 2],
        with_members(GOOD, {FIRST_SHEET: lambda xml: xml[:200]}),
        with_members(GOOD, {FIRST_SHEET: lambda xml: xml.replace(b'r="A1"', b'r="1A"')}),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512),
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"",
    ],
    ids=["cut start", "cut in half", "cut sheet", "bad reference", "old xls", "picture", "nothing"],
)
def test_what_is_no_spreadsheet_is_refused_with_a_cure(data: bytes) -> None:
    assert "请" in cure(data)


def test_a_document_of_another_kind_in_a_zip_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "不是 .xlsx" in cure(out.getvalue())


def test_a_workbook_whose_sheets_are_all_hidden_is_refused() -> None:
    crafted = with_members(
        GOOD, {"xl/workbook.xml": lambda xml: xml.replace(b'state="visible"', b'state="veryHidden"')}
    )
    assert "可见" in cure(crafted)


def test_no_refusal_repeats_what_a_cell_holds() -> None:
    read = read_sheet(book([HEADER, line(name="", id_number="身份不明甲")]), SHEET)
    assert not any("身份不明甲" in error.message for error in read.errors)
