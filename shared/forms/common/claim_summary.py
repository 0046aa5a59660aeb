"""补贴申领汇总表: one claim in groups of equal treatment, its total in capital figures. Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.forms.codes import LEVELS, RESULTS, printed
from shared.forms.printed.chinese import capital_amount
from shared.forms.printed.documents import Document, Fields, Heading, Paragraph, Signature, Table, render
from shared.money import Money

TITLE = "补贴资金申领汇总表"
"""Where a programme gives it no title of its own."""


@dataclass(frozen=True, slots=True)
class ClaimHead:
    """Who claims what. `kind`: such as 预拨 or 尾款; `basis`: the document's title and number."""

    claim_number: str
    kind: str
    claimant: str
    claimant_uscc: str
    project: str
    district: str
    basis: str
    submitted_on: str


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """Apprentices treated alike. `level`, `result`: codes; `persons`: how many; `amount`: theirs together."""

    occupation: str
    level: str
    result: str
    persons: int
    per_person: Money
    amount: Money


def write_claim_summary(head: ClaimHead, groups: Sequence[ClaimGroup], clawback: Money, *, title: str = TITLE) -> bytes:
    """.docx bytes. `clawback`: what is to be taken back from the same batch, shown apart (INT-4)."""
    total = Money.sum(group.amount for group in groups)
    return render(
        Document(
            title,
            [
                Fields(_head_fields(head)),
                Heading("一、申领明细"),
                Table(
                    ("职业工种", "培训等级", "考核结果", "人数", "人均（元）", "金额（元）"),
                    [*(_cells(group) for group in groups), _total_cells(groups, total)],
                    (3, 2, 4, 1, 2, 3),
                ),
                Paragraph(f"申领金额合计：{total} 元，人民币（大写）{capital_amount(total)}。"),
                Paragraph(f"另应追回金额：{clawback} 元，人民币（大写）{capital_amount(clawback)}。"),
                Heading("二、申领单位意见"),
                Signature(("负责人（签字）：", "单位（公章）：", "日期：　　年　　月　　日")),
                Heading("三、审核意见"),
                Signature(("负责人（签字）：", "部门（公章）：", "日期：　　年　　月　　日")),
            ],
            footnote=f"申领编号 {head.claim_number}　本表样由本系统自行设计",
        )
    )


def _head_fields(head: ClaimHead) -> list[tuple[str, str]]:
    return [
        ("申领编号", head.claim_number),
        ("申领类别", head.kind),
        ("申领单位", head.claimant),
        ("统一社会信用代码", head.claimant_uscc),
        ("培训项目", head.project),
        ("所属区", head.district),
        ("政策依据", head.basis),
        ("提交日期", head.submitted_on),
    ]


def _cells(group: ClaimGroup) -> tuple[str, ...]:
    return (
        group.occupation,
        printed(LEVELS, group.level),
        printed(RESULTS, group.result),
        str(group.persons),
        str(group.per_person),
        str(group.amount),
    )


def _total_cells(groups: Sequence[ClaimGroup], total: Money) -> tuple[str, ...]:
    return ("合计", "", "", str(sum(group.persons for group in groups)), "", str(total))
