"""工资登记表: what apprentices were paid month by month (APP-25). Our own design."""

from __future__ import annotations

from shared.forms.spreadsheet.fill_in import FillIn
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

FORM = FillIn(
    Sheet(
        title="企业新型学徒制工资登记表",
        columns=(
            Column("serial", "序号", Kind.SERIAL, width=6),
            Column("enrolment_id", "学籍编号", required=True, width=34),
            Column("name", "姓名", width=12),
            Column("month", "月份", Kind.MONTH, True, width=10),
            Column("wage", "实发工资（元）", Kind.MONEY, True, aliases=("月工资", "实发工资"), width=14),
        ),
    ),
    notes=("每名学徒每月一行，可复制学籍编号后插入新行；更正的按新的数额再报一次。",),
)
