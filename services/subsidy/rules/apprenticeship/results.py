"""As what a training counts: certified, uncertified or failed; and which certificate counts (APP-19, APP-34)."""

from __future__ import annotations

from dataclasses import dataclass

from services.subsidy.rules.apprenticeship.facts import Certificate, OutcomeFacts
from services.subsidy.rules.apprenticeship.standard import (
    SHARE_OR_YUAN,
    Step,
    dimensions,
    months_trained,
    over_time,
    shown,
    standard_for,
)
from shared.calendar import MONTHS_A_YEAR
from shared.money import ZERO, Money
from shared.policy.findings import Finding
from shared.policy.rules import Clause, clause, rule

HARDSHIPS = ("death", "illness", "conscription")
PAYABLE = {
    "certified": "subsidy.payable.certified",
    "uncertified": "subsidy.payable.uncertified",
    "failed": "subsidy.payable.failed",
}
WORDS = {
    "certified": "培训合格并取得相应职业证书",
    "uncertified": "培训合格，未取得相应职业证书",
    "failed": "培训不合格或中途退出",
}
NOT_FINISHED = {
    "death": "学员去世，培训未能完成",
    "illness": "学员因病退出，培训未能完成",
    "conscription": "学员应征入伍，培训未能完成",
}
"""Who couldn't finish isn't told to have failed."""


BY_LEVEL = "certificate.kinds_by_level"
"""Kinds that are issued by level: one of them without a level stands for none."""


@dataclass(frozen=True, slots=True)
class Counted:
    """As what it counts, at which level, and why, in Chinese (empty where nothing needs a word)."""

    result: str
    level: str
    why: str = ""


@rule(
    "subsidy.result",
    of="subsidy.entitlement",
    reads=tuple(PAYABLE.values()),
    units=dict.fromkeys(PAYABLE.values(), SHARE_OR_YUAN),
    may_read=("certificate.kinds", "certificate.kinds_levelled", BY_LEVEL),
    readings=("not_appraisable_ordinary", "lower_certificate", "certificate_kinds", "left_before_end", "demand_opens"),
)
def payable(facts: OutcomeFacts, view: Clause, full: Step, months: int) -> Step:
    """What is payable of the `full` standard by the result: a share of it, or a flat amount (APP-19).

    `months`: those that `full` pays for. Someone who left is treated as the reading of INT-30 says.
    """
    if facts.result == "left" and (leaving := _left(facts, view)):
        return leaving
    counted = count_as(facts, view)
    key = PAYABLE[counted.result]
    quantity, unit = view.quantity(key, facts.training.on, **dimensions(facts.training)), view.unit(key)
    if counted.level != facts.training.level:
        standards = clause(view.document, "subsidy.standard")
        full = standard_for(facts.training, months, standards, counted.level)
    amount = over_time(quantity, unit, months, full.amount)
    compared = f"{full.amount} × {shown(quantity, unit)} = {amount}" if unit == "share" else shown(quantity, unit)
    words = WORDS[counted.result]
    if counted.result == "failed":
        words = NOT_FINISHED.get(facts.leaving_reason, words)
    message = f"{words}{counted.why}：按 {shown(quantity, unit)} 补贴，核定 {amount} 元"
    if counted.result != "failed":
        return Step(amount, view.met(compared, message))
    cure = "已预拨资金应退回，请按追回通知办理"
    if facts.leaving_reason == "death":
        cure = "已预拨给单位的资金应由单位退回，请与属地人社部门联系办理"
    return Step(amount, view.unmet(compared, f"{message}；{cure}"))


def count_as(facts: OutcomeFacts, view: Clause) -> Counted:
    """Certified, uncertified or failed, under the document's readings (INT-2, INT-3)."""
    training = facts.training
    if facts.result != "passed":
        return Counted("failed", training.level)
    fault = certificate_fault(facts, view)
    if fault is None:
        return Counted("certified", training.level)
    if fault == LOWER and view.reading("lower_certificate") == "lower_level_rate" and facts.certificate:
        return Counted("certified", str(facts.certificate.level), "（证书等级低于培训等级，按证书等级计）")
    if _no_appraisal_yet(facts) and view.reading("not_appraisable_ordinary") == "as_certified":
        return Counted("certified", training.level, "（该职业暂不能评价，按取证计）")
    return Counted("uncertified", training.level, f"（{fault}）" if facts.certificate else "")


