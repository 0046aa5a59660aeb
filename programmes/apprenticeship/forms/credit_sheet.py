"""学时登记表: class hours of apprentices, a line for each session of each of them (APP-15, APP-31). Our own design."""

from __future__ import annotations

from programmes.apprenticeship.forms.codes import CONTENTS, MODES, PARTS
from shared.forms.spreadsheet.fill_in import FillIn
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

FORM = FillIn(
    Sheet(
        title="企业新型学徒制学时登记表",
        columns=(
            Column("serial", "序号", Kind.SERIAL, width=6),
            Column("enrolment_id", "学籍编号", required=True, width=34),
            Column("name", "姓名", width=12),
            Column("on", "上课日期", Kind.DATE, True, aliases=("日期",), width=12),
            Column("part", "学分类别", Kind.CHOICE, True, choices=PARTS, width=10),
            Column("content", "课程类别", Kind.CHOICE, True, choices=CONTENTS, width=12),
            Column("mode", "培训形式", Kind.CHOICE, True, choices=MODES, width=10),
            Column("class_hours", "学时", Kind.INTEGER, True, width=7),
            Column("topic", "课程或内容", aliases=("课程",), width=26),
            Column("reason", "超过每日学时的理由", width=26),
        ),
    ),
    notes=(
        "同一学徒的每次课填一行，可复制学籍编号后插入新行；同日同一课程请合并为一行；一日学时超过规定的，请写明理由。",
    ),
)
