"""Spreadsheets that are no lists, sent to every method that reads one: refused as a whole, and nothing is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import pytest

from shared.contracts.catalogue import METHODS
from shared.contracts.schema import codec
from shared.forms.spreadsheet.limits import LIMITS
from tests.forms.workbooks import FIRST_SHEET, with_members
from tests.hostile.driver import Driver
from tests.hostile.test_matrix import granted
from tests.services import files

READERS = sorted(
    route
    for route, method in METHODS.items()
    if method.name.startswith("import_") and "file" in method.request.__dataclass_fields__
)


@pytest.fixture(params=READERS)
def route(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def in_the_sheet(added: bytes) -> Callable[[bytes], bytes]:
    """The good sheet with these rows more."""
    return lambda good: with_members(good, {FIRST_SHEET: lambda xml: xml.replace(b"</sheetData>", added)})


def _cell(row: int, inside: str) -> bytes:
    return f'<row r="{row}"><c r="A{row}"{inside}</c></row></sheetData>'.encode()


def _rows(count: int) -> bytes:
    rows = (f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(100, 100 + count))
    return "".join((*rows, "</sheetData>")).encode()


BOMBS: Mapping[str, Callable[[bytes], bytes]] = {
    "a formula": in_the_sheet(_cell(90, "><f>1+1</f><v>2</v>")),
    "a formula that calls a program": in_the_sheet(_cell(90, "><f>cmd|' /C calc'!A0</f>")),
    "a value in the millionth row": in_the_sheet(_cell(1048576, ' t="inlineStr"><is><t>x</t></is>')),
    "more rows than a list may have": in_the_sheet(_rows(LIMITS.rows_max + 1)),
    "a zip bomb": lambda good: with_members(good, {"xl/media/image1.bin": bytes(LIMITS.unpacked_bytes_max + 1)}),
    "macros": lambda good: with_members(good, {"xl/vbaProject.bin": b"x"}),
    "an entity bomb": lambda good: with_members(
        good,
        {"xl/styles.xml": lambda _: b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><styleSheet>&b;</styleSheet>'},
    ),
    "half a file": lambda good: good[: len(good) // 2],
    "a picture": lambda _: b"\x89PNG\r\n\x1a\n\x00\x00",
    "another form": lambda _: "序号,随便\n1,2\n".encode("utf-8-sig"),
    "an empty table": lambda _: b"\xef\xbb\xbf\n",
    "another encoding": lambda _: "序号,姓名\n1,学徒甲\n".encode("utf-16"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_no_list_is_refused_as_a_whole(driver: Driver, route: str, bomb: str) -> None:
    for role in granted(route):
        speaker = driver.here.speaker(role)
        request = driver.request(driver.here, role, route)
        content = BOMBS[bomb](files.fetch(driver.harness, speaker, request.file))
        sent = dataclasses.replace(request, file=files.put(driver.harness, speaker, content))
        before = driver.stored()
        ended = driver.attempt(speaker, route, codec.write(sent))
        assert ended.code in ("invalid_request", "too_large"), (role, ended)
        assert driver.stored() == before


def test_the_good_sheet_among_them_is_taken(driver: Driver, route: str) -> None:
    for role in granted(route):
        with driver.rehearsal(route):
            ended = driver.ask(driver.here, role, route)
        assert (ended.code, ended.answer["refused"]) == ("ok", 0), ended.answer["rows"]
