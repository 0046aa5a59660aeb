"""`skills quote [--json] [--document FILE] CASES.yaml`: prices planned cases, stores nothing.

Exit code 0 when every case was priced, 1 when one wasn't: its place in the answer then holds the typed error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click

from services.subsidy.rules.apprenticeship import quotes
from services.subsidy.rules.apprenticeship.facts import TermYears, TrainingFacts
from shared.contracts.schema.codec import read
from shared.contracts.schema.shapes import Code, District
from shared.errors import InvalidRequest, SkillsError
from shared.money import Money
from shared.policy.document import Document
from shared.policy.policies import Policies, load_files
from shared.policy.problems import PolicyProblems, Problem
from shared.policy.yaml_files import YamlFault, parse, plain
from shared.runtime.rulebook import checked, checked_policies

CITY = "110000"
AMOUNTS = {"entitlement": "核定", "advance": "预拨", "balance": "剩余", "clawback": "追回"}


@dataclass(frozen=True, slots=True)
class Case:
    """One planned training. `on`: the day the project is submitted, which fixes the document (X-7)."""

    programme: Code
    on: date
    occupation_class: Code
    appraisable: bool
    level: Code
    term_years: TermYears
    result: Literal["passed", "failed"]
    certified: bool
    jurisdiction: District | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A case's quote and the document it was made under."""

    quote: quotes.Quote
    document: Document


@click.command("quote")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，供程序使用")
@click.option("--document", "file", type=click.Path(path_type=Path), help="只按这一份政策文件计算")
@click.option("--jurisdiction", default=CITY, show_default=True, help="案例未写明地区时所在的地区")
@click.argument("cases", type=click.Path(path_type=Path))
def quote(as_json: bool, file: Path | None, jurisdiction: str, cases: Path) -> None:
    """按政策文件计算拟办案例的补贴，不保存任何内容。"""
    try:
        policies = _policies(file)
        answers = [_answer(written, place, policies, file, jurisdiction) for place, written in enumerate(_cases(cases))]
    except SkillsError as error:
        _show_error(error, as_json)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps([_to_json(answer) for answer in answers], ensure_ascii=False, indent=2))
    else:
        _show(answers)
    sys.exit(1 if any(isinstance(answer, SkillsError) for answer in answers) else 0)


def _policies(file: Path | None) -> Policies:
    """The packaged documents and those of POLICY_PATH, or the one file; raises InvalidRequest with every problem."""
    try:
        return checked(load_files([file])) if file else checked_policies(os.environ.get("POLICY_PATH", ""))
    except PolicyProblems as found:
        raise _unusable(found.problems) from found


def _unusable(problems: Sequence[Problem]) -> InvalidRequest:
    return InvalidRequest.of(*((f"{problem.file}: {problem.path}".rstrip(": "), problem.said) for problem in problems))


def _cases(file: Path) -> list[Any]:
    try:
        tree = plain(parse(file.read_text(encoding="utf-8")))
    except OSError as fault:
        raise InvalidRequest.of((file.name, "文件读不到，请核对路径")) from fault
    except UnicodeDecodeError as fault:
        raise InvalidRequest.of((file.name, "不是 UTF-8 文本，请以 UTF-8 保存")) from fault
    except YamlFault as fault:
        places = ((f"{file.name}: {place}".rstrip(": "), f"{found}：{cure}") for place, found, cure in fault.faults)
        raise InvalidRequest.of(*places) from fault
    if isinstance(tree, dict):
        tree = tree["cases"] if set(tree) == {"cases"} else [tree]
    if not isinstance(tree, list) or not tree:
        raise InvalidRequest.of((file.name, "请写成案例的列表，每个案例以“- programme: …”开头"))
    return tree


def _answer(written: Any, place: int, policies: Policies, file: Path | None, jurisdiction: str) -> Priced | SkillsError:
    try:
        case = read(Case, written)
        if case.result == "failed" and case.certified:
            return _placed(
                InvalidRequest.of(("certified", "培训不合格的案例不能取证，请改正 result 或 certified")), place
            )
        # A document given by name brings its own place along.
        where = policies.documents[0].jurisdiction if file and case.jurisdiction is None else jurisdiction
        document = policies.governing(case.programme, case.jurisdiction or where, case.on)
        return Priced(_priced(case, document), document)
    except SkillsError as error:
        return _placed(error, place)


def _priced(case: Case, document: Document) -> quotes.Quote:
    training = TrainingFacts(
        on=case.on,
        occupation=quotes.OCCUPATION,
        occupation_class=case.occupation_class,
        appraisable=case.appraisable,
        level=case.level,
        term_years=case.term_years,
    )
    return quotes.quote(training, case.result == "passed", case.certified, document)


def _placed(error: SkillsError, place: int) -> SkillsError:
    """The same error with the case's place before every path: `[3].level`."""
    if isinstance(error, InvalidRequest):
        fields = error.details["fields"]
        return InvalidRequest.of(*((f"[{place}].{field['path']}".rstrip("."), field["message"]) for field in fields))
    error.details["case"] = place
    return error


def _to_json(answer: Priced | SkillsError) -> dict[str, Any]:
    if isinstance(answer, SkillsError):
        return {"error": answer.to_wire()}
    amounts = {name: str(getattr(answer.quote, name)) for name in AMOUNTS}
    findings = [
        {"rule": found.rule, "clause": found.clause, "outcome": found.outcome, "message": found.message}
        for found in answer.quote.findings
    ]
    return amounts | {"findings": findings, "document": answer.document.identity}


def _show_error(error: SkillsError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"error": error.to_wire()}, ensure_ascii=False, indent=2))
        return
    click.echo(f"✗ {error.message}", err=True)
    for field in error.details.get("fields", []):
        click.echo(f"    {field['path']}：{field['message']}", err=True)


def _show(answers: list[Priced | SkillsError]) -> None:
    for number, answer in enumerate(answers, start=1):
        if isinstance(answer, SkillsError):
            click.echo(f"案例 {number}", err=True)
            _show_error(answer, as_json=False)
        else:
            _show_quote(number, answer)
    priced = [answer.quote for answer in answers if isinstance(answer, Priced)]
    total = {name: Money.sum(getattr(quoted, name) for quoted in priced) for name in AMOUNTS}
    click.echo(f"合计 {len(priced)} 例  {_amounts(total)}")


def _show_quote(number: int, answer: Priced) -> None:
    click.echo(f"案例 {number}  {_amounts({name: getattr(answer.quote, name) for name in AMOUNTS})}")
    for finding in answer.quote.findings:
        click.echo(f"    {finding.rule}（{finding.clause}）{finding.message}")
    click.echo(f"    依据 {answer.document.number}（{answer.document.id}@{answer.document.content_hash[:12]}）")


def _amounts(amounts: Mapping[str, Money]) -> str:
    return "  ".join(f"{word} {amounts[name]}" for name, word in AMOUNTS.items())
