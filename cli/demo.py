"""`skills demo`: the apprenticeship road on a fresh embedded system, then what came of it, asked from the services.

The story is programmes/apprenticeship/stories/main-road.yaml; its papers are left in the folder. What is shown at the
end is read by RPC with the ids that the story saved: nothing is taken from the story's own expectations.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from cli.caller_options import pages
from cli.refusals import refusals_told
from cli.scenario import play
from cli.system import Target, reached
from shared.contracts.registry.people import REVEAL_PEOPLE, RevealPeople
from shared.contracts.review.cases import GET_CASE, GetCase
from shared.contracts.subsidy import budgets_and_ledger, claims
from shared.contracts.subsidy.clawbacks import LIST_CLAWBACKS, ListClawbacks
from shared.money import Money
from shared.policy.document import Document
from shared.policy.policies import load_documents
from shared.runtime.system_client import System, speaker_of
from shared.security.speaker import Speaker

STORY = Path(__file__).resolve().parents[1] / "programmes" / "apprenticeship" / "stories" / "main-road.yaml"
NARROWEST = 110
"""Columns of the tables where the output is no terminal, or a small one."""

KINDS = {
    "appropriation": "下达预算",
    "commitment": "核定占用",
    "payment": "国库拨付",
    "release": "作废释放",
    "clawback": "应追回",
    "withdrawal": "撤销追回",
    "offset": "抵扣列支",
    "recovery": "抵扣追回",
}
MARKS = {"met": "✓", "unmet": "✗", "accepted": "△", "advice": "！", "not_applicable": "－", "pending": "…"}


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="材料和数据放在哪里（其中上一次演示的 data 会被删除）",
)
def demo(folder: Path) -> None:
    """演示：一份企业花名册怎样走到学籍、拨付、追回和台账。"""
    data = _fresh(folder)
    with reached(Target(None, None, data)) as system, refusals_told():
        saved = play(STORY, system, folder)
        Closing(system, saved, Console(width=max(NARROWEST, Console().width), highlight=False)).tell()
    click.echo(f"\n五、材料（{folder}）")
    for file in sorted(folder.iterdir()):
        if file.is_file():
            click.echo(f"  {file}")


def _fresh(folder: Path) -> Path:
    """The folder for the system's data, emptied of an earlier demo's; whatever else lies in `folder` stays."""
    data = folder / "data"
    if (data / "lock").exists():
        shutil.rmtree(data)
    elif data.exists():
        raise click.ClickException(f"{data} 不是演示数据，不予删除；请用 --folder 另选一个文件夹")
    return data


@dataclass(frozen=True)
class Closing:
    """What is told after the story. `saved`: the story's answers, by name."""

    system: System
    saved: Mapping[str, Any]
    console: Console

    def tell(self) -> None:
        """Prints it. Raises click.ClickException where the sums disagree."""
        advance, balance = self._claim("advance"), self._claim("balance")
        document = load_documents().by_identity(balance.document)
        self._refusal(document)
        self._payment(balance, document)
        self._ledger(document)
        self._sums(advance, balance)

    def _refusal(self, document: Document) -> None:
        """Who on the roster was refused, and why: clause by clause, with the cure."""
        case = self._ask(GET_CASE, GetCase(self.saved["roster_case"]["case_id"]))
        refused = [decision for decision in case.decisions if decision.verdict == "refused"]
        for decision in refused[:1]:
            self._heading(f"一、说明一项不予通过（名单审核，共 {len(refused)} 人），依据 {document.number}")
            self._findings(self._who(decision.subject_id), map(vars, decision.findings))

    def _payment(self, balance: claims.ClaimShape, document: Document) -> None:
        """One person's line of the final claim: each finding with its clause, and the amounts that follow."""
        explained = self._ask(claims.EXPLAIN_CLAIM, claims.ExplainClaim(balance.claim_id))
        line = next(line for line in explained.lines if line.amount)
        amounts = line.decision["amounts"]
        self._heading(f"二、说明一笔补贴（剩余补贴共 {balance.persons} 人），依据 {document.number}")
        self._findings(self._who(line.person_id), line.decision["findings"])
        self.console.print(
            f"  核定 {amounts['entitlement']} 元 − 已预拨 {amounts['advance_paid']} 元 ＝ 本次拨付 {line.amount} 元"
        )

    def _ledger(self, document: Document) -> None:
        """Every posting, then every budget with its sum."""
        self._heading("三、台账（每笔一行，金额单位：元）")
        read = pages(self.system, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(), self._officer())
        rows = [_posted(one, document) for page in read for one in page.postings]
        self._table(("序号", "日期", "事项", "资金来源", "年度", "依据", "金额"), rows, numbers=1)
        budgets = self._ask(budgets_and_ledger.LIST_BUDGETS, budgets_and_ledger.ListBudgets()).budgets
        columns = ("appropriated", "committed", "paid", "available")
        sums = [(document.label(one.fund_source), str(one.fiscal_year), *_texts(one, columns)) for one in budgets]
        totals = ("合计", "", *(str(Money.sum(getattr(one, name) for one in budgets)) for name in columns))
        self._table(("资金来源", "年度", "下达", "已占用未付", "已拨付", "结余"), [*sums, totals], numbers=4)

    def _sums(self, advance: claims.ClaimShape, balance: claims.ClaimShape) -> None:
        """The sums that must agree, and the ledger's own proof."""
        clawbacks = self._ask(LIST_CLAWBACKS, ListClawbacks(balance.project_id))
        proof = self._ask(budgets_and_ledger.PROVE_LEDGER, budgets_and_ledger.ProveLedger())
        paid, kept = advance.amount + balance.amount, proof.paid - clawbacks.total
        self._heading("四、核对")
        self.console.print(
            f"  首次补贴 {advance.amount} ＋ 剩余补贴 {balance.amount} "
            f"{_equals(paid, proof.paid)} 已拨付 {proof.paid} 元"
        )
        self.console.print(
            f"  已拨付 {proof.paid} − 应追回 {clawbacks.total} {_equals(kept, balance.entitlement)} "
            f"核定 {balance.entitlement} 元（追回 {len(clawbacks.clawbacks)} 人，按原渠道退回）"
        )
        self.console.print(f"  台账证明：{proof.postings} 笔分录按决定和支付重新计算，{_verdict(proof.differences)}")
        if proof.differences or paid != proof.paid or kept != balance.entitlement:
            raise click.ClickException("台账与决定、支付不一致，请勿据此拨付，并报告运维")

    # --- asking ------------------------------------------------------------------------------------------------------

    def _claim(self, name: str) -> claims.ClaimShape:
        claim: claims.ClaimShape = self._ask(claims.GET_CLAIM, claims.GetClaim(self.saved[name]["claim_id"]))
        return claim

    def _who(self, person_id: str) -> str:
        """A person as an officer sees one without a purpose: masked."""
        (person,) = self._ask(REVEAL_PEOPLE, RevealPeople((person_id,))).people
        return f"{person.name}（{person.document_number}）"

    def _ask(self, method: Any, request: Any) -> Any:
        return self.system.ask(method, request, self._officer())

    def _officer(self) -> Speaker:
        return speaker_of("district_officer", "district-officer-1", self.saved["balance"]["district"])

    # --- showing -----------------------------------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        self.console.print(f"\n{text}")

    def _findings(self, who: str, findings: Iterable[Mapping[str, Any]]) -> None:
        self.console.print(f"  {who}")
        rows = [
            (MARKS[one["outcome"]], one["rule"], one["clause"], one["compared"], one["message"]) for one in findings
        ]
        self._table(("", "规则", "条款", "比较", "结论与办法"), rows)

    def _table(self, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> None:
        """`numbers`: how many of the last columns hold amounts."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, column in enumerate(columns):
            is_amount = place >= len(columns) - numbers
            table.add_column(column, justify="right" if is_amount else "left", no_wrap=is_amount)
        for row in rows:
            table.add_row(*row)
        self.console.print(table)


def _posted(one: budgets_and_ledger.PostingShape, document: Document) -> tuple[str, ...]:
    source, cited = document.label(one.fund_source), f"{one.rule} {one.clause}"
    return (str(one.number), str(one.on), KINDS[one.kind], source, str(one.fiscal_year), cited, str(one.amount))


def _texts(budget: budgets_and_ledger.BudgetShape, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(getattr(budget, name)) for name in names)


def _equals(one: Money, other: Money) -> str:
    return "＝" if one == other else "≠"


def _verdict(differences: Sequence[str]) -> str:
    return "与账面一致，无差异" if not differences else "发现差异：" + "；".join(differences)
