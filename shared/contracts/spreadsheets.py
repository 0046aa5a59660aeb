"""What a service says of a spreadsheet that it read: what became of each row, and the sheet again, marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.contracts.kernel.files import FileKept


@dataclass(frozen=True)
class SheetRow:
    """What became of one row. `row`: as the spreadsheet numbers it; `column`: label of the bad cell; `message`: its
    cure. `id`: what the row made or found, also where only a part of it could be taken."""

    row: int
    outcome: Literal["accepted", "unchanged", "refused"]
    id: str | None = None
    column: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class SheetImported:
    """Rows in the order of the sheet, counted by outcome. `notes`: what the sheet holds and nobody took over.

    `marked`: the same sheet with its bad cells marked, to be corrected and sent in again; null where all are good.
    """

    accepted: int
    unchanged: int
    refused: int
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]
    marked: FileKept | None
