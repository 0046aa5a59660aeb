"""考核结果登记表: the joint result of each apprentice (APP-13). Our own design."""

from __future__ import annotations

from programmes.apprenticeship.forms.codes import PASS_CERTIFICATES
from shared.forms.codes import RESULTS, YES_NO
from shared.forms.spreadsheet.fill_in import FillIn
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

FORM = FillIn(
    Sheet(
        title="企业新型学徒制考核结果登记表",
        columns=(
            Column("serial", "序号", Kind.SERIAL, width=6),
            Column("enrolment_id", "学籍编号", required=True, unique=True, width=34),
            Column("name", "姓名", width=12),
            Column("result", "考核结果", Kind.CHOICE, True, choices=RESULTS, width=12),
            Column("assessed_on", "考核日期", Kind.DATE, True, width=12),
            Column("assessed_by_employer", "企业参加考核", Kind.CHOICE, choices=YES_NO, width=9),
            Column("assessed_by_provider", "培训机构参加考核", Kind.CHOICE, choices=YES_NO, width=9),
            Column("pass_certificate", "发放的合格证书", Kind.CHOICE, choices=PASS_CERTIFICATES, width=26),
        ),
    ),
    notes=(
        "考核由企业和培训机构共同进行，双方各自登记，结果一致后生效；只填本方是否参加，对方的由对方登记。",
        "考核合格的填发放的合格证书，不合格的不填。",
    ),
)
