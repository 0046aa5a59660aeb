"""How projects are overseen: audit and evaluation (APP-23), inspection (APP-37), interview and suspension (APP-26)."""

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
    """The steps before and after a suspension. Days are None until the step is taken."""

    on: date
    reasons: tuple[str, ...]
    interviewed_on: date | None
    superior_present: bool
    minutes: bool
    refused_to_mend: bool
    reported_to_city: bool
    ordered_by: Literal["city", "district", "nobody"]
    remedied_on: date | None = None


checks("review.evaluation", EvaluationFacts)
checks("review.inspection", InspectionFacts)
checks("review.suspension", SuspensionFacts)


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
    interviewed = facts.interviewed_on is not None and facts.interviewed_on <= facts.on
    steps = {
        "记录事由": bool(facts.reasons),
        "约谈企业负责人": interviewed,
        "会同企业主管部门": facts.superior_present,
        "约谈纪要": facts.minutes,
    }
    if facts.ordered_by != "nobody":
        steps |= {
            "企业拒不改正": facts.refused_to_mend,
            "报市人社部门": facts.reported_to_city,
            "由市级作出停训决定": facts.ordered_by == "city",
        }
    missing = "、".join(step for step, taken in steps.items() if not taken)
    return clause.check(not missing, missing or "程序完备", "约谈、停训程序完备", f"请先完成：{missing}")


@rule("review.remedy_recorded", of="review.suspension")
def remedy_recorded(facts: SuspensionFacts, clause: Clause) -> Finding:
    """A suspension lasts until it is put right and the remedy is recorded (APP-26)."""
    if facts.ordered_by == "nobody":
        return clause.not_applicable("未停训", "未停训，无需整改记录")
    done = facts.remedied_on is not None and facts.remedied_on <= facts.on
    return clause.check(done, str(facts.remedied_on), "整改已记录，可恢复培训", "停训整改中，请整改到位并记录后再恢复")
