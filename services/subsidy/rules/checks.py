"""What is on file elsewhere about somebody a claim pays for, or about its payee (APP-2, APP-19, X-1).

A match is a suspicion and no proof: registers are late, names of offices differ, people have changed jobs. So every
finding here is a principle, whatever the clause's own force: an officer looks, and clears it with a recorded reason or
upholds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.subsidy.checks import HitKind
from shared.policy.document import Document
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule

KINDS_OF: Mapping[str, tuple[HitKind, ...]] = {
    "subsidy.still_eligible": ("deceased", "student", "insured_elsewhere", "past_retirement_age"),
    "subsidy.certified_in_training": ("certified_before",),
    "subsidy.funded_once": ("funded_elsewhere", "enrolled_elsewhere", "certificate_twice"),
    "subsidy.own_account": ("shared_account",),
}
"""Which rule function looks at which kinds of match."""

WORDS: Mapping[str, str] = {
    "deceased": "死亡登记",
    "student": "在校学籍",
    "insured_elsewhere": "在其他地区或单位参保",
    "funded_elsewhere": "已享受其他培训补贴",
    "past_retirement_age": "已到法定退休年龄",
    "certified_before": "培训前已持有本职业同级或更高等级证书",
    "certificate_twice": "证书编号重复使用",
    "enrolled_elsewhere": "同期另有享受补贴的学籍",
    "shared_account": "收款账户与其他单位相同",
}
ALWAYS = ("certificate_twice", "shared_account")
"""Kinds that speak against paying whatever their day."""


@dataclass(frozen=True, slots=True)
class Match:
    """Something found in a source. `as_of`: the day of the source; `since`: of what stands in it."""

    kind: HitKind
    source: str
    as_of: date
    since: date | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """One enrolment that a claim pays for, or the claim's payee, and what was found about it.

    `trained_from`, `trained_to`: both included, the latter the day of the comparison while training goes on; None for
    a payee.
    """

    on: date
    matches: tuple[Match, ...] = ()
    trained_from: date | None = None
    trained_to: date | None = None


checks("subsidy.payment", PaymentFacts)


@rule("subsidy.still_eligible", of="subsidy.payment")
def still_eligible(facts: PaymentFacts, view: Clause) -> Finding:
    """Until the end of training nobody died, studied, was insured elsewhere or reached retirement age (APP-2)."""
    cure = "请核实其在培期间的情况：不影响培养对象条件的，登记理由后放行；属实的，认定不予补贴"
    return _compared(facts, view, "培训期间未见不再符合培养对象条件的登记", cure)


@rule("subsidy.certified_in_training", of="subsidy.payment")
def certified_in_training(facts: PaymentFacts, view: Clause) -> Finding:
    """Who held the level, or a higher one, before training began isn't paid for to reach it (APP-19, INT-37)."""
    cure = "请核对培训前所持证书的职业、等级和日期：不属同一职业等级的，登记理由后放行；属实的，认定不予补贴"
    return _compared(facts, view, "培训前未见本职业同级或更高等级证书", cure)


@rule("subsidy.funded_once", of="subsidy.payment")
def funded_once(facts: PaymentFacts, view: Clause) -> Finding:
    """The same training isn't paid for twice, by whomever (X-1)."""
    cure = "请向有关单位核实：不是同一培训的，登记理由后放行；确属重复享受的，认定不予补贴"
    return _compared(facts, view, "未见重复享受补贴的登记", cure)


@rule("subsidy.own_account", of="subsidy.payment")
def own_account(facts: PaymentFacts, view: Clause) -> Finding:
    """A payee is paid into an account of its own (X-1)."""
    cure = "请核实账户归属：确有正当理由共用的，登记理由后放行；不属本单位的，认定后由单位更正账户再申领"
    return _compared(facts, view, "收款账户未与其他单位共用", cure)


def kinds_compared(document: Document) -> frozenset[HitKind]:
    """The kinds that the document's rules look at; none under a document that names none of them."""
    named = {name for _, name in document.rules_by_function()}
    return frozenset(kind for name, kinds in KINDS_OF.items() if name in named for kind in kinds)


def function_of(kind: str) -> str:
    """The rule function that looks at this kind."""
    return next(name for name, kinds in KINDS_OF.items() if kind in kinds)


def speaks_against(match: Match, facts: PaymentFacts) -> bool:
    """Whether a match bears on the time of training: from before its first day, or until its last one."""
    if match.kind in ALWAYS or match.since is None or facts.trained_from is None or facts.trained_to is None:
        return True
    if match.kind == "certified_before":
        return match.since < facts.trained_from
    return match.since <= facts.trained_to


def _compared(facts: PaymentFacts, view: Clause, met: str, cure: str) -> Finding:
    looked_at = [match for match in facts.matches if match.kind in KINDS_OF[view.function.name]]
    found = [match for match in looked_at if speaks_against(match, facts)]
    if not found:
        return view.met(f"{_in_words(looked_at)}{_training(facts)}", met)
    return view.unmet(f"{_in_words(found)}{_training(facts)}", cure, Force.PRINCIPLE)


def _in_words(matches: Iterable[Match]) -> str:
    """What was found, in which source, as of which day."""
    said = []
    for match in matches:
        since = f" {match.since}" if match.since else ""
        remark = f"，{match.remark}" if match.remark else ""
        said.append(f"{WORDS[match.kind]}{since}（{match.source}，截至 {match.as_of}{remark}）")
    return "；".join(said) or "无"


def _training(facts: PaymentFacts) -> str:
    return f"；培训 {facts.trained_from} 至 {facts.trained_to}" if facts.trained_from else ""
