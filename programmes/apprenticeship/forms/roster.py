"""学徒花名册: the employer's roster of apprentices, as a blank, filled in, and read back. Our own design.

A column is here because a rule needs it: skilled post and contract (APP-2, INT-19), insurance (INT-21), form of
employment and agency (APP-3, INT-20), occupation (APP-4, APP-17), level (APP-8), level already held (INT-37), mentor
and instructor (APP-11, APP-12), wage (APP-25).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from programmes.apprenticeship.forms.codes import EMPLOYMENT_FORMS, OPEN_ENDED, TRAINED_LEVELS
from shared.forms.codes import IDENTITY_DOCUMENTS, LEVELS, YES_NO
from shared.forms.spreadsheet.reader import read_sheet
from shared.forms.spreadsheet.sheets import SIGNED_BY_SENDER, Column, Kind, Sheet, SheetRead
from shared.forms.spreadsheet.writer import Page, Value, write_sheet
from shared.identity import BadNumber, DocumentKind, parse_document_number, parse_phone, parse_uscc


def _cure(parse: Callable[[str], str], text: str) -> str | None:
    """What a parser of shared.identity finds wrong with a number, as a cell's cure."""
    try:
        parse(text)
    except BadNumber as problem:
        return str(problem)
    return None


_check_phone = partial(_cure, parse_phone)
_check_uscc = partial(_cure, parse_uscc)


def _check_row(today: date, values: Mapping[str, str]) -> dict[str, str]:
    """What one cell can't show: the number by its kind, the contract's dates, a dispatched worker's agency."""
    cures = _check_agency(values)
    kind = DocumentKind(values["id_kind"])
    if wrong := _cure(lambda text: parse_document_number(kind, text, today), values["id_number"]):
        cures["id_number"] = wrong
    ends_on = values["contract_ends_on"]
    if ends_on not in OPEN_ENDED.values() and ends_on < values["contract_starts_on"]:
        cures["contract_ends_on"] = "劳动合同止早于劳动合同起，请核对两个日期"
    return cures


def _check_agency(values: Mapping[str, str]) -> dict[str, str]:
    cures: dict[str, str] = {}
    dispatched = values["employment_form"] == "dispatched"
    for key, label in (("agency_name", "劳务派遣单位"), ("agency_uscc", "派遣单位统一社会信用代码")):
        if dispatched and key not in values:
            cures[key] = f"用工形式为劳务派遣，请填写{label}"
        if not dispatched and key in values:
            cures[key] = f"用工形式不是劳务派遣，请删去{label}或更正用工形式"
    return cures


ROSTER = Sheet(
    title="企业新型学徒制学徒花名册",
    columns=(
        Column("serial", "序号", Kind.SERIAL, width=6),
        Column("name", "姓名", required=True, width=14),
        Column("id_kind", "证件类型", Kind.CHOICE, True, choices=IDENTITY_DOCUMENTS, width=12),
        Column(
            "id_number",
            "身份证号",
            Kind.CODE,
            True,
            unique=True,
            aliases=("证件号码", "公民身份号码"),
            width=21,
        ),
        Column("phone", "联系电话", Kind.CODE, True, check=_check_phone, aliases=("手机号码", "手机"), width=14),
        Column("post", "岗位", required=True, width=12),
        Column("skilled_post", "是否技能岗位", Kind.CHOICE, choices=YES_NO, width=9),
        Column("employment_form", "用工形式", Kind.CHOICE, True, choices=EMPLOYMENT_FORMS, width=13),
        Column("agency_name", "劳务派遣单位", width=18),
        Column("agency_uscc", "派遣单位统一社会信用代码", Kind.CODE, check=_check_uscc, width=21),
        Column("contract_starts_on", "劳动合同起", Kind.DATE, True, width=12),
        Column("contract_ends_on", "劳动合同止", Kind.DATE, True, choices=OPEN_ENDED, width=12),
        Column("insured_month", "参保月份", Kind.MONTH, True, aliases=("本市最近参保月份",), width=10),
        Column("monthly_wage", "月工资", Kind.MONEY, True, aliases=("月工资（元）",), width=11),
        Column("occupation", "职业工种", required=True, aliases=("职业（工种）",), width=14),
        Column("level", "培训等级", Kind.CHOICE, True, choices=TRAINED_LEVELS, width=10),
        Column("held_level", "已有等级", Kind.CHOICE, choices=LEVELS, width=10),
        Column("mentor_name", "企业导师", width=10),
        Column("instructor_name", "培训教师", width=10),
    ),
)

_NOTES = (
    "带 * 的栏目必填；身份证号、联系电话请按文本填写。",
    "是否技能岗位：不填即声明该岗位为技能岗位。",
    "参保月份填最近一个已在本市缴纳社会保险的月份；劳务派遣人员由派遣单位缴纳的，填派遣单位缴纳的月份。",
    "劳动合同止：没有终止日的填“无固定期限”。",
    "已有等级填本职业工种已取得的最高等级，没有的不填。本表样由本系统自行设计。",
)


@dataclass(frozen=True, slots=True)
class RosterHead:
    """Whose roster it is; printed above the rows."""

    employer: str
    employer_uscc: str
    training_provider: str
    project: str


def read_roster(data: bytes, today: date) -> SheetRead:
    """Rows with the keys of `ROSTER`. Raises InvalidRequest or TooLarge for the file as a whole."""
    return read_sheet(data, replace(ROSTER, row_check=partial(_check_row, today)))


def write_roster(head: RosterHead, rows: Sequence[Mapping[str, Value]]) -> bytes:
    """.xlsx bytes; what is written is read back equal by `read_roster`."""
    heading = (
        f"用人单位：{head.employer}　　统一社会信用代码：{head.employer_uscc}",
        f"培训机构：{head.training_provider}　　培训项目：{head.project}",
    )
    return write_sheet(Page(ROSTER, rows, heading, notes=_NOTES, signatures=SIGNED_BY_SENDER))
