"""名册: another office's register of who died, studies, is insured or funded there. Our own design, of no programme.

Which register it is, whose and of which day isn't in the sheet but said by the officer who imports it.
"""

from __future__ import annotations

from shared.forms.codes import IDENTITY_DOCUMENTS
from shared.forms.spreadsheet.reader import read_sheet
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet, SheetRead

SHEET = Sheet(
    title="名册",
    columns=(
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("document_kind", "证件类型", Kind.CHOICE, True, choices=IDENTITY_DOCUMENTS, width=12),
        Column("document_number", "证件号码", Kind.CODE, True, aliases=("身份证号", "证件号"), width=22),
        Column(
            "from_on",
            "起始日期",
            Kind.DATE,
            True,
            aliases=("死亡日期", "入学日期", "参保起始日期", "资助起始日期"),
            width=14,
        ),
        Column("to_on", "截止日期", Kind.DATE, aliases=("毕业日期", "停保日期", "资助截止日期"), width=14),
        Column("remark", "备注", aliases=("学校", "参保单位", "资助单位"), width=30),
    ),
)


def read(data: bytes) -> SheetRead:
    """Rows with the sheet's keys. Raises InvalidRequest or TooLarge for the file as a whole."""
    return read_sheet(data, SHEET)
