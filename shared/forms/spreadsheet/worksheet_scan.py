"""Looks through a workbook's XML before it is parsed: size, places, formulas, merges. Builds no tree."""

from __future__ import annotations

import re

from shared.errors import TooLarge
from shared.forms.spreadsheet.grid import Area
from shared.forms.spreadsheet.limits import Limits
from shared.forms.spreadsheet.safe_xml import local

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class ElementCount:
    """Counts elements over all members of a workbook, so that parsing them stays short."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.elements_max

    def start(self, _tag: str, _attributes: dict[str, str]) -> None:
        """Counts one; raises TooLarge beyond the limit."""
        self._left -= 1
        if self._left < 0:
            raise TooLarge("表格内容过多，请删去多余的格式和工作表，或分成几份提交")

    def close(self) -> None:
        """Part of a parser target; nothing is left to do."""


class WorksheetScan:
    """One worksheet: its last row and column with a value, where formulas stand, what is merged."""

    def __init__(self, limits: Limits) -> None:
        self.last_row = 0
        self.last_column = 0
        self.formulas: list[str] = []
        self.merged: list[Area] = []
        self._limits = limits
        self._row = 0
        self._column = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Notes what the element says; raises TooLarge for a sheet beyond its limits."""
        name = local(tag)
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._enter_cell(attributes.get("r"))
        elif name == "f":
            self.formulas.append(f"{column_letters(self._column)}{self._row}")
        elif name in ("v", "is"):
            self._see_value()
        elif name == "mergeCell":
            self._see_merge(attributes["ref"])

    def close(self) -> None:
        """Part of a parser target; nothing is left to do."""

    def _enter_cell(self, place: str | None) -> None:
        self._column = place_of(place)[1] if place else self._column + 1

    def _see_value(self) -> None:
        if self._row > self._limits.rows_max:
            raise TooLarge(
                f"每张表最多 {self._limits.rows_max} 行，第 {self._row} 行仍有内容：请删去或分成几份提交",
                rows_max=self._limits.rows_max,
            )
        if self._column > self._limits.columns_max:
            raise TooLarge(
                f"每张表最多 {self._limits.columns_max} 列，请删去右侧多余的列",
                columns_max=self._limits.columns_max,
            )
        self.last_row = max(self.last_row, self._row)
        self.last_column = max(self.last_column, self._column)

    def _see_merge(self, reference: str) -> None:
        if len(self.merged) >= self._limits.merges_max:
            raise TooLarge("合并单元格过多，请取消合并后重新提交")
        first, _, last = reference.partition(":")
        self.merged.append(Area(*place_of(first), *place_of(last or first)))


def place_of(reference: str) -> tuple[int, int]:
    """(row, column) of a reference such as B5, both from 1. Raises ValueError."""
    found = _PLACE.fullmatch(reference)
    if not found:
        raise ValueError(f"{reference!r} is no cell reference")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
