"""导师配备表: the workplace mentor and the instructor of each apprentice (APP-11, APP-12). Our own design."""

from __future__ import annotations

from shared.forms.spreadsheet.fill_in import FillIn
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet

FORM = FillIn(
    Sheet(
        title="企业新型学徒制导师配备表",
        columns=(
            Column("serial", "序号", Kind.SERIAL, width=6),
            Column("person_id", "人员编号", required=True, width=34),
            Column("name", "姓名", width=12),
            Column("workplace_mentor_id", "企业导师编号", required=True, width=34),
            Column("instructor_id", "培训教师编号", required=True, width=34),
        ),
    ),
    notes=("企业导师、培训教师填登记时系统给出的编号；每名学徒至少一行，有多位导师的每组填一行。",),
)
