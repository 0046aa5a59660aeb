"""What a claim must show before money moves, whom it pays, and how old an unpaid one is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from shared.contracts.schema.shapes import Whole
from shared.contracts.subsidy.claims import ClaimKind
from shared.policy.document import Document
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule

Persons = Annotated[int, Whole(0, 1_000_000)]


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """One claim of an employer. `blocks`: what stands on the case, such as `objection`, `suspension`.

    `assessed`: those whom a final claim is for have their results, or everybody has, as INT-89 is read;
    `advance_waived`: the employer waived the first claim on record, so all is paid at the end (INT-34).
    `underpaid`, `unrecorded`: persons in it with a month paid below the minimum wage, and with one of which no wage is
    known to be above it; `departed`: whose hours departed from the plan and nobody took it up; `final_claimed_on`: when
    the last of those in it was finally claimed for; the two employers: with whom the contract is, and who trains by
    agreement (APP-9).
    """

    on: date
    kind: ClaimKind
    enrolments_established: bool
    assessed: bool
    advance_decided: bool
    advance_waived: bool
    education_budget: bool
    fund_rules: bool
    separate_account: bool
    funded_register: bool
    textbooks_filed: bool
    contract_employer: str
    entrusted_employer: str | None = None
    underpaid: Persons = 0
    final_claimed_on: date | None = None
    blocks: tuple[str, ...] = ()
    unrecorded: Persons = 0
    departed: Persons = 0


@dataclass(frozen=True, slots=True)
class UnpaidFacts:
    """An approved claim on a day. `paid_on`: None while it is unpaid."""

    on: date
    approved_on: date
    paid_on: date | None = None


checks("subsidy.claim", ClaimFacts)
checks("subsidy.unpaid", UnpaidFacts)

SUPPLEMENTARY = "supplementary"
SUPPLEMENTARY_DAYS = "certificate.supplementary_days"
BLOCKS = {
    "set_off_spent": "涉及不予补贴人员，应予作废，但其已抵扣而恢复的额度已另行安排，请先追加该来源该年度的预算",
    "objection": "异议未处理完毕",
    "audit_finding": "审计问题未整改",
    "suspension": "停训整改中",
    "fraud_inquiry": "正在核查骗取、套取补贴问题",
    "public_notice": "公示中",
}


def blocks_in_words(blocks: Iterable[str]) -> str:
    """Blocks by kind, in Chinese, as an officer reads them."""
    return "、".join(BLOCKS.get(block, block) for block in blocks)


@rule(
    "subsidy.claim_order", of="subsidy.claim", readings=("first_claim_not_made", "balance_claimed", "second_enrolment")
)
def claim_order(facts: ClaimFacts, clause: Clause) -> Finding:
    """The first claim comes after enrolment, the final one after assessment and the first (APP-20, INT-34, INT-89)."""
    if facts.kind == "advance":
        cure = "学籍尚未建立，请待学籍建立后再申请首次补贴"
        return clause.check(facts.enrolments_established, "建立学籍", "学籍已建立，可申请首次补贴", cure)
    if facts.kind == "supplementary":
        cure = "没有已拨付的剩余补贴申领之后取得证书的人员，不能补充申领；请先申请剩余补贴并待其拨付完成"
        return clause.check(facts.final_claimed_on is not None, "剩余补贴已拨付", "剩余补贴已拨付，可补充申领", cure)
    if not facts.assessed:
        return clause.unmet("考核评价未完成", "请完成考核评价后再申请剩余补贴")
    cure = "首次补贴尚未申请，请先申请，或登记放弃首次补贴后一次性申请"
    waived = facts.advance_waived and clause.reading("first_claim_not_made") == "waiver_recorded"
    before = facts.advance_decided or waived
    return clause.check(before, "首次补贴已申请或已放弃", "考核评价已完成，可申请剩余补贴", cure)


@rule(
    "subsidy.supplementary_claim",
    of="subsidy.claim",
    may_read=(SUPPLEMENTARY_DAYS,),
    readings=("certificate_when",),
)
def supplementary_claim(facts: ClaimFacts, clause: Clause) -> Finding:
    """A certificate of after the final claim: too late, or claimed for within so many days where so read (INT-33)."""
    if facts.kind != "supplementary" or facts.final_claimed_on is None:
        return clause.not_applicable("非补充申领", "不是补充申领，无需核对补充申领期限")
    if clause.reading("certificate_when") != SUPPLEMENTARY:
        return clause.unmet("不接受补充申领", "申领剩余补贴之后取得的证书不再计入，不能补充申领")
    until = facts.final_claimed_on + timedelta(days=clause.whole(SUPPLEMENTARY_DAYS, facts.final_claimed_on))
    compared = f"{facts.on}，截止 {until}"
    return clause.check(
        facts.on <= until, compared, f"在补充申领期限 {until} 之内", f"补充申领期限 {until} 已过，不能再申领"
    )


def supplementary_until(final_on: date, document: Document) -> date | None:
    """The last day of a supplementary claim for somebody finally claimed for on that day; None where there is none."""
    if document.reading("certificate_when") != SUPPLEMENTARY:
        return None
    return final_on + timedelta(days=document.whole(SUPPLEMENTARY_DAYS, final_on))


@rule("subsidy.minimum_wage_kept", of="subsidy.claim")
def minimum_wage_kept(facts: ClaimFacts, clause: Clause) -> Finding:
    """Nothing is paid while somebody in the claim has a month below the minimum wage (APP-25)."""
    cure = f"{facts.underpaid} 名人员有月工资低于本市最低工资标准，请补足差额并更正工资记录后再申领"
    return clause.check(not facts.underpaid, f"{facts.underpaid} 人", "在培期间工资均不低于最低工资标准", cure)


@rule("subsidy.wages_recorded", of="subsidy.claim")
def wages_recorded(facts: ClaimFacts, clause: Clause) -> Finding:
    """A wage that nobody recorded is no wage that was kept above the minimum (APP-25).

    The advance rests on the wage that was compared when the enrolment was established: there it is shown.
    """
    force = Force.ADVICE if facts.kind == "advance" else None
    cure = (
        f"{facts.unrecorded} 名人员有已过的培训月份没有登记工资，或登记时没有最低工资标准可核对，"
        "请逐月登记（标准补录后重新登记）再申领"
    )
    return clause.check(not facts.unrecorded, f"{facts.unrecorded} 人", "在培期间各月工资均已登记并核对", cure, force)


@rule("subsidy.departures_taken_up", of="subsidy.claim")
def departures_taken_up(facts: ClaimFacts, clause: Clause) -> Finding:
    """Whose training departed from the plan is paid for once the district took that up with its reason (APP-26)."""
    cure = f"{facts.departed} 名人员的实际学时少于计划，请属地人社部门逐人认定理由后再申领"
    return clause.check(not facts.departed, f"{facts.departed} 人", "培训按计划进行，或偏差已认定", cure)


@rule("subsidy.payee", of="subsidy.claim", readings=("payee",))
def named_payee(facts: ClaimFacts, clause: Clause) -> Finding:
    """Says whom the claim pays: the contract employer, or the entrusted one where so read (APP-9, INT-40)."""
    paid = payee(facts.contract_employer, facts.entrusted_employer, clause.reading("payee"))
    words = "签订劳动合同的企业" if paid == facts.contract_employer else "受托培训的企业"
    return clause.met(words, f"补贴拨付至{words}")


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
    """No payment while a suspension, objection, audit finding, fraud inquiry or public notice stands (APP-26, X-11)."""
    standing = blocks_in_words(facts.blocks)
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


def payee(contract_employer: str, entrusted_employer: str | None, reading: str) -> str:
    """Whom a claim pays under the reading `payee` of the document (INT-40): the organisation's id.

    `entrusted_employer`: the one that trains by agreement, if any (APP-9).
    """
    if reading == "entrusted_employer" and entrusted_employer:
        return entrusted_employer
    return contract_employer
