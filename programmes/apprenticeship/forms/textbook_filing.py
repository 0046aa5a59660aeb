"""教材备案表: the textbooks that an employer chose, filed with its district (APP-16). Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.forms.codes import LEVELS, printed
from shared.forms.printed.documents import Document, Fields, Paragraph, Signature, Table, render


@dataclass(frozen=True, slots=True)
class FilingHead:
    """`filed_on`: as printed, empty before the filing; `level`: a code; `district`: by name."""

    project: str
    employer: str
    training_provider: str
    district: str
    occupation: str
    level: str
    filed_on: str


def write_textbook_filing(head: FilingHead, titles: Sequence[str], lines: int = 10) -> bytes:
    """.docx bytes; without titles as many empty lines, to be filled in."""
    rows = [(str(number), title, "") for number, title in enumerate(titles or [""] * lines, start=1)]
    return render(
        Document(
            "企业新型学徒制教材备案表",
            [
                Fields(
                    [
                        ("用人单位", head.employer),
                        ("培训机构", head.training_provider),
                        ("所属区", head.district),
                        ("职业工种", head.occupation),
                        ("培训等级", printed(LEVELS, head.level)),
                        ("备案日期", head.filed_on),
                    ]
                ),
                Table(("序号", "教材名称", "出版单位、版次"), rows, (1, 5, 4)),
                Paragraph("本表由用人单位报所属区存档。"),
                Signature(("用人单位（公章）：", "收件人（签字）：", "日期：　　年　　月　　日")),
            ],
            footnote=f"项目编号 {head.project}　本表样由本系统自行设计",
        )
    )
