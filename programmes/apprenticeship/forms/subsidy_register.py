"""补贴台账: who was funded and how each amount was worked out (APP-18 to APP-22). Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from programmes.apprenticeship.forms.codes import OCCUPATION_CLASSES
from shared.forms.codes import LEVELS, RESULTS, YES_NO
from shared.forms.spreadsheet.sheets import OWN_DESIGN, Column, Kind, Sheet
from shared.forms.spreadsheet.writer import Page, write_sheet
from shared.money import Money


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One apprentice. Codes as in `codes`; `share`: as printed, such as 85%; amounts before payment."""

    name: str
    id_number: str
    occupation: str
    occupation_class: str
    level: str
    term_years: int
    rate: Money
    result: str
    certified: bool
    share: str
    entitlement: Money
    advance: Money
    balance: Money
    clawback: Money
    fund_source: str


@dataclass(frozen=True, slots=True)
class RegisterHead:
    """Whose register it is. `basis`: the government document's title and number."""

    employer: str
    project: str
    basis: str
    printed_on: str


REGISTER = Sheet(
    title="企业新型学徒制补贴资金台账",
    columns=(
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("name", "姓名", width=14),
        Column("id_number", "身份证号", Kind.CODE, width=21),
        Column("occupation", "职业工种", width=14),
        Column("occupation_class", "职业类别", Kind.CHOICE, choices=OCCUPATION_CLASSES, width=13),
        Column("level", "培训等级", Kind.CHOICE, choices=LEVELS, width=10),
        Column("term_years", "培训年限", width=9),
        Column("rate", "补贴标准（元/人年）", Kind.MONEY, width=12),
        Column("result", "考核结果", Kind.CHOICE, choices=RESULTS, width=11),
        Column("certified", "是否取证", Kind.CHOICE, choices=YES_NO, width=9),
        Column("share", "补贴比例", width=9),
        Column("entitlement", "核定金额（元）", Kind.MONEY, width=13),
        Column("advance", "预拨金额（元）", Kind.MONEY, width=13),
        Column("balance", "尾款金额（元）", Kind.MONEY, width=13),
        Column("clawback", "应追回金额（元）", Kind.MONEY, width=13),
        Column("fund_source", "资金来源", width=16),
    ),
)

_SIGNATURES = ("单位（公章）：　　　　　　　　经办人（签字）：　　　　　　　　日期：　　　年　　月　　日",)


def write_register(head: RegisterHead, lines: Sequence[RegisterLine]) -> bytes:
    """.xlsx bytes, with totals of the four amounts."""
    heading = (
        f"单位名称：{head.employer}　　培训项目：{head.project}",
        f"依据：{head.basis}　　制表日期：{head.printed_on}",
    )
    rows = [
        {key: getattr(line, key) for key in RegisterLine.__slots__}
        | {"certified": "yes" if line.certified else "no", "term_years": f"{line.term_years}年"}
        for line in lines
    ]
    totals = ("entitlement", "advance", "balance", "clawback")
    return write_sheet(Page(REGISTER, rows, heading, totals, (OWN_DESIGN,), _SIGNATURES))