def _no_appraisal_yet(facts: OutcomeFacts) -> bool:
    """Ordinary occupations only: what a shortage occupation without appraisal is paid stands in the text itself."""
    return facts.training.occupation_class == "ordinary" and not facts.training.appraisable


LOWER = "证书等级低于培训等级"


def certificate_fault(facts: OutcomeFacts, view: Clause) -> str | None:
    """Why the certificate doesn't count, in Chinese; None where it counts (INT-3, INT-32, INT-33, APP-34)."""
    certificate = facts.certificate
    if certificate is None:
        return "未取得证书"
    if not _kind_counts(certificate, facts, view):
        return f"{view.document.labels.get(certificate.kind, '所登记的证书')}不属于计入的证书种类"
    if certificate.occupation != facts.training.occupation:
        return "证书职业（工种）与培训不一致"
    if certificate.self_issued and not certificate.issuer_registered:
        return "发证企业当日未备案该职业等级的自主评价"
    if _lacks_level(certificate, facts, view):
        return "证书没有填写等级，该种证书分等级颁发"
    if _outside_period(certificate, facts):
        return "证书不是在建立学籍至申领尾款之间取得"
    return LOWER if _is_lower(certificate, facts, view) else None


def _kind_counts(certificate: Certificate, facts: OutcomeFacts, view: Clause) -> bool:
    levelled = view.reading("certificate_kinds") == "levelled_only"
    key = "certificate.kinds_levelled" if levelled else "certificate.kinds"
    return not view.has(key) or certificate.kind in view.codes(key, facts.training.on)


def _lacks_level(certificate: Certificate, facts: OutcomeFacts, view: Clause) -> bool:
    """Only where the trained level is one of those that certificates have."""
    if certificate.level is not None or facts.training.level not in view.document.certificate_levels:
        return False
    return view.has(BY_LEVEL) and certificate.kind in view.codes(BY_LEVEL, facts.training.on)


def _outside_period(certificate: Certificate, facts: OutcomeFacts) -> bool:
    if certificate.issued_on is None:
        return False
    too_early = facts.enrolled_on is not None and certificate.issued_on < facts.enrolled_on
    too_late = facts.claimed_on is not None and certificate.issued_on > facts.claimed_on
    return too_early or too_late


def _is_lower(certificate: Certificate, facts: OutcomeFacts, view: Clause) -> bool:
    order = view.document.certificate_levels
    if certificate.level is None or facts.training.level not in order:
        return False
    return certificate.level not in order or order.index(certificate.level) < order.index(facts.training.level)


def _left(facts: OutcomeFacts, view: Clause) -> Step | None:
    """INT-30: what someone who left before the end is owed; None where leaving counts as not passed."""
    reading = view.reading("left_before_end")
    if reading == "hardship_keeps_advance" and facts.leaving_reason in HARDSHIPS:
        kept = facts.advance_paid
        return Step(
            kept,
            view.met(
                f"{facts.leaving_reason}: {kept}", f"{NOT_FINISHED[facts.leaving_reason]}，已预拨的 {kept} 元不予追回"
            ),
        )
    if reading != "by_months":
        return None
    months = min(months_trained(facts), facts.training.term_years * MONTHS_A_YEAR)
    amount = _as_uncertified(facts, view, months)
    return Step(amount, view.met(f"{months} 个月: {amount}", f"中途退出，按已培训 {months} 个月计，核定 {amount} 元"))


def _as_uncertified(facts: OutcomeFacts, view: Clause, months: int) -> Money:
    key = PAYABLE["uncertified"]
    quantity, unit = view.quantity(key, facts.training.on, **dimensions(facts.training)), view.unit(key)
    full = standard_for(facts.training, months, clause(view.document, "subsidy.standard"), facts.training.level)
    return over_time(quantity, unit, months, full.amount) if months else ZERO


@rule("subsidy.self_issued_certificate", of="subsidy.entitlement")
def self_issued(facts: OutcomeFacts, view: Clause) -> Finding:
    """A certificate that the employer issued itself counts if it was registered for that on the day (APP-34)."""
    certificate = facts.certificate
    if certificate is None or not certificate.self_issued:
        return view.not_applicable("非本企业自主发证", "证书不是本企业自主评价发放，无需核对备案")
    if certificate.issuer_registered:
        return view.met("当日已备案", "发证企业已备案该职业等级的自主评价，证书有效")
    # It lowers the amount, which APP-19's finding shows; it doesn't refuse the claim.
    message = "发证企业当日未备案该职业等级的自主评价，证书不计入；如已备案请补交备案证明"
    return view.not_applicable("当日未备案", message)
