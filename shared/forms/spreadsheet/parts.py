"""A sheet with more rows than one call may bring, as several under the same head.

The parts are CSV: their cells are what the sheet's reader would see, and a part has no formats to lose.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.forms.spreadsheet.archive import looks_like_workbook
from shared.forms.spreadsheet.cells import is_blank
from shared.forms.spreadsheet.csv_text import read_csv
from shared.forms.spreadsheet.grid import Grid, Raw
from shared.forms.spreadsheet.limits import Limits
from shared.forms.spreadsheet.xlsx import read_xlsx

WIDE = Limits(
    bytes_max=128 * 1024 * 1024,
    unpacked_bytes_max=512 * 1024 * 1024,
    elements_max=50_000_000,
    rows_max=200_000,
)
"""For a file of one's own, on one's own machine."""

_LABELS_MIN = 3


@dataclass(frozen=True, slots=True)
class Part:
    """`offset`: a row's number in the whole sheet less its number in this part."""

    content: bytes
    offset: int


def in_parts(data: bytes, most: int) -> list[Part]:
    """Parts of at most `most` rows; the file as it is where it has no more. Raises InvalidRequest or TooLarge."""
    grid = read_xlsx(data, WIDE) if looks_like_workbook(data) else read_csv(data, WIDE)
    head = _head(grid)
    body = grid.rows[head:]
    if len(body) <= most:
        return [Part(data, 0)]
    return [Part(_csv([*grid.rows[:head], *body[start : start + most]]), start) for start in range(0, len(body), most)]


def _head(grid: Grid) -> int:
    """Rows up to the labels: the first row with several cells filled in; titles and remarks fill one."""
    for number, cells in grid.numbered():
        if sum(not is_blank(cell) for cell in cells) >= _LABELS_MIN:
            return number
    return 0


def _csv(rows: Sequence[tuple[Raw, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[_text(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _text(raw: Raw) -> str:
    if raw is None:
        return ""
    return raw.date().isoformat() if isinstance(raw, datetime) else str(raw)
