"""`skills rules`: every rule with its value, clause, force and file, every reading; `check`: the load-time check."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

import click

from cli.interpretations import reading_lines
from cli.lazy import LazyGroup
from shared.clock import beijing_today
from shared.policy.document import Document, RuleEntry, Value
from shared.policy.policies import PROGRAMMES, Policies, load_documents, load_files
from shared.policy.problems import PolicyProblems, Problem
from shared.policy.rules import RULES, RuleFunction
from shared.policy.units import shown
from shared.runtime.rulebook import checked, checked_policies, register_all_rules

ROOT = Path(__file__).parents[1]


REPLAY = {"replay": "cli.replay:replay"}
"""It runs services, so it is imported only where the launcher has come first."""


@click.group("rules", cls=LazyGroup, places=REPLAY, invoke_without_command=True)
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一日，默认为北京今日")
@click.option("--programme", help="只看某一项目")
@click.pass_context
def rules(context: click.Context, on: datetime | None, programme: str | None) -> None:
    """逐条列出规则：当日的数值、条款、效力和判定它的文件；再列出条文未尽之处的读法和可改的开关。"""
    register_all_rules()
    if context.invoked_subcommand is None:
        _print(_loaded(), on.date() if on else beijing_today(), programme)


@rules.command("check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check_command(files: tuple[Path, ...]) -> None:
    """检查政策文件：所给的，或 POLICY_PATH 中全部的；有问题时逐条说明并以非零码退出。"""
    try:
        policies = checked(load_files(files)) if files else checked_policies(os.environ.get("POLICY_PATH", ""))
    except PolicyProblems as problems:
        _fail(problems.problems)
    for document in policies.documents:
        kept = "" if document in policies.current else "（已有更新的版本，只用于此前的案件）"
        click.echo(f"{document.file}: {len(document.rules)} 条规则，{len(document.values)} 项数值，没有问题{kept}")


@rules.command("functions")
def functions_command() -> None:
    """列出政策文件可以写明的规则函数，以及它们用到的数值和读法。"""
    for function in sorted(RULES.values(), key=lambda known: known.name):
        click.echo(f"{function.name}  [{function.of}]  {_file(function)}")
        click.echo(f"    {(inspect.getdoc(function.function) or '').splitlines()[0]}")
        for title, keys in (("必读", function.reads), ("可读", function.may_read), ("读法", function.readings)):
            if keys:
                click.echo(f"    {title}：{'、'.join(keys)}")


def _loaded() -> Policies:
    try:
        return load_documents(os.environ.get("POLICY_PATH", ""))
    except PolicyProblems as problems:
        _fail(problems.problems)


def _fail(problems: Sequence[Problem]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem), err=True)
    sys.exit(1)


def _print(policies: Policies, on: date, programme: str | None) -> None:
    shown_any = False
    for document in policies.current:
        if not document.in_force(on) or (programme and document.programme != programme):
            continue
        shown_any = True
        click.echo(
            f"{document.number} {document.title}（{document.programme}，{document.jurisdiction}{_revision(document)}）"
        )
        if document.reported_repeal and (advice := document.reported_repeal.finding(on)):
            click.echo(f"  {advice.message}")
        for entry in document.rules.values():
            _print_rule(entry, document, on)
        for line in reading_lines(document):
            click.echo(line)
    if not shown_any:
        click.echo(f"{on}：没有有效的政策文件，请核对日期或补录文件", err=True)
        sys.exit(1)


def _revision(document: Document) -> str:
    return f"，第 {document.revision} 版" if document.revision > 1 else ""


def _print_rule(entry: RuleEntry, document: Document, on: date) -> None:
    click.echo(f"  {entry.id}  {entry.title}  〔{entry.clause}〕 {entry.force}")
    for name in entry.decided_by:
        function = RULES[name]
        click.echo(f"      {name}  {_file(function)}")
        for key in (*function.reads, *function.may_read):
            if key in document.values:
                click.echo(f"        {key} = {'；'.join(_cells(document.values[key], document, on))}")


def _cells(value: Value, document: Document, on: date) -> Iterator[str]:
    entry = value.in_force(on)
    for cell, quantity in entry.cells.items() if entry else ():
        words = " ".join(document.label(part) for part in cell)
        yield f"{words} {shown(value.unit, quantity)}".strip()
    yield f"{value.unit}〔{value.clause}〕{_document_file(document)}"


def _document_file(document: Document) -> str:
    packaged = PROGRAMMES / document.programme / "documents" / document.file
    return str(packaged.relative_to(ROOT)) if packaged.exists() else document.file


def _file(function: RuleFunction) -> str:
    """`services/subsidy/rules/apprenticeship/results.py:45`: where the rule is decided."""
    source, line = inspect.getsourcefile(function.function), inspect.getsourcelines(function.function)[1]
    return f"{Path(str(source)).relative_to(ROOT)}:{line}"
