"""`skills figures PROGRAMME`: people from training, money from subsidy, in one table (APP-28)."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import click

from shared.bus.system import System
from shared.cli.speaking import speaks
from shared.cli.system import reached, reaches_system
from shared.contracts import learning, subsidy
from shared.contracts.common import GetFigures
from shared.contracts.learning import Figures, FiguresLine
from shared.contracts.subsidy import MoneyFigures, MoneyLine
from shared.errors import SkillsError
from shared.forms.apprenticeship.figures_bulletin import SHEET, write_figures_bulletin
from shared.forms.writing import Value
from shared.jurisdictions import load
from shared.security.speaker import Role, Speaker

Row = dict[str, Value]
_Key = tuple[str, str, str, int]


@click.command("figures")
@click.argument("programme")
@click.option("--from", "from_year", type=int, required=True, help="起始年度（含）")
@click.option("--to", "to_year", type=int, required=True, help="截止年度（含）")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), help="写成 .csv 文件")
@click.option("--xlsx", "xlsx_file", type=click.Path(path_type=Path, dir_okay=False), help="写成可打印的 .xlsx 文件")
@speaks(Role.CITY_OFFICER)
@reaches_system
def figures(
    programme: str,
    from_year: int,
    to_year: int,
    csv_file: Path | None,
    xlsx_file: Path | None,
    speaker: Speaker,
    amqp: str | None,
    keys: Path | None,
    data: Path,
) -> None:
    """按辖区、职业、等级、年度统计培训人数和资金；写明 --district 时只统计该辖区，不指定文件时以 CSV 显示。"""
    try:
        with reached(amqp, keys, data) as system:
            people, money = asked(system, GetFigures(programme, from_year, to_year, speaker.district), speaker)
    except SkillsError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    rows = merged(people.lines, money.lines)
    if xlsx_file:
        xlsx_file.write_bytes(write_figures_bulletin(summary(people, money), rows))
    if csv_file:
        with csv_file.open("w", encoding="utf-8-sig", newline="") as file:  # with its mark, or Excel garbles Chinese
            write_csv(file, rows)
    if not (xlsx_file or csv_file):
        write_csv(sys.stdout, rows)
    for line in summary(people, money):
        click.echo(line, err=True)


def asked(system: System, request: GetFigures, speaker: Speaker) -> tuple[Figures, MoneyFigures]:
    return system.ask(learning.GET_FIGURES, request, speaker), system.ask(subsidy.GET_FIGURES, request, speaker)


def merged(people: Sequence[FiguresLine], money: Sequence[MoneyLine]) -> list[Row]:
    """A row for each district, occupation, level and year, one more for each further fund source of its money.

    People stand in the first of these rows alone, so that every column adds up.
    """
    counted: dict[_Key, FiguresLine] = {(one.district, one.occupation, one.level, one.year): one for one in people}
    funded: defaultdict[_Key, list[MoneyLine]] = defaultdict(list)
    for one in money:
        funded[one.district, one.occupation, one.level, one.fiscal_year].append(one)
    rows: list[Row] = []
    for key in sorted({*counted, *funded}):
        sources = [_money(line) for line in funded[key]] or [{}]
        sources[0] |= _people(counted[key]) if key in counted else {}
        rows += [_place(key) | source for source in sources]
    return rows


def summary(people: Figures, money: MoneyFigures) -> list[str]:
    """The totals in words, and how far the plan's target is met, for those who see all of it."""
    total = people.total
    return [
        f"人次 {total.person_times}，人数 {total.persons}，取证 {total.certified}，高级工及以上占比 {total.high_level}",
        f"已承诺未拨付 {money.committed} 元，已拨付 {money.paid} 元，应追回 {money.recoverable} 元",
        *(f"{one.rule}〔{one.clause}〕{one.compared}：{one.message}" for one in people.target),
    ]


def write_csv(file: IO[str], rows: Sequence[Row]) -> None:
    """With the labels of the printed sheet, without serial numbers."""
    columns = [column for column in SHEET.columns if column.key != "serial"]
    writer = csv.writer(file)
    writer.writerow([column.label for column in columns])
    writer.writerows([[row.get(column.key, "") for column in columns] for row in rows])


def _place(key: _Key) -> Row:
    district, occupation, level, year = key
    return {"district": load().name(district), "occupation": occupation, "level": level, "year": year}


def _people(line: FiguresLine) -> Row:
    keys = ("person_times", "persons", "in_training", "passed", "failed", "left", "certified")
    return {key: getattr(line, key) for key in keys}


def _money(line: MoneyLine) -> Row:
    return {key: getattr(line, key) for key in ("fund_source", "committed", "paid", "recoverable")}
