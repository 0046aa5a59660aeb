"""资金拨付清单: one batch for the treasury, made by one and checked by another (X-5). Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.forms.printed.chinese import capital_amount
from shared.forms.spreadsheet.sheets import OWN_DESIGN, Column, Kind, Sheet
from shared.forms.spreadsheet.writer import Page, write_sheet
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment. `account`: the full number, the treasury pays by it; `purpose`: such as 尾款."""

    payee: str
    bank: str
    account: str
    amount: Money
    fund_source: str
    fiscal_year: int
    purpose: str
    claim_number: str
    payment_id: str


@dataclass(frozen=True, slots=True)
class BatchHead:
    """Whose batch it is. `office`: who pays; `basis`: the document's title and number; `made_on`: as printed."""

    number: str
    office: str
    basis: str
    made_on: str


BATCH = Sheet(
    title="补贴资金拨付清单",
    columns=(
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("payee", "收款单位", width=26),
        Column("bank", "开户银行", width=24),
        Column("account", "账号", Kind.CODE, width=24),
        Column("amount", "金额（元）", Kind.MONEY, width=15),
        Column("fund_source", "资金来源", width=20),
        Column("fiscal_year", "预算年度", width=9),
        Column("purpose", "用途", width=16),
        Column("claim_number", "申领编号", width=34),
        Column("payment_id", "支付编号", width=34),
    ),
)

_SIGNATURES = (
    "制单人（签字）：　　　　　　　　复核人（签字）：　　　　　　　　负责人（签字）：",
    "部门（公章）：　　　　　　　　日期：　　　年　　月　　日",
)


def write_payment_batch(head: BatchHead, payments: Sequence[Payment]) -> bytes:
    """.xlsx bytes, with the total in figures and in capital figures."""
    total = Money.sum(payment.amount for payment in payments)
    heading = (
        f"批次编号：{head.number}　　拨付部门：{head.office}　　制单日期：{head.made_on}",
        f"依据：{head.basis}",
        f"合计 {len(payments)} 笔，{total} 元，人民币（大写）{capital_amount(total)}",
    )
    rows = [{key: getattr(payment, key) for key in Payment.__slots__} for payment in payments]
    return write_sheet(Page(BATCH, rows, heading, ("amount",), (OWN_DESIGN,), _SIGNATURES))
