"""`skills figures`: people and money of a programme in one table, each counted once (APP-28)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from cli.figures_table import merged
from shared.contracts.subsidy.budgets_and_ledger import MoneyLine
from shared.contracts.training.learning import FiguresLine
from shared.money import ZERO, Money
from tests.scenarios.stage import ONE_TRAINING, on_folder, says

PEOPLE = FiguresLine("110105", "6-18-01-01", "advanced", 2022, 20, 19, 0, 17, 3, 0, 12)
YEARS = ("apprenticeship", "--from", "2022", "--to", "2024")


def money(source: str, year: int, paid: int) -> MoneyLine:
    return MoneyLine("110105", "6-18-01-01", "advanced", source, year, ZERO, Money.yuan(paid), ZERO)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a system in which twenty were trained and paid for."""
    folder = tmp_path_factory.mktemp("trained")
    says("scenario", "run", ONE_TRAINING, *on_folder(folder))
    return folder


def test_people_of_one_line_stand_once_however_many_sources_paid_for_it() -> None:
    rows = merged([PEOPLE], [money("first", 2022, 5), money("second", 2022, 7), money("first", 2024, 9)], {})
    assert [(row["year"], row.get("person_times"), row["paid"]) for row in rows] == [
        (2022, 20, Money.yuan(5)),
        (2022, None, Money.yuan(7)),
        (2024, None, Money.yuan(9)),
    ]


def test_people_without_money_and_money_without_people_are_lines_of_their_own() -> None:
    rows = merged([PEOPLE], [money("first", 2021, 5)], {})
    assert [(row["year"], "paid" in row, "persons" in row) for row in rows] == [
        (2021, True, False),
        (2022, False, True),
    ]


def test_the_table_adds_up_to_what_was_trained_and_paid(trained: Path, tmp_path: Path) -> None:
    printed = tmp_path / "figures.xlsx"
    says("figures", *YEARS, "--xlsx", printed, "--csv", tmp_path / "figures.csv", *on_folder(trained))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "figures.csv").read_text("utf-8-sig"))))
    assert sum(int(row["人次"] or 0) for row in rows) == 20
    assert sum(int(row["取证"] or 0) for row in rows) == 12
    assert Money.sum(Money.parse(row["已拨付（元）"]) for row in rows) == Money.yuan(213_000)
    assert Money.sum(Money.parse(row["应追回（元）"]) for row in rows) == Money.yuan(18_000)
    assert {row["培训等级"] for row in rows} == {"高级工"}
    assert {row["资金来源"] for row in rows} == {"就业补助资金"}
    cells = {cell.value for line in load_workbook(printed).worksheets[0].iter_rows() for cell in line}
    assert {"企业新型学徒制工作情况通报", "朝阳区", "高级工", "合计"} <= cells


def test_another_district_has_figures_of_its_own(trained: Path) -> None:
    for speaker in (("--district", "110113"), ("--role", "district_officer", "--district", "110113")):
        assert len(says("figures", *YEARS, *speaker, *on_folder(trained)).splitlines()) == 1, "the labels alone"
