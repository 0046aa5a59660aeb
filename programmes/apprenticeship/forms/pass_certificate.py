"""培训合格证书: what an apprentice gets who passed the joint assessment (APP-13). Our own design.

The number at the foot is the enrolment's, for verification.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.forms.codes import LEVELS, printed
from shared.forms.printed.documents import Document, Fields, Paragraph, Signature, render

CERTIFICATE = "apprenticeship_certificate"
"""The kind of pass certificate that this form is; a graduation certificate is the college's own."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Who passed what. Days as printed; `level`: a code; `number`: of the enrolment."""

    name: str
    id_number: str
    employer: str
    training_provider: str
    occupation: str
    level: str
    enrolled_on: str
    assessed_on: str
    number: str


def write_pass_certificate(passed: Passed) -> bytes:
    """.docx bytes."""
    return render(
        Document(
            "企业新学徒培训合格证书",
            [
                Paragraph(f"{passed.name}（身份证号 {passed.id_number}）："),
                Paragraph(
                    f"于 {passed.enrolled_on} 至 {passed.assessed_on} 参加企业新型学徒制培训，"
                    "经企业和培训机构共同考核，成绩合格，特发此证。"
                ),
                Fields(
                    [
                        ("职业工种", passed.occupation),
                        ("培训等级", printed(LEVELS, passed.level)),
                        ("用人单位", passed.employer),
                        ("培训机构", passed.training_provider),
                    ]
                ),
                Signature(("用人单位（公章）：", "培训机构（公章）：", "　　年　　月　　日")),
            ],
            footnote=f"证书核验编号 {passed.number}　本证书样式由本系统自行设计",
        )
    )
