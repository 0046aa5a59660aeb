"""学分登记表: one apprentice's credits, with their source (APP-15). Our own design."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from programmes.apprenticeship.forms.codes import CREDIT_PARTS, CREDIT_SOURCES
from shared.forms.codes import LEVELS, printed
from shared.forms.printed.documents import Document, Fields, Paragraph, Signature, Table, render


@dataclass(frozen=True, slots=True)
class Credit:
    """One entry. `part`: classroom, workplace or extra; `source`: training, recognised or bonus (with a reason)."""

    earned_on: str
    course: str
    part: str
    class_hours: Decimal
    credits: Decimal
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CreditHead:
    """Whose record it is. `level`: a code; `required`: credits that the document asks for at this level."""

    name: str
    id_number: str
    employer: str
    training_provider: str
    occupation: str
    level: str
    required: Decimal


def write_credit_record(head: CreditHead, credits_earned: Sequence[Credit]) -> bytes:
    """.docx bytes, with the sums of both parts and of all, beside what is required."""
    return render(
        Document(
            "企业新型学徒制学分登记表",
            [
                Fields(
                    [
                        ("姓名", head.name),
                        ("身份证号", head.id_number),
                        ("用人单位", head.employer),
                        ("培训机构", head.training_provider),
                        ("职业工种", head.occupation),
                        ("培训等级", printed(LEVELS, head.level)),
                    ]
                ),
                Table(
                    ("日期", "课程或内容", "类别", "学时", "学分", "来源及理由"),
                    [_cells(credit) for credit in credits_earned],
                    (3, 5, 2, 2, 2, 4),
                ),
                Paragraph(_summary(head, credits_earned)),
                Signature(
                    (
                        "企业导师（签字）：",
                        "培训机构（公章）：",
                        "用人单位（公章）：",
                        "日期：　　年　　月　　日",
                    )
                ),
            ],
            footnote="本表样由本系统自行设计",
        )
    )


def _cells(credit: Credit) -> tuple[str, ...]:
    source = printed(CREDIT_SOURCES, credit.source)
    return (
        credit.earned_on,
        credit.course,
        printed(CREDIT_PARTS, credit.part),
        str(credit.class_hours) if credit.class_hours else "",
        str(credit.credits),
        f"{source}：{credit.reason}" if credit.reason else source,
    )


def _summary(head: CreditHead, credits_earned: Sequence[Credit]) -> str:
    parts = list(dict.fromkeys(credit.part for credit in credits_earned))
    sums = (
        "，".join(f"{printed(CREDIT_PARTS, part)} {_sum(credits_earned, part):f} 学分" for part in parts) or "尚无学分"
    )
    total = sum((credit.credits for credit in credits_earned), Decimal(0))
    return f"{sums}；合计 {total.normalize():f} 学分，应修 {head.required} 学分。"


def _sum(credits_earned: Sequence[Credit], part: str) -> Decimal:
    return sum((credit.credits for credit in credits_earned if credit.part == part), Decimal(0)).normalize()
