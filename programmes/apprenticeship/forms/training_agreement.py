"""培训协议: employer and apprentice, one person or a batch of one occupation (APP-10). Our own design.

Target, content and term, assessment standard, treatment and duties stand in it in this order. What the system doesn't
know is a line left blank; signatures and dates always are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.forms.codes import LEVELS, printed
from shared.forms.printed.documents import Block, Document, Fields, Heading, Paragraph, Signature, Table, render

_BLANK = "＿＿＿＿＿＿＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True)
class Training:
    """What is trained, as approved. `level`: a code; days as printed; credits and class hours of the plan."""

    occupation: str
    level: str
    term_years: int
    starts_on: str
    standard: str
    classroom_credits: int
    workplace_credits: int
    general_hours: int
    theory_hours: int
    practice_hours: int


@dataclass(frozen=True, slots=True)
class AgreementHead:
    """Between whom, and under which document: `basis` is its title and number."""

    project: str
    employer: str
    employer_uscc: str
    training_provider: str
    basis: str


@dataclass(frozen=True, slots=True)
class Apprentice:
    """Who signs: name and number as they are printed."""

    name: str
    id_number: str


def write_training_agreement(head: AgreementHead, training: Training, apprentices: Sequence[Apprentice]) -> bytes:
    """.docx bytes. One apprentice: an individual agreement; several: a collective one with their list."""
    collective = len(apprentices) != 1
    return render(
        Document(
            "企业新型学徒制培训协议书" + ("（集体）" if collective else ""),
            [
                Fields(_parties(head, apprentices)),
                Heading("一、培训目标"),
                Paragraph(
                    f"甲方按《{training.standard}》培养乙方，培训职业工种为{training.occupation}，"
                    f"目标等级为{printed(LEVELS, training.level)}。"
                ),
                Heading("二、培训内容与期限"),
                Paragraph(_content(training)),
                Paragraph(f"期限 {training.term_years} 年，计划自 {training.starts_on} 起。"),
                Heading("三、培训考核标准"),
                Paragraph("修满约定学分后，由甲方和培训机构共同考核；考核办法和合格标准："),
                Paragraph(_BLANK * 2),
                Heading("四、培训期间待遇"),
                Paragraph(f"乙方培训期间的工资为每月{_BLANK}元，不低于本市最低工资标准；其他待遇：{_BLANK}"),
                Heading("五、学徒义务"),
                Paragraph("乙方按计划参加培训和考核，遵守甲方和培训机构的管理规定；其他约定："),
                Paragraph(_BLANK * 2),
                *_list(apprentices, collective),
                Signature(
                    ("甲方（公章）：", "乙方（签字" + ("，集体协议由学徒逐人签名" if collective else "") + "）：")
                ),
                Signature(("签订日期：　　年　　月　　日",)),
            ],
            footnote=f"项目编号 {head.project}　依据 {head.basis}　本表样由本系统自行设计",
        )
    )


def _parties(head: AgreementHead, apprentices: Sequence[Apprentice]) -> list[tuple[str, str]]:
    parties = [("甲方（用人单位）", head.employer), ("统一社会信用代码", head.employer_uscc)]
    if len(apprentices) == 1:
        (only,) = apprentices
        parties += [("乙方（学徒）", only.name), ("身份证号", only.id_number)]
    else:
        parties += [("乙方（学徒）", f"附表所列 {len(apprentices)} 人")]
    return [*parties, ("培训机构", head.training_provider)]


def _content(training: Training) -> str:
    return (
        f"课堂 {training.classroom_credits} 学分，岗位 {training.workplace_credits} 学分；"
        f"其中通用素质 {training.general_hours} 学时，专业理论 {training.theory_hours} 学时，"
        f"实操技能 {training.practice_hours} 学时。"
    )


def _list(apprentices: Sequence[Apprentice], collective: bool) -> list[Block]:
    if not collective:
        return []
    rows = [(str(number), one.name, one.id_number, "") for number, one in enumerate(apprentices, start=1)]
    return [Heading("附表：学徒名单"), Table(("序号", "姓名", "身份证号", "本人签名"), rows, (1, 3, 5, 3))]
