"""Who may be an apprentice (APP-2), and who applies for dispatched workers (APP-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from shared.calendar import MONTHS_A_YEAR, add_months, last_day, month_of
from shared.policy.findings import Finding, Force
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class Skill:
    """An occupation at a level."""

    occupation: str
    level: str


@dataclass(frozen=True, slots=True)
class ApprenticeFacts:
    """One person for one training. `contract_to`: None for a contract without end, `contract_from`: None for none.

    `insured_months`: months (`2022-06`) insured in the city; `insured_by`: who pays them; `checked_on`: the
    day of this check, which is the claim's where a claim checks again. `stage`: when in the road it is decided; None
    in decisions from before stages were told apart, which left nothing to a later one; `full_years`: a year that
    begins on 29 February lasts to 28 February; False in facts of before that was so.
    """

    checked_on: date
    enrolment_on: date
    training_ends_on: date
    occupation: str
    level: str
    hiring: Literal["new_hire", "transferred", "chosen"]
    dispatched: bool
    skilled_post: bool
    contract_from: date | None
    contract_to: date | None
    contract_with: Literal["employer", "agency"]
    insured_months: tuple[str, ...]
    insured_by: Literal["employer", "agency"]
    applicant_is_user: bool
    held: tuple[Skill, ...] = ()
    funded: tuple[Skill, ...] = ()
    stage: Literal["roster", "enrolment"] | None = None
    full_years: bool = False


checks("registry.apprentice", ApprenticeFacts)


@rule("registry.way_in", of="registry.apprentice")
def way_in(facts: ApprenticeFacts, clause: Clause) -> Finding:
    """Newly hired or moved into a skilled post, or chosen by the employer for its production (APP-2)."""
    words = {"new_hire": "新招用", "transferred": "转岗", "chosen": "企业自主确定"}[facts.hiring]
    fits = facts.skilled_post or (facts.hiring == "chosen" and not facts.dispatched)
    cure = "不在技能岗位：新招用、转岗和劳务派遣人员应在企业技能岗位，请核对岗位"
    return clause.check(fits, words, f"{words}，符合培养对象范围", cure)


@rule(
    "registry.contract",
    of="registry.apprentice",
    reads=("apprentice.contract_years_min",),
    readings=("contract_length", "contract_holder_insured", "dispatched_evidence"),
)
def contract(facts: ApprenticeFacts, clause: Clause) -> Finding:
    """A labour contract of the least term, valid at enrolment (APP-2, INT-18, INT-19, INT-20)."""
    if _excused(facts, clause):
        return clause.not_applicable("企业自主确定", "企业自主确定的人员不核对劳动合同期限")
    if fault := _contract_holder(facts, clause):
        return clause.unmet(fault, fault)
    if facts.contract_from is None or facts.contract_from > facts.enrolment_on:
        return clause.unmet(f"{facts.contract_from} / {facts.enrolment_on}", "建立学籍之日没有劳动合同，请补交劳动合同")
    if facts.contract_to is None:
        return clause.met(f"{facts.contract_from} 起无固定期限", "劳动合同为无固定期限")
    least = _least_end(facts, facts.contract_from, clause)
    compared = f"{facts.contract_from} 至 {facts.contract_to}，应至 {least} 或以后"
    cure = f"劳动合同应至少到 {least}，请续签后补交"
    return clause.check(facts.contract_to >= least, compared, "劳动合同期限符合要求", cure)


def _least_end(facts: ApprenticeFacts, starts: date, clause: Clause) -> date:
    """The earliest last day of a contract that is long enough and still valid at enrolment."""
    years = clause.whole("apprentice.contract_years_min", facts.checked_on)
    months = years * MONTHS_A_YEAR
    long_enough = last_day(starts, months) if facts.full_years else add_months(starts, months) - timedelta(days=1)
    covers = clause.reading("contract_length") == "remaining_term_covers_training"
    return max(long_enough, facts.training_ends_on if covers else facts.enrolment_on)


@rule(
    "registry.insured",
    of="registry.apprentice",
    readings=("insured_when", "contract_holder_insured", "dispatched_evidence", "eligibility_decided"),
)
def insured(facts: ApprenticeFacts, clause: Clause) -> Finding:
    """Social insurance paid in the city in the month that the reading names (APP-2, INT-18, INT-20, INT-21).

    On the roster a month that hasn't come is left to the enrolment, which decides again (INT-87).
    """
    if _excused(facts, clause):
        return clause.not_applicable("企业自主确定", "企业自主确定的人员不核对社会保险")
    if facts.dispatched and facts.insured_by != _evidence_from(clause):
        return clause.unmet(facts.insured_by, "劳务派遣人员的参保单位不符，请提供派遣单位在本市的参保证明")
    months = _insured_in(facts, clause)
    paid = [month for month in months if month in facts.insured_months]
    if not paid and _settled_at_enrolment(facts, clause) and max(months) > month_of(facts.checked_on):
        words = f"{'或'.join(months)} 尚未到来，建立学籍时核定：请届时补充当月或上月在本市参保的记录"
        return clause.pending(f"{'、'.join(months)} 待核定", words)
    cure = f"请提供 {'或'.join(months)} 在本市缴纳社会保险的证明"
    return clause.check(bool(paid), "、".join(paid) or f"{'、'.join(months)} 未缴", "已在本市缴纳社会保险", cure)


def _settled_at_enrolment(facts: ApprenticeFacts, clause: Clause) -> bool:
    return facts.stage == "roster" and clause.reading("eligibility_decided") == "roster_and_enrolment"


def _insured_in(facts: ApprenticeFacts, clause: Clause) -> tuple[str, ...]:
    if clause.reading("insured_when") == "month_of_claim":
        return (month_of(facts.checked_on),)
    return month_of(facts.enrolment_on), month_of(add_months(facts.enrolment_on, -1))


@rule("registry.not_held_before", of="registry.apprentice", readings=("level_held_already",))
def not_held_before(facts: ApprenticeFacts, clause: Clause) -> Finding:
    """Neither holds the level or a higher one, nor was funded for the same occupation and level (APP-2, INT-37)."""
    order = clause.document.certificate_levels
    wanted = Skill(facts.occupation, facts.level)
    held = [skill.level for skill in facts.held if skill.occupation == wanted.occupation]
    already = [level for level in held if level == wanted.level or _rank(order, level) > _rank(order, wanted.level)]
    force = Force.PRINCIPLE if clause.reading("level_held_already") == "officer_with_reason" else None
    if wanted in facts.funded:
        return clause.unmet("同职业同等级已获补贴", "该人员同一职业（工种）同一等级已享受补贴，请从名单中移除", force)
    compared = "、".join(already) or "未持有"
    cure = "该人员已持有同级或更高等级证书，请改报更高等级或从名单中移除"
    return clause.check(not already, compared, "未持有同级证书，未享受过同等级补贴", cure, force)


@rule("registry.dispatched_by_user", of="registry.apprentice")
def dispatched_by_user(facts: ApprenticeFacts, clause: Clause) -> Finding:
    """For dispatched workers the employer that really uses them applies and trains (APP-3)."""
    if not facts.dispatched:
        return clause.not_applicable("非劳务派遣", "不是劳务派遣人员")
    cure = "劳务派遣人员应由实际用人企业申报，请由该企业提交"
    return clause.check(facts.applicant_is_user, "申报单位与实际用人企业", "由实际用人企业申报", cure)


def _excused(facts: ApprenticeFacts, clause: Clause) -> bool:
    return facts.hiring == "chosen" and clause.reading("contract_holder_insured") == "new_hires_and_transfers"


def _evidence_from(clause: Clause) -> str:
    return "employer" if clause.reading("dispatched_evidence") == "user" else "agency"


def _contract_holder(facts: ApprenticeFacts, clause: Clause) -> str | None:
    wanted = _evidence_from(clause) if facts.dispatched else "employer"
    if facts.contract_with == wanted:
        return None
    return f"劳动合同应与{'派遣单位' if wanted == 'agency' else '本企业'}签订，请核对后补交"


def _rank(order: tuple[str, ...], level: str) -> int:
    return order.index(level) if level in order else -1
