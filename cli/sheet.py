"""`skills sheet import|make`: spreadsheets sent in and answered row by row, and sheets to be filled in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from cli.caller_options import pages, speaks
from cli.files import fetch, send, shown
from cli.refusals import refusals_told
from cli.system import Target, reached, reaches_system
from shared.contracts.registry.people import IMPORT_ROSTER, ImportRoster
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.spreadsheets import SheetImported
from shared.contracts.training.papers import IMPORT_SHEET, MAKE_SHEET, ImportSheet, MakeSheet, SheetForm
from shared.forms.spreadsheet.parts import in_parts
from shared.runtime.system_client import System
from shared.security.speaker import Role, Speaker

ROSTER = "roster"
FORMS = (ROSTER, *get_args(SheetForm))


@click.group("sheet")
def sheet() -> None:
    """以电子表格报送名单、领取待填表格。"""


@sheet.command("import")
@click.argument("form", type=click.Choice(FORMS))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--project", help="项目编号（花名册以外的表格需要）")
@click.option("--of", "of_organisation", help="花名册属于哪个单位；不写即本单位")
@click.option("--programme", help="花名册属于哪一类项目，如 apprenticeship（花名册需要）")
@speaks(Role.EMPLOYER)
@reaches_system
def import_sheet(
    form: str,
    file: Path,
    project: str | None,
    of_organisation: str | None,
    programme: str | None,
    speaker: Speaker,
    target: Target,
) -> None:
    """上传并导入一份表格，逐行答复；有误的行另存为标注了错误的表格，并以非零码退出。超过 5000 行的自动分份。"""

    def asked(reference: str) -> ImportRoster | ImportSheet:
        if form == ROSTER:
            return ImportRoster(of_organisation or speaker.organisation or "", programme or "", reference)
        return ImportSheet(project or "", form, reference)  # type: ignore[arg-type] # one of FORMS

    method: Method[Any, SheetImported] = IMPORT_ROSTER if form == ROSTER else IMPORT_SHEET
    with refusals_told("  "), reached(target) as system:
        refused = _import(system, speaker, file, method, asked)
    if refused:
        sys.exit(1)


@sheet.command("make")
@click.argument("form", type=click.Choice(get_args(SheetForm)))
@click.option("--project", required=True, help="项目编号")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="放在哪个目录")
@speaks(Role.EMPLOYER)
@reaches_system
def make_sheet(form: SheetForm, project: str, out: Path, speaker: Speaker, target: Target) -> None:
    """领取一份填好编号和姓名的待填表格；人员超过 5000 名的分成几份。"""
    with refusals_told("  "), reached(target) as system:
        _make(system, speaker, form, project, out)


def _import(
    system: System,
    speaker: Speaker,
    file: Path,
    method: Method[Any, SheetImported],
    asked: Callable[[str], ImportRoster | ImportSheet],
) -> int:
    """How many rows were refused."""
    parts = in_parts(file.read_bytes(), ROWS_PER_CALL)
    refused = 0
    for number, part in enumerate(shown(parts, "导入"), start=1):
        name = file.name if len(parts) == 1 else f"{file.stem}-{number}.csv"
        reference = send(system, method.service, speaker, part.content, name)
        answer = system.ask(method, asked(reference), speaker)
        _report(answer, part.offset)
        refused += answer.refused
        if answer.marked is not None:
            content, marked = fetch(system, method.service, speaker, answer.marked.file)
            beside = file.with_name(marked)
            beside.write_bytes(content)
            click.echo(f"标注了错误的表格：{beside}", err=True)
    return refused


def _report(answer: SheetImported, offset: int) -> None:
    """Counts, what was left out, and every refused row with its cure."""
    click.echo(f"接受 {answer.accepted} 行，未变 {answer.unchanged} 行，退回 {answer.refused} 行")
    for note in answer.notes:
        click.echo(f"  {note}")
    for row in answer.rows:
        if row.outcome == "refused":
            click.echo(f"  第 {row.row + offset} 行 {row.column or ''}：{row.message or ''}")


def _make(system: System, speaker: Speaker, form: SheetForm, project: str, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for number, made in enumerate(pages(system, MAKE_SHEET, MakeSheet(project, form), speaker), start=1):
        content, name = fetch(system, MAKE_SHEET.service, speaker, made.file.file)
        beside = out / (name if made.cursor is None and number == 1 else f"{number}-{name}")
        beside.write_bytes(content)
        click.echo(f"{beside}（{made.people} 人）")
