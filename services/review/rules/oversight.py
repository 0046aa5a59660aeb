"""How projects are overseen: audit, evaluation (APP-23), inspection (APP-37), suspension (APP-26), fraud (APP-27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.policy.findings import Finding
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class EvaluationFacts:
    """A performance evaluation. `audit`: result of the third-party audit commissioned by the city."""

    on: date
    audit: Literal["passed", "failed", "none"]
    proposed: Literal["passed", "failed"]


@dataclass(frozen=True, slots=True)
class InspectionFacts:
    """An inspection, by video or on site. `told`: the parties that were told its result."""

    on: date
    way: Literal["video", "on_site", "joint"]
    inspectors: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuspensionFacts:
    """What lies before a suspension that is about to be ordered. Days are None until the step is taken.

    `superior`: whether the employer's superior unit took part in the interview, "none" where it has none; `mend_by`:
    the day until which the employer agreed to mend.
    """

    on: date
    reasons: tuple[str, ...]
    interviewed_on: date | None
    superior: Literal["present", "absent", "none"]
    minutes: bool
    refused_to_mend: bool
    mend_by: date | None
    reported_to_city: bool
    ordered_by: Literal["city", "district"]


@dataclass(frozen=True, slots=True)
class RemedyFacts:
    """A suspension that is about to be lifted. `remedied_on`: the day on which it was put right, None if it wasn't."""

    on: date
    suspended_on: date
    remedied_on: date | None


@dataclass(frozen=True, slots=True)
class FraudFacts:
    """A confirmed fraud. `referred_to`: where the leads were handed over."""

    on: date
    referred_to: tuple[Literal["discipline_inspection", "judicial_organs"], ...]


checks("review.evaluation", EvaluationFacts)
checks("review.inspection", InspectionFacts)
checks("review.suspension", SuspensionFacts)
checks("review.remedy", RemedyFacts)
checks("review.fraud", FraudFacts)


@rule("review.audit_veto", of="review.evaluation")
def audit_veto(facts: EvaluationFacts, clause: Clause) -> Finding:
    """A failed audit vetoes a passing conclusion; without an audit there is none yet (APP-23)."""
    stands = facts.proposed == "failed" or facts.audit == "passed"
    cure = {
        "failed": "第三方审计不合格，一票否决，评价结论应为不合格",
        "none": "尚无第三方审计结果，请先完成审计再作结论",
        "passed": "",
    }[facts.audit]
    return clause.check(stands, f"审计 {facts.audit}，结论 {facts.proposed}", "评价结论与审计结果一致", cure)


@rule("review.both_told", of="review.inspection", reads=("inspection.told",))
def both_told(facts: InspectionFacts, clause: Clause) -> Finding:
    """Employer and provider are both told what an inspection found (APP-37)."""
    missing = [party for party in clause.codes("inspection.told", facts.on) if party not in facts.told]
    shown = "、".join(clause.document.label(party) for party in missing)
    return clause.check(not missing, shown or "均已告知", "检查结果已通报企业和培训机构", f"请将检查结果告知：{shown}")


@rule("review.suspension_order", of="review.suspension")
def suspension_order(facts: SuspensionFacts, clause: Clause) -> Finding:
    """Interview with the superior and minutes, refusal, report, then the city suspends; never earlier (APP-26)."""
    steps = {
        "记录事由": bool(facts.reasons),
        "约谈企业负责人": facts.interviewed_on is not None and facts.interviewed_on <= facts.on,
        "会同企业主管部门": facts.superior != "absent",
        "约谈纪要": facts.minutes,
        "企业拒不改正": facts.refused_to_mend or (facts.mend_by is not None and facts.mend_by < facts.on),
        "报市人社部门": facts.reported_to_city,
        "由市级作出停训决定": facts.ordered_by == "city",
    }
    missing = "、".join(step for step, taken in steps.items() if not taken)
    return clause.check(not missing, missing or "程序完备", "约谈、停训程序完备", f"请先完成：{missing}")


@rule("review.remedy_recorded", of="review.remedy")
def remedy_recorded(facts: RemedyFacts, clause: Clause) -> Finding:
    """A suspension lasts until it is put right and the remedy is recorded (APP-26)."""
    done = facts.remedied_on is not None and facts.suspended_on <= facts.remedied_on <= facts.on
    compared = f"停训自 {facts.suspended_on}，整改于 {facts.remedied_on or '未记录'}"
    return clause.check(done, compared, "整改已记录，可恢复培训", "停训整改中，请整改到位并记录后再恢复")


@rule("review.leads_referred", of="review.fraud")
def leads_referred(facts: FraudFacts, clause: Clause) -> Finding:
    """Leads of a confirmed fraud go to discipline inspection, suspected crime to judicial organs (APP-27)."""
    named = {"discipline_inspection": "纪检监察机构", "judicial_organs": "司法机关"}
    shown = "、".join(named[each] for each in facts.referred_to)
    cure = "请将问题线索移交纪检监察机构，涉嫌犯罪的移送司法机关，并在 referred_to 中写明"
    return clause.check(bool(shown), shown or "未移交", f"问题线索已移交：{shown}", cure)
