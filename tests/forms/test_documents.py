"""Printed documents and the apprenticeship forms: what stands on paper, and that equal facts give equal files."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Cm
from openpyxl import load_workbook

from programmes.apprenticeship.forms.claim_summary import ClaimGroup, ClaimHead, write_claim_summary
from programmes.apprenticeship.forms.credit_record import Credit, CreditHead, write_credit_record
from programmes.apprenticeship.forms.roster import RosterHead, read_roster, write_roster
from programmes.apprenticeship.forms.subsidy_register import RegisterHead, RegisterLine, write_register
from shared.forms.common.decision_letter import Letter, write_decision_letter
from shared.forms.common.payment_batch import BatchHead, Payment, write_payment_batch
from shared.forms.printed.chinese import capital_amount
from shared.forms.printed.documents import Document, Fields, Paragraph, Table, render
from shared.money import Money
from shared.scenario import made_up_parties

TODAY = date(2022, 6, 6)
PERSON, AGENT = made_up_parties.people(2, 7)
EMPLOYER, AGENCY = made_up_parties.organisations(2, 7)
ROSTER_HEAD = RosterHead(EMPLOYER.name, EMPLOYER.uscc, "示例技工学校", "示例项目")
APPRENTICE = {
    "name": PERSON.name,
    "id_kind": "resident_id",
    "id_number": PERSON.id_number,
    "phone": PERSON.phone,
    "post": "装配",
    "employment_form": "new_hire",
    "contract_starts_on": "2022-01-01",
    "contract_ends_on": "2024-12-31",
    "insured_month": "2022-05",
    "monthly_wage": "6500.00",
    "occupation": "装配钳工",
    "level": "advanced",
}
GROUP = ClaimGroup("装配钳工", "advanced", "passed", 12, Money.yuan(6000), Money.yuan(72000))
CLAIM = ClaimHead("C-1", "尾款", EMPLOYER.name, EMPLOYER.uscc, "示例项目", "朝阳区", "示例文号", "2024-06-30")
FINDING = {"rule": "APP-19", "clause": "四(三)", "outcome": "unmet", "compared": "未取证", "message": "请补交职业证书"}
LETTER = Letter(
    number="J-1",
    addressee=EMPLOYER.name,
    matter="尾款申领",
    outcome="不予拨付。",
    basis="示例文号",
    findings=[FINDING],
    next_step="请在期限内补正。",
    office="示例区人社局",
    document="doc@00",
)
CREDIT = Credit("2022-09-01", "钳工基础", "课堂", Decimal(20), Decimal(2), "培训")
CREDIT_HEAD = CreditHead("学徒甲", "110***", EMPLOYER.name, "示例技工学校", "装配钳工", "advanced", Decimal(80))
PAYMENT = Payment(
    payee=EMPLOYER.name,
    bank="示例银行",
    account=EMPLOYER.bank_account,
    amount=Money.parse("93000.07"),
    fund_source="就业补助资金",
    fiscal_year=2024,
    purpose="尾款",
    claim_number="C-1",
    payment_id="P-1",
)
BATCH_HEAD = BatchHead("B-1", "示例区人社局", "示例文号", "2024-07-01")
LINE = RegisterLine(
    "学徒甲", "110***", "装配钳工", "ordinary", "advanced", 2, Money.yuan(6000), "passed", False, "85%",
    Money.yuan(10200), Money.yuan(6000), Money.yuan(4200), Money.yuan(0), "就业补助资金",
)  # fmt: skip
REGISTER_HEAD = RegisterHead(EMPLOYER.name, "示例项目", "示例文号", "2024-07-01")


def printed(data: bytes) -> str:
    """Every text of a .docx, the foot of its pages too."""
    paper = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    foot = [paragraph.text for paragraph in paper.sections[0].footer.paragraphs]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells, *foot])


def cells(data: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]


def test_a_document_is_a4_in_chinese_fonts() -> None:
    paper = docx.Document(io.BytesIO(render(Document("题目", [Paragraph("正文")]))))
    section, run = paper.sections[0], paper.paragraphs[1].runs[0]
    assert (round(section.page_width / Cm(1), 1), round(section.page_height / Cm(1), 1)) == (21.0, 29.7)
    assert run._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_a_table_row_that_does_not_fit_its_header_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        render(Document("题目", [Table(("甲", "乙"), [("1",)])]))


def test_fields_and_footnote_are_printed() -> None:
    text = printed(render(Document("题目", [Fields([("姓名", "学徒甲")])], footnote="编号 1")))
    assert {"题目", "姓名", "学徒甲", "编号 1"} <= set(text.split("\n"))


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.00", "零元整"),
        ("93000.00", "玖万叁仟元整"),
        ("10200.50", "壹万零贰佰元伍角整"),
        ("100001.05", "壹拾万零壹元零伍分"),
        ("0.07", "柒分"),
        ("100000000.00", "壹亿元整"),
        ("1000200030.40", "壹拾亿零贰拾万零叁拾元肆角整"),
        ("-15.99", "负壹拾伍元玖角玖分"),
    ],
)
def test_an_amount_is_written_in_capital_figures(amount: str, written: str) -> None:
    assert capital_amount(Money.parse(amount)) == written


def test_a_roster_is_read_back_as_it_was_written() -> None:
    dispatched = APPRENTICE | {
        "name": AGENT.name, "id_number": AGENT.id_number, "phone": AGENT.phone, "employment_form": "dispatched",
        "agency_name": AGENCY.name, "agency_uscc": AGENCY.uscc, "contract_ends_on": "open_ended",
        "held_level": "intermediate", "mentor_name": "导师甲", "instructor_name": "教师甲",
    }  # fmt: skip
    read = read_roster(write_roster(ROSTER_HEAD, [APPRENTICE, dispatched]), TODAY)
    assert read.errors == ()
    assert [row.values for row in read.rows] == [APPRENTICE, dispatched]


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"id_number": PERSON.id_number[:-1] + ("1" if PERSON.id_number[-1] != "1" else "2")}, "身份证号"),
        ({"id_number": AGENT.id_number[:10]}, "身份证号"),
        ({"phone": "12345"}, "联系电话"),
        ({"contract_ends_on": "2021-12-31"}, "劳动合同止"),
        ({"employment_form": "dispatched", "agency_uscc": AGENCY.uscc}, "劳务派遣单位"),
        ({"agency_name": AGENCY.name}, "劳务派遣单位"),
    ],
)
def test_a_roster_row_names_the_cell_that_is_wrong(wrong: dict[str, str], column: str) -> None:
    read = read_roster(write_roster(ROSTER_HEAD, [APPRENTICE | wrong]), TODAY)
    assert ([error.column for error in read.errors], read.rows) == ([column], ())


def test_a_passport_is_no_resident_id() -> None:
    passport = APPRENTICE | {"id_kind": "passport", "id_number": "E12345678"}
    assert read_roster(write_roster(ROSTER_HEAD, [passport]), TODAY).errors == ()


def test_a_blank_roster_holds_no_rows() -> None:
    read = read_roster(write_roster(ROSTER_HEAD, [{}] * 5), TODAY)
    assert (read.rows, read.errors) == ((), ())


def test_the_register_totals_its_amounts() -> None:
    rows = cells(write_register(REGISTER_HEAD, [LINE, replace(LINE, clawback=Money.parse("0.07"))]))
    totals = next(row for row in rows if row[0] == "合计")
    assert [str(value) for value in totals[11:15]] == ["20400", "12000", "8400", "0.07"]
    assert any("高级工" in map(str, row) and "85%" in row for row in rows)


def test_the_claim_summary_adds_up_in_figures_and_capitals() -> None:
    groups = [GROUP, replace(GROUP, persons=5, per_person=Money.yuan(4200), amount=Money.yuan(21000))]
    text = printed(write_claim_summary(CLAIM, groups, Money.yuan(18000)))
    assert "93000.00 元，人民币（大写）玖万叁仟元整" in text
    assert "18000.00 元，人民币（大写）壹万捌仟元整" in text
    assert {"17", "高级工", "考核合格", "C-1"} <= set(text.split("\n"))


def test_the_decision_letter_gives_findings_clauses_and_the_next_step() -> None:
    letter = replace(LETTER, interpretations=["INT-32：证书均计"], amounts=[("核定金额", "0.00")])
    text = printed(write_decision_letter(letter))
    for part in ("APP-19", "四(三)", "不符合", "未取证", "请补交职业证书", "请在期限内补正", "INT-32", "doc@00"):
        assert part in text
    assert "核定金额\n0.00" in text


def test_the_payment_batch_shows_full_accounts_and_its_total() -> None:
    rows = cells(write_payment_batch(BATCH_HEAD, [PAYMENT, PAYMENT]))
    assert any("186000.14 元，人民币（大写）壹拾捌万陆仟元壹角肆分" in str(row[0]) for row in rows)
    assert sum(EMPLOYER.bank_account in row for row in rows) == 2


def test_the_credit_record_sums_both_parts() -> None:
    credits_earned = [CREDIT, replace(CREDIT, part="岗位", credits=Decimal("1.5"), source="认定", reason="竞赛获奖")]
    text = printed(write_credit_record(CREDIT_HEAD, credits_earned))
    assert "课堂 2 学分，岗位 1.5 学分；合计 3.5 学分，应修 80 学分。" in text
    assert "认定：竞赛获奖" in text


HASHED = """
import hashlib, sys
from tests.forms import test_documents as t
forms = (t.write_roster(t.ROSTER_HEAD, [t.APPRENTICE]), t.write_decision_letter(t.LETTER))
print(*(hashlib.sha256(form).hexdigest() for form in forms))
"""


def test_equal_facts_give_equal_files_in_another_process_too() -> None:
    """Set order follows the hash seed, and a service has many replicas."""
    root = str(Path(__file__).parents[2])
    prints = {
        subprocess.run(
            [sys.executable, "-c", HASHED],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": root},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(prints) == 1


@pytest.mark.parametrize(
    "form",
    [
        lambda: write_claim_summary(CLAIM, [GROUP], Money.yuan(0)),
        lambda: write_decision_letter(LETTER),
        lambda: write_credit_record(CREDIT_HEAD, [CREDIT]),
        lambda: write_payment_batch(BATCH_HEAD, [PAYMENT]),
        lambda: write_register(REGISTER_HEAD, [LINE]),
    ],
)
def test_equal_facts_give_equal_files(form: Callable[[], bytes]) -> None:
    assert form() == form()
