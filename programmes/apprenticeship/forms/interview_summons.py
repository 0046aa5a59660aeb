"""约谈通知书 with its minutes: the district calls an employer's head, and what was said there (APP-26). Our own design.

Before the interview the minutes are lines to be filled in by hand; afterwards they print what was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from programmes.apprenticeship.forms.codes import SUMMONS_GROUNDS
from shared.forms.codes import printed
from shared.forms.printed.documents import Block, Fields, Heading, Paragraph, Signature, write_letter

_BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿"
_BLANK_LINES = 6


@dataclass(frozen=True, slots=True)
class Summons:
    """`grounds`: codes; days as printed; `office`: who calls; `basis`: the document's title and number."""

    number: str
    employer: str
    project: str
    office: str
    basis: str
    grounds: Sequence[str]
    words: str
    meet_on: str
    place: str
    called_on: str


@dataclass(frozen=True, slots=True)
class Minutes:
    """`remedy_due_on`: empty where the employer refused."""

    held_on: str
    superior: str
    superior_present: bool
    head_present: bool
    minutes: str
    agreed: bool
    remedy_due_on: str


def write_interview_summons(summons: Summons, minutes: Minutes | None) -> bytes:
    """.docx bytes: the call, then the minutes."""
    grounds = "、".join(printed(SUMMONS_GROUNDS, ground) for ground in summons.grounds)
    return write_letter(
        "约谈通知书",
        summons.number,
        summons.employer,
        [
            Paragraph(
                f"你单位的培训项目（{summons.project}）存在下列情形：{grounds}。依据{summons.basis}，"
                f"请单位负责人于 {summons.meet_on} 到 {summons.place} 接受约谈。"
            ),
            Paragraph(f"说明：{summons.words}"),
            Signature((summons.office, "（公章）", summons.called_on)),
            Heading("约谈记录"),
            *_minutes(minutes),
            Signature(("企业负责人（签字）：", "上级单位（签字）：", "约谈人（签字）：", "日期：　　年　　月　　日")),
        ],
    )


def _minutes(minutes: Minutes | None) -> list[Block]:
    if minutes is None:
        return [Paragraph(_BLANK, indent=False) for _ in range(_BLANK_LINES)]
    due = f"，整改期限 {minutes.remedy_due_on}" if minutes.remedy_due_on else ""
    fields = [
        ("约谈日期", minutes.held_on),
        ("企业负责人", "到场" if minutes.head_present else "未到场"),
        ("上级单位", f"{minutes.superior}（{'到场' if minutes.superior_present else '未到场'}）"),
        ("结果", f"同意整改{due}" if minutes.agreed else "拒绝整改"),
    ]
    return [Fields(fields), Paragraph(minutes.minutes)]
