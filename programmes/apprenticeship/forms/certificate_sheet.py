"""职业证书登记表: occupational certificates that apprentices earned (APP-13, APP-34). Our own design."""

from __future__ import annotations

from programmes.apprenticeship.forms.codes import CERTIFICATES
from shared.forms.codes import LEVELS, YES_NO
from shared.forms.spreadsheet.fill_in import FillIn
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

FORM = FillIn(
    Sheet(
        title="企业新型学徒制职业证书登记表",
        columns=(
            Column("serial", "序号", Kind.SERIAL, width=6),
            Column("enrolment_id", "学籍编号", required=True, width=34),
            Column("name", "姓名", width=12),
            Column("kind", "证书种类", Kind.CHOICE, True, choices=CERTIFICATES, width=20),
            Column("occupation", "职业工种代码", required=True, width=16),
            Column("level", "等级", Kind.CHOICE, choices=LEVELS, width=10),
            Column("number", "证书编号", Kind.NUMBER, True, unique=True, width=26),
            Column("issued_on", "发证日期", Kind.DATE, True, width=12),
            Column("self_issued", "本企业自主评价发放", Kind.CHOICE, choices=YES_NO, width=10),
        ),
    ),
    notes=("没有等级的证书不填等级；本企业自主评价发放的填“是”，并填等级。",),
)
