"""银行拨付结果表: what the bank did with one batch, filled in by the bank or from its list. Our own design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.forms.spreadsheet.reader import read_sheet
from shared.forms.spreadsheet.sheets import OWN_DESIGN, SIGNED_BY_SENDER, Column, Kind, Sheet, SheetRead
from shared.forms.spreadsheet.writer import Page, write_sheet
from shared.money import Money

OUTCOMES = {"已到账": "paid", "拒付": "rejected", "未明": "unknown", "到账后退回": "returned"}
SAID = ("outcome", "on", "bank_reference", "reason")
"""What only the bank can fill in; a row without any of it says nothing yet."""

_NEEDED = {"outcome": "请选择银行结果", "on": "请填写银行结果的日期", "bank_reference": "请填写银行回单号"}


def _complete(values: Mapping[str, str]) -> Mapping[str, str]:
    """A row that says something says what, when, and by which receipt."""
    if not any(key in values for key in SAID):
        return {}
    return {key: cure for key, cure in _NEEDED.items() if key not in values}


RESULTS = Sheet(
    title="银行拨付结果表",
    columns=(
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("payment_id", "支付编号", required=True, width=34),
        Column("payee", "收款单位", width=26),
        Column("amount", "金额（元）", Kind.MONEY, True, width=15),
        Column("outcome", "银行结果", Kind.CHOICE, choices=OUTCOMES, width=12),
        Column("on", "结果日期", Kind.DATE, width=12),
        Column("bank_reference", "银行回单号", Kind.NUMBER, width=24),
        Column("reason", "拒付、退回原因", width=30),
    ),
    row_check=_complete,
)

_NOTES = (
    "银行结果只填：已到账、拒付、未明、到账后退回；拒付、退回的须写明原因。尚无结果的行留空。",
    "编号、收款单位、金额由系统填好，编号和收款单位请勿改动；金额与银行不符的，改为银行的金额。",
    OWN_DESIGN,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One payment of the batch. `payee`: the name alone, no account."""

    payment_id: str
    payee: str
    amount: Money


def write_bank_results(number: str, office: str, sent: Sequence[Sent]) -> bytes:
    """.xlsx bytes with the payments of batch `number`, to be filled in."""
    heading = (f"批次编号：{number}　　拨付部门：{office}",)
    rows = [{key: getattr(one, key) for key in Sent.__slots__} for one in sent]
    return write_sheet(Page(RESULTS, rows, heading, notes=_NOTES, signatures=SIGNED_BY_SENDER))


def read_bank_results(data: bytes) -> SheetRead:
    """Rows with the sheet's keys. Raises InvalidRequest or TooLarge for the file as a whole."""
    return read_sheet(data, RESULTS)
