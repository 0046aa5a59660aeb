"""公示: what is published of a case, for which days, and where objections go (X-11). Our own design."""

from __future__ import annotations

from dataclasses import dataclass

from shared.forms.printed.documents import Document, Fields, Heading, Paragraph, Signature, render


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """Days as printed; `office`: who publishes, and takes objections; `published_at`: where it is published."""

    number: str
    title: str
    text: str
    employer: str
    basis: str
    published_at: str
    from_on: str
    to_on: str
    working_days: int
    office: str


def write_public_notice(notice: PublicNotice) -> bytes:
    """.docx bytes. Telephone, stamp and date are left blank."""
    days = f"{notice.from_on} 至 {notice.to_on}（{notice.working_days} 个工作日，发布当日不计）"
    return render(
        Document(
            notice.title,
            [
                Paragraph(f"编号：{notice.number}", indent=False),
                *(Paragraph(line) for line in notice.text.splitlines() if line.strip()),
                Paragraph(f"该事项按照{notice.basis}办理，现予公示。"),
                Fields(
                    [
                        ("单位", notice.employer),
                        ("公示期", days),
                        ("公示渠道", notice.published_at),
                    ]
                ),
                Heading("异议"),
                Paragraph(
                    f"对公示内容有异议的，请在 {notice.to_on} 前（含当日）向{notice.office}反映，写明事由并附有关材料；"
                    "以单位名义反映的请加盖公章。公示期内及异议答复前，不拨付该项目补贴。"
                ),
                Paragraph("联系电话：", indent=False),
                Signature((notice.office, "（公章）", "　　年　　月　　日")),
            ],
            footnote=f"{notice.number}　本文书样式由本系统自行设计",
        )
    )
