"""`skills sheet`: a roster is sent from a file, its bad rows come back marked, and the corrected file goes through."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from deploy.local.services import REPOSITORY
from programmes.apprenticeship.forms.roster import RosterHead, write_roster
from shared.scenario.made_up_parties import organisations, people

HEAD = RosterHead("示例制造有限公司", "", "示例技工学校", "示例项目")
PEOPLE = people(3, seed=41)


def skills(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def roster(file: Path, *phones: str) -> None:
    rows = [
        {
            "name": person.name,
            "id_kind": "resident_id",
            "id_number": person.id_number,
            "phone": phone,
            "post": "车工",
            "employment_form": "new_hire",
            "contract_starts_on": "2022-03-01",
            "contract_ends_on": "2025-02-28",
            "insured_month": "2022-05",
            "monthly_wage": "5200.00",
            "occupation": "车工",
            "level": "advanced",
        }
        for person, phone in zip(PEOPLE, phones, strict=True)
    ]
    file.write_bytes(write_roster(HEAD, rows))


def whose(employer: str, folder: Path) -> tuple[str, ...]:
    """Options of a roster: the programme, the employer, and where the system lies."""
    return ("--programme", "apprenticeship", "--organisation", employer, "--data", str(folder / "data"))


@pytest.fixture
def employer(tmp_path: Path) -> str:
    """Registered in an embedded system on `data`; its id."""
    (firm,) = organisations(1, seed=41)
    request = {
        "name": firm.name,
        "uscc": firm.uscc,
        "kind": "enterprise",
        "district": "110105",
        "industry_code": "3421",
    }
    officer = ("--role", "district_officer", "--district", "110105", "--subject", "officer-1")
    done = skills(
        "call", "registry.register_organisation", json.dumps(request), *officer, "--data", str(tmp_path / "data")
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["organisation_id"])


def test_a_roster_is_sent_marked_corrected_and_sent_again(tmp_path: Path, employer: str) -> None:
    file = tmp_path / "花名册.xlsx"
    sending = ("sheet", "import", "roster", str(file), *whose(employer, tmp_path))
    roster(file, PEOPLE[0].phone, "123", PEOPLE[2].phone)
    first = skills(*sending)
    assert first.returncode == 1, first.stdout + first.stderr
    assert "接受 2 行，未变 0 行，退回 1 行" in first.stdout
    assert "第 6 行 联系电话" in first.stdout
    assert "上传 花名册.xlsx：1/1" in first.stderr
    marked = load_workbook(tmp_path / "花名册-错误标注.xlsx").worksheets[0]
    assert "联系电话" in str(marked.cell(6, marked.max_column).value)

    roster(file, *(person.phone for person in PEOPLE))
    again = skills(*sending)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "接受 1 行，未变 2 行，退回 0 行" in again.stdout


def test_a_file_that_is_no_sheet_is_refused_with_the_cure(tmp_path: Path, employer: str) -> None:
    file = tmp_path / "图片.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    sent = skills("sheet", "import", "roster", str(file), *whose(employer, tmp_path))
    assert sent.returncode == 1
    assert "这不是表格文件" in sent.stderr
    assert "Traceback" not in sent.stderr
