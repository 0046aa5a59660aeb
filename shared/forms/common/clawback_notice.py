"""追回通知书: what is asked back, why, of which money, how to pay it and until when (X-10). Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.forms.printed.documents import Fields, Heading, Paragraph, Signature, Table, write_letter
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that went out: of which claim, when, from which source's money of which year."""

    claim: str
    paid_on: str
    source: str
    fiscal_year: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Share:
    """What goes back to one source's money of one year, and what of it is outstanding."""

    source: str
    fiscal_year: int
    amount: Money
    outstanding: Money


@dataclass(frozen=True, slots=True)
class Group:
    """People of whom the same is asked back for the same reason."""

    reason: str
    persons: int
    each: Money


@dataclass(frozen=True, slots=True)
class ClawbackNotice:
    """`grounds`: the clause, or an officer's basis; `due_on`, `issued_on`: as printed; `office`: who asks.

    `ended`: what the amount went down by until `as_of`, the day of printing: words and yuan, none that is zero.
    """

    number: str
    payee: str
    payee_code: str
    project: str
    grounds: str
    reason: str
    amount: Money
    ended: Sequence[tuple[str, Money]]
    outstanding: Money
    as_of: str
    paid: Sequence[Paid]
    shares: Sequence[Share]
    groups: Sequence[Group]
    pay_to: str
    due_on: str
    words: str
    office: str
    issued_on: str


def write_clawback_notice(notice: ClawbackNotice) -> bytes:
    """.docx bytes."""
    return write_letter(
        "追回通知书",
        notice.number,
        f"{notice.payee}（{notice.payee_code}）",
        [
            Paragraph(
                f"你单位培训项目（{notice.project}）已领取的补贴中，"
                f"有 {notice.amount} 元应予退还：{notice.reason}。"
                f"依据：{notice.grounds}。截至 {notice.as_of}，{_ended(notice)}尚未退还 {notice.outstanding} 元。"
            ),
            *([Paragraph(f"说明：{notice.words}")] if notice.words else []),
            Heading("一、已拨付情况"),
            Table(("申领", "到账日期", "资金来源", "年度", "拨付金额（元）"), _paid(notice), (3, 3, 4, 2, 3)),
            Heading("二、应退还金额及渠道"),
            Table(("资金来源", "年度", "应退还（元）", "尚未退还（元）"), _shares(notice), (4, 2, 3, 3)),
            Heading("三、涉及人员"),
            Table(("情形", "人数", "每人应退还（元）", "合计（元）"), _groups(notice), (5, 2, 3, 3)),
            Heading("四、如何退还"),
            Fields(
                [
                    ("收款账户和附言", notice.pay_to),
                    ("退还期限", f"{notice.due_on}（含当日）"),
                    ("咨询和异议", notice.office),
                ]
            ),
            Signature((notice.office, "（公章）", notice.issued_on)),
        ],
    )


def _paid(notice: ClawbackNotice) -> list[tuple[str, ...]]:
    return [(one.claim, one.paid_on, one.source, str(one.fiscal_year), str(one.amount)) for one in notice.paid]


def _ended(notice: ClawbackNotice) -> str:
    return "".join(f"{words} {amount} 元，" for words, amount in notice.ended)


def _shares(notice: ClawbackNotice) -> list[tuple[str, ...]]:
    return [(one.source, str(one.fiscal_year), str(one.amount), str(one.outstanding)) for one in notice.shares]


def _groups(notice: ClawbackNotice) -> list[tuple[str, ...]]:
    return [(one.reason, str(one.persons), str(one.each), str(one.each.times(one.persons))) for one in notice.groups]
