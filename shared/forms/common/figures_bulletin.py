"""工作情况通报: figures of a programme by district, occupation, level and year, people and money. Our own design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared.forms.codes import LEVELS
from shared.forms.spreadsheet.sheets import Column, Kind, Sheet
from shared.forms.spreadsheet.writer import Page, Value, write_sheet

_PEOPLE = ("person_times", "in_training", "passed", "failed", "left", "certified")
_MONEY = ("committed", "paid", "recoverable")
SHEET = Sheet(
    "工作情况通报",
    (
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("district", "辖区"),
        Column("occupation", "职业工种", width=16),
        Column("level", "培训等级", Kind.CHOICE, choices=LEVELS, width=10),
        Column("year", "年度", Kind.INTEGER, width=8),
        Column("person_times", "人次", Kind.INTEGER, width=8),
        Column("persons", "人数", Kind.INTEGER, width=8),
        Column("in_training", "在训", Kind.INTEGER, width=8),
        Column("passed", "合格", Kind.INTEGER, width=8),
        Column("failed", "不合格", Kind.INTEGER, width=8),
        Column("left", "退出", Kind.INTEGER, width=8),
        Column("certified", "取证", Kind.INTEGER, width=8),
        Column("fund_source", "资金来源", width=24),
        Column("committed", "已承诺未拨付（元）", Kind.MONEY, width=18),
        Column("paid", "已拨付（元）", Kind.MONEY, width=16),
        Column("recoverable", "应追回（元）", Kind.MONEY, width=16),
    ),
)
NOTES = (
    "年度：人员按学籍建立的年份，资金按财政年度。",
    "人数在同一行内不重复计算，各行之间可能有同一人，因此不加总；人次可以加总。",
)


def write_figures_bulletin(
    heading: Sequence[str], rows: Sequence[Mapping[str, Value]], *, title: str = SHEET.title
) -> bytes:
    """.xlsx bytes. `rows`: by the keys of SHEET; a line with several fund sources has its people in the first row."""
    return write_sheet(Page(replace(SHEET, title=title), rows, heading, (*_PEOPLE, *_MONEY), NOTES))
