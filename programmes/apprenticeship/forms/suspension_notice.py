"""停训整改通知书: the city's order that training stands still until put right (APP-26). Our own design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programmes.apprenticeship.forms.codes import SUMMONS_GROUNDS
from shared.forms.codes import OUTCOMES, printed
from shared.forms.printed.documents import Heading, Paragraph, Signature, Table, write_letter


@dataclass(frozen=True, slots=True)
class Suspension:
    """`grounds`: codes; `findings`: of the decision, each as JSON; days as printed; `office`: who orders."""

    number: str
    employer: str
    project: str
    office: str
    basis: str
    grounds: Sequence[str]
    from_on: str
    words: str
    findings: Sequence[Mapping[str, Any]]
    ordered_on: str


def write_suspension_notice(notice: Suspension) -> bytes:
    """.docx bytes."""
    grounds = "、".join(printed(SUMMONS_GROUNDS, ground) for ground in notice.grounds)
    rows = [
        (str(one["rule"]), str(one["clause"]), printed(OUTCOMES, str(one["outcome"])), str(one["message"]))
        for one in notice.findings
    ]
    return write_letter(
        "停训整改通知书",
        notice.number,
        notice.employer,
        [
            Paragraph(
                f"你单位的培训项目（{notice.project}）存在下列情形：{grounds}，经约谈未予整改。"
                f"依据{notice.basis}，决定自 {notice.from_on} 起停止该项目的培训，限期整改。"
            ),
            Paragraph(f"说明：{notice.words}"),
            Heading("认定情况"),
            Table(("规则", "依据条款", "结论", "说明"), rows, (2, 3, 2, 7)),
            Heading("下一步"),
            Paragraph("停训期间不登记学时、不拨付补贴。整改完成后请报区级核查，由市级决定恢复培训。"),
            Signature((notice.office, "（公章）", notice.ordered_on)),
        ],
    )
