"""A workbook's first visible sheet as a grid. openpyxl sees the file only after every check has passed."""

from __future__ import annotations

import io
import posixpath
import warnings
import zipfile
from datetime import date

import openpyxl

from shared.cooperative import yielding_every
from shared.errors import SkillsError
from shared.forms.spreadsheet.archive import open_checked, refuse
from shared.forms.spreadsheet.grid import Grid, Raw
from shared.forms.spreadsheet.limits import Limits
from shared.forms.spreadsheet.safe_xml import local, parse, scan
from shared.forms.spreadsheet.worksheet_scan import ElementCount, WorksheetScan

_RELATION_ID = "id"
_SHOWN_FORMULAS = 20


def read_xlsx(data: bytes, limits: Limits) -> Grid:
    """The first visible sheet. Raises InvalidRequest or TooLarge with the cure; hidden sheets aren't read."""
    try:
        with open_checked(data, limits) as archive:
            _scan_all(archive, limits)
            name, path = _first_visible(archive)
            found = WorksheetScan(limits)
            with archive.open(path) as member:
                scan(member, found)
        _refuse_formulas(found)
        return Grid(_rows(data, name, found), tuple(found.merged))
    except SkillsError:
        raise
    except Exception as error:
        # A crafted or cut file can fail anywhere in three libraries; to the sender it is the same thing.
        raise refuse("文件已损坏，请用表格软件重新另存为 .xlsx 后提交") from error


def _scan_all(archive: zipfile.ZipFile, limits: Limits) -> None:
    count = ElementCount(limits)
    for member in archive.namelist():
        if member.endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as stream:
                scan(stream, count)


def _first_visible(archive: zipfile.ZipFile) -> tuple[str, str]:
    """(title, path in the ZIP)."""
    targets = {
        relation.attrib["Id"]: relation.attrib["Target"]
        for relation in parse(archive.read("xl/_rels/workbook.xml.rels"))
    }
    for element in parse(archive.read("xl/workbook.xml")).iter():
        if local(element.tag) != "sheet" or element.attrib.get("state", "visible") != "visible":
            continue
        relation = next(value for key, value in element.attrib.items() if local(key) == _RELATION_ID and key != "id")
        return element.attrib["name"], posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")
    raise refuse("工作簿里没有可见的工作表：请取消隐藏需要提交的工作表后重新提交")


def _refuse_formulas(found: WorksheetScan) -> None:
    if found.formulas:
        shown = "、".join(found.formulas[:_SHOWN_FORMULAS])
        raise refuse(f"{shown} 等 {len(found.formulas)} 个单元格含公式：请复制后“选择性粘贴—数值”，再重新提交")


def _rows(data: bytes, name: str, found: WorksheetScan) -> tuple[tuple[Raw, ...], ...]:
    if not found.last_row:
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of extensions that it doesn't know; none holds a value
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        try:
            # The dimension that the sheet declares may lie, and would be filled with empty rows.
            rows = book[name].iter_rows(max_row=found.last_row, max_col=found.last_column, values_only=True)
            return tuple(tuple(_raw(value) for value in row) for row in yielding_every(rows))
        finally:
            book.close()


def _raw(value: object) -> Raw:
    return value if value is None or isinstance(value, str | int | float | bool | date) else str(value)
