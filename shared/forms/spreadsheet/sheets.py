"""What a sheet is declared to hold, and what reading one gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from shared.forms.spreadsheet.grid import Grid

OWN_DESIGN = "本表样由本系统自行设计。"
"""The note of a form for which no layout is prescribed."""
SIGNED_BY_SENDER = ("填报单位（公章）：　　　　　　　　填报人（签字）：　　　　　　　　日期：　　　年　　月　　日",)
"""Lines left blank at the foot of a sheet that somebody fills in."""


class Kind(Enum):
    """How a cell is understood. Every kind gives a plain string."""

    SERIAL = auto()  # 序号: printed for people, no value
    TEXT = auto()
    CODE = auto()  # identity numbers, phones, accounts: digits that must not lose precision
    NUMBER = auto()  # numbers of papers, kept as written; the same number however it is written is `unique`
    DATE = auto()  # 2022-06-06
    MONTH = auto()  # 2022-06
    MONEY = auto()  # 6500.00, never negative
    INTEGER = auto()
    CHOICE = auto()  # one of `choices`


Check = Callable[[str], str | None]
"""Takes a cell's plain string; returns the cure in Chinese, or None when the value is good."""

RowCheck = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Takes a row's values; returns the cures in Chinese by column key, empty when the row is good."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the values, its Chinese label on paper, and what a cell of it may hold.

    `choices` maps what people write to the code that is stored; the first label of a code is printed. A column of
    another kind may have some, too: words that stand instead of a date, say.
    `unique`: a second row with the same value is an error. `width`: in characters of the printed sheet.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    unique: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    check: Check | None = None
    width: int = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that people fill in. `ends_at`: how the printed foot begins; nothing below is read."""

    title: str
    columns: tuple[Column, ...]
    row_check: RowCheck | None = None
    ends_at: tuple[str, ...] = ("合计", "说明", "填报单位")

    def column(self, key: str) -> Column:
        """The column of that key; KeyError for one that the sheet doesn't declare."""
        return {column.key: column for column in self.columns}[key]


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: its number in the sheet (from 1) and values by column key; an empty cell has no key."""

    number: int
    values: Mapping[str, str] = field(repr=False)  # personal data: kept out of logs and tracebacks


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one cell: row number (from 1), the column's label, and the cure in Chinese."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet as it was read. A row is either in `rows` or named in `errors`, never in both.

    `header_row` counts from 1; `places`: where each declared column stands, from 0, by its key.
    """

    sheet: Sheet
    rows: tuple[Row, ...]
    errors: tuple[RowError, ...]
    header_row: int
    places: Mapping[str, int]
    ignored_columns: tuple[str, ...]
    grid: Grid = field(repr=False)
