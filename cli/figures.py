"""`skills figures PROGRAMME`: people from training, money from subsidy, in one table (APP-28)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from cli.caller_options import speaks
from cli.figures_table import merged, summary, write_csv
from cli.refusals import refusals_end
from cli.system import Target, reached, reaches_system
from shared.contracts.common import GetFigures
from shared.contracts.subsidy import budgets_and_ledger
from shared.contracts.training import learning
from shared.forms.layouts import layout
from shared.policy.policies import load_documents
from shared.security.speaker import Role, Speaker


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
    target: Target,
) -> None:
    """按辖区、职业、等级、年度统计培训人数和资金；写明 --district 时只统计该辖区，不指定文件时以 CSV 显示。"""
    request = GetFigures(programme, from_year, to_year, speaker.district)
    with refusals_end(), reached(target) as system:
        people = system.ask(learning.GET_FIGURES, request, speaker)
        money = system.ask(budgets_and_ledger.GET_FIGURES, request, speaker)
    rows = merged(people.lines, money.lines, _labels(programme))
    if xlsx_file:
        form = layout(programme, "figures_bulletin")
        xlsx_file.write_bytes(form.write_figures_bulletin(summary(people, money), rows))
    if csv_file:
        with csv_file.open("w", encoding="utf-8-sig", newline="") as file:  # with its mark, or Excel garbles Chinese
            write_csv(file, rows)
    if not (xlsx_file or csv_file):
        write_csv(sys.stdout, rows)
    for line in summary(people, money):
        click.echo(line, err=True)


def _labels(programme: str) -> Mapping[str, str]:
    """The words of every document of the programme that this command knows, for the codes that they name."""
    known = load_documents(os.environ.get("POLICY_PATH", "")).documents
    return {code: word for one in known if one.programme == programme for code, word in one.labels.items()}
