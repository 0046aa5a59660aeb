"""What a claim must show before money moves, whom it pays, and how old an unpaid one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One claim of an employer. `blocks`: what stands on the case, such as `objection`, `suspension`.

    `advance_waived`: the employer waived the first claim on record, so all is paid at the end (INT-34).
    """

    on: date
    kind: Literal["advance", "final"]
    enrolments_established: bool
    assessed: bool
    advance_decided: bool
    advance_waived: bool
    education_budget: bool
    fund_rules: bool
    separate_account: bool
    funded_register: bool
    textbooks_filed: bool
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnpaidFacts:
    """An approved claim on a day. `paid_on`: None while it is unpaid."""

    on: date
    approved_on: date
    paid_on: date | None = None


@dataclass(frozen=True, slots=True)
class PayeeFacts:
    """Whom a claim could pay. `entrusted_employer`: the one that trains by agreement, if any (APP-9)."""

    contract_employer: str
    entrusted_employer: str | None = None


checks("subsidy.claim", ClaimFacts)
checks("subsidy.unpaid", UnpaidFacts)

BLOCKS = {
    "objection": "异议未处理完毕",
    "audit_finding": "审计问题未整改",
    "suspension": "停训整改中",
    "fraud_inquiry": "正在核查骗取、套取补贴问题",
}


@rule("subsidy.claim_order", of="subsidy.claim", readings=("first_claim_not_made",))
def claim_order(facts: ClaimFacts, clause: Clause) -> Finding:
    """The first claim comes after enrolment, the final one after assessment and the first (APP-20, INT-34)."""
    if facts.kind == "advance":
        cure = "学籍尚未建立，请待学籍建立后再申请首次补贴"
        return clause.check(facts.enrolments_established, "建立学籍", "学籍已建立，可申请首次补贴", cure)
    if not facts.assessed:
        return clause.unmet("考核评价未完成", "请完成考核评价后再申请剩余补贴")
    cure = "首次补贴尚未申请，请先申请，或登记放弃首次补贴后一次性申请"
    waived = facts.advance_waived and clause.reading("first_claim_not_made") == "waiver_recorded"
    before = facts.advance_decided or waived
    return clause.check(before, "首次补贴已申请或已放弃", "考核评价已完成，可申请剩余补贴", cure)


@rule("subsidy.fund_rules", of="subsidy.claim")
def fund_rules(facts: ClaimFacts, clause: Clause) -> Finding:
    """Staff-education budget, fund rules, a separate account and the register of who was funded (APP-22)."""
    shown = {
        "纳入职工教育经费": facts.education_budget,
        "资金管理制度": facts.fund_rules,
        "专账": facts.separate_account,
        "申领补贴人员台账": facts.funded_register,
    }
    missing = "、".join(name for name, held in shown.items() if not held)
    return clause.check(not missing, missing or "四项齐备", "补贴资金管理材料齐备", f"请补交：{missing}")


@rule("subsidy.not_blocked", of="subsidy.claim")
def not_blocked(facts: ClaimFacts, clause: Clause) -> Finding:
    """No payment while a suspension, an objection, an audit finding or a fraud inquiry stands (APP-26, X-11)."""
    standing = "、".join(BLOCKS.get(block, block) for block in facts.blocks)
    return clause.check(not standing, standing or "无", "没有暂停拨付的事由", f"暂停拨付：{standing}；请待解除后再申领")


@rule("subsidy.textbooks_at_balance", of="subsidy.claim", readings=("textbooks_not_filed",))
def textbooks_at_balance(facts: ClaimFacts, clause: Clause) -> Finding:
    """Textbooks that were never filed: a finding, or a bar to the balance where so read (APP-16, INT-39)."""
    if facts.kind == "advance":
        return clause.not_applicable("首次补贴", "首次补贴不核对教材存档")
    blocks = clause.reading("textbooks_not_filed") == "blocks_balance"
    force = Force.MUST if blocks else Force.ADVICE
    return clause.check(facts.textbooks_filed, "教材存档", "教材已存档", "请尽快向属地人社部门补报教材存档", force)


@rule("subsidy.paid_in_time", of="subsidy.unpaid")
def paid_in_time(facts: UnpaidFacts, clause: Clause) -> Finding:
    """The age of an approved claim that isn't paid; the text names no number of days (APP-38)."""
    if facts.paid_on is not None:
        return clause.met(f"{facts.approved_on} → {facts.paid_on}", f"已于 {facts.paid_on} 拨付")
    age = (facts.on - facts.approved_on).days
    return clause.unmet(f"{age} 天", f"核定后 {age} 天未拨付，请财务尽快安排拨付")


def payee(facts: PayeeFacts, reading: str) -> str:
    """Whom a claim pays under the reading `payee` of the document (INT-40): the organisation's id."""
    if reading == "entrusted_employer" and facts.entrusted_employer:
        return facts.entrusted_employer
    return facts.contract_employer
