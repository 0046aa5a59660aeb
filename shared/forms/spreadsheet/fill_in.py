"""A sheet that goes out with a project's people on it and comes back filled in: columns, notes, foot, both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.forms.spreadsheet.reader import read_sheet
from shared.forms.spreadsheet.sheets import OWN_DESIGN, SIGNED_BY_SENDER, Sheet, SheetRead
from shared.forms.spreadsheet.writer import Page, Value, write_sheet


@dataclass(frozen=True, slots=True)
class FillInHead:
    """Whose sheet it is; printed above the rows."""

    employer: str
    training_provider: str
    project: str


@dataclass(frozen=True, slots=True)
class FillIn:
    """`notes`: printed under the rows, for whoever fills them in; `signatures`: lines left blank."""

    sheet: Sheet
    notes: tuple[str, ...] = ()
    signatures: tuple[str, ...] = SIGNED_BY_SENDER

    def read(self, data: bytes) -> SheetRead:
        """Rows with the sheet's keys. Raises InvalidRequest or TooLarge for the file as a whole."""
        return read_sheet(data, self.sheet)

    def write(self, head: FillInHead, rows: Sequence[Mapping[str, Value]]) -> bytes:
        """.xlsx bytes; what is written is read back equal."""
        heading = (
            f"用人单位：{head.employer}　　培训机构：{head.training_provider}",
            f"培训项目：{head.project}",
        )
        notes = ("带 * 的栏目必填；编号、姓名由系统填好，请勿改动。", *self.notes, OWN_DESIGN)
        return write_sheet(Page(self.sheet, rows, heading, notes=notes, signatures=self.signatures))
