"""合作协议: employer and training provider (APP-10). Our own design.

Mode, content, term, fee and the duties of both stand in it in this order. What the system doesn't know is left blank.
"""

from __future__ import annotations

from programmes.apprenticeship.forms.training_agreement import AgreementHead, Training
from shared.forms.codes import LEVELS, printed
from shared.forms.printed.chinese import capital_amount
from shared.forms.printed.documents import Document, Fields, Heading, Paragraph, Signature, render
from shared.money import Money

_BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿"


def write_cooperation_agreement(head: AgreementHead, training: Training, persons: int, fee: Money | None) -> bytes:
    """.docx bytes. `fee`: as filed, blank before; `persons`: planned."""
    return render(
        Document(
            "企业新型学徒制培训合作协议书",
            [
                Fields(
                    [
                        ("甲方（用人单位）", head.employer),
                        ("统一社会信用代码", head.employer_uscc),
                        ("乙方（培训机构）", head.training_provider),
                    ]
                ),
                Heading("一、培训方式"),
                Paragraph(
                    f"甲乙双方共同培养学徒 {persons} 人，集中培训由乙方承担，岗位训练由甲方承担。具体方式：{_BLANK}"
                ),
                Heading("二、培训内容"),
                Paragraph(
                    f"职业工种为{training.occupation}，等级为{printed(LEVELS, training.level)}，"
                    f"依据《{training.standard}》；通用素质 {training.general_hours} 学时，"
                    f"专业理论 {training.theory_hours} 学时，实操技能 {training.practice_hours} 学时。"
                ),
                Heading("三、期限"),
                Paragraph(f"{training.term_years} 年，计划自 {training.starts_on} 起。"),
                Heading("四、费用"),
                Paragraph(_fee(fee)),
                Heading("五、双方责任"),
                Paragraph(f"甲方：{_BLANK * 2}", indent=False),
                Paragraph(f"乙方：{_BLANK * 2}", indent=False),
                Signature(("甲方（公章）：", "乙方（公章）：", "签订日期：　　年　　月　　日")),
            ],
            footnote=f"项目编号 {head.project}　依据 {head.basis}　本表样由本系统自行设计",
        )
    )


def _fee(fee: Money | None) -> str:
    if fee is None:
        return f"培训费用合计{_BLANK}元，支付办法：{_BLANK}"
    return f"培训费用合计 {fee} 元，人民币（大写）{capital_amount(fee)}；支付办法：{_BLANK}"
