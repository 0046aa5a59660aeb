"""Workbooks for the tests: ordinary ones through openpyxl, crafted ones by changing the bytes of their members."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

SHEET = Sheet(
    title="试用表",
    columns=(
        Column("serial", "序号", Kind.SERIAL),
        Column("name", "姓名", required=True),
        Column("id_number", "身份证号", Kind.CODE, required=True, unique=True, aliases=("证件号码",), width=22),
        Column("starts_on", "开始日期", Kind.DATE),
        Column("insured_month", "参保月份", Kind.MONTH),
        Column("wage", "月工资", Kind.MONEY),
        Column("form", "用工形式", Kind.CHOICE, choices={"新招用": "newly_hired", "转岗": "transferred"}),
    ),
)
HEADER = [column.label for column in SHEET.columns]
NUMBER_A = "110199199001010011"
NUMBER_B = "110199199001010038"


def line(name: str = "学徒甲", id_number: Any = NUMBER_A, **more: Any) -> list[Any]:
    """A row under HEADER."""
    return ["1", name, id_number, *(more.get(key) for key in ("starts_on", "insured_month", "wage", "form"))]


def book(rows: Sequence[Sequence[Any]], change: Callable[[Worksheet], Any] | None = None) -> bytes:
    """A workbook of one sheet with these rows; `change` may do more to the sheet before it is saved."""
    made = Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_members(data: bytes, members: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The ZIP with members added, or changed by a function of their old bytes."""
    out = io.BytesIO()
    left = dict(members)
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            change = left.pop(name, None)
            body = source.read(name)
            target.writestr(name, change(body) if callable(change) else body)
        for name, added in left.items():
            assert isinstance(added, bytes), f"{name} isn't in the workbook"
            target.writestr(name, added)
    return out.getvalue()


FIRST_SHEET = "xl/worksheets/sheet1.xml"
