"""`skills demo`, as `make demo` runs it: the story, its papers, and sums that agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from deploy.local.services import REPOSITORY


@dataclass(frozen=True)
class Played:
    """What a demo printed and left."""

    folder: Path
    printed: str

    def papers(self, suffix: str) -> list[Path]:
        return sorted(self.folder.glob(f"*{suffix}"))

    def amounts(self, beginning: str) -> list[Decimal]:
        """The amounts of the line that begins so, in order."""
        line = next(line for line in self.printed.splitlines() if line.strip().startswith(beginning))
        return [Decimal(found) for found in re.findall(r"\d+\.\d\d", line)]

    def column(self, word: str) -> list[Decimal]:
        """The amounts of the ledger's rows of that kind."""
        rows = re.findall(rf"^ *\d+ +\d{{4}}-\d\d-\d\d +{word} .* (\d+\.\d\d) *$", self.printed, re.MULTILINE)
        return [Decimal(amount) for amount in rows]


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "demo", "--folder", str(folder)]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return Played(folder, done.stdout)


def test_every_paper_opens_as_what_its_name_promises(played: Played) -> None:
    sheets, letters = played.papers(".xlsx"), played.papers(".docx")
    assert len(sheets) + len(letters) >= 6 and letters
    for sheet in sheets:
        assert any(value for row in load_workbook(sheet).worksheets[0].values for value in row), sheet.name
    for letter in letters:
        assert any(paragraph.text.strip() for paragraph in docx.Document(str(letter)).paragraphs), letter.name


def test_every_paper_is_named_at_the_end(played: Played) -> None:
    left = {str(paper) for paper in played.folder.iterdir() if paper.is_file()}
    assert left and left <= {line.strip() for line in played.printed.splitlines()}


def test_the_sums_agree_with_each_other_and_with_the_ledger(played: Played) -> None:
    advance, balance, paid = played.amounts("首次补贴")
    assert advance + balance == paid == sum(played.column("国库拨付"))
    paid_again, clawback, entitlement = played.amounts("已拨付")
    assert paid_again - clawback == entitlement and clawback == sum(played.column("应追回"))
    appropriated, committed, spent, available = played.amounts("合计")
    assert appropriated == sum(played.column("下达预算")) == committed + spent + available and spent == paid
    assert "与账面一致，无差异" in played.printed and "≠" not in played.printed


def test_a_refusal_and_a_payment_are_explained_by_clause_without_naming_anybody(played: Played) -> None:
    refusal, payment = (played.printed.partition(title)[2].partition("\n\n")[0] for title in ("一、", "二、"))
    assert re.search(r"✗ +APP-\d+ +\S*二\(一\)", played.printed) and "不予通过" in refusal
    assert re.search(r"✓ +APP-18 +四\(二\)", played.printed) and "京人社能发〔2022〕11号" in payment
    explained = played.printed.partition("一、")[2]
    assert re.search(r"学\*+", explained) and not re.search(r"\d{17}[\dX]", explained)


def test_a_second_demo_starts_afresh(played: Played) -> None:
    again = run(played.folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert again.stdout.splitlines()[-1] == played.printed.splitlines()[-1]


def test_a_folder_called_data_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "data" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("keep", "utf-8")
    refused = run(tmp_path)
    assert refused.returncode != 0 and mine.read_text("utf-8") == "keep"
    assert "--folder" in refused.stderr
