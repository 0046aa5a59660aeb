"""What a file holds before anything is understood: raw cells at their places, and the merged areas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

Raw = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells; rows and columns count from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def covers(self, row: int, column: int) -> bool:
        """Whether the cell lies within."""
        return self.first_row <= row <= self.last_row and self.first_column <= column <= self.last_column


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows[0]` is row 1 of the sheet, `rows[0][0]` its column A."""

    rows: tuple[tuple[Raw, ...], ...]
    merged: tuple[Area, ...] = ()

    def numbered(self) -> Iterator[tuple[int, tuple[Raw, ...]]]:
        """(row number from 1, cells)."""
        return enumerate(self.rows, start=1)
