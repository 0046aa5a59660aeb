"""How far the plan's target is reached, counted in person-times (APP-28, INT-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.policy.findings import Finding
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class ProgressFacts:
    """Enrolments established in the plan period so far, in person-times, and those at advanced level or above."""

    on: date
    person_times: int
    advanced_or_above: int


checks("training.progress", ProgressFacts)


@rule("training.plan_target", of="training.progress", reads=("plan.person_times",))
def plan_target(facts: ProgressFacts, clause: Clause) -> Finding:
    """Person-times against the target of the plan period, and the share of the higher levels (APP-28)."""
    target = clause.whole("plan.person_times", facts.on)
    compared = f"{facts.person_times}/{target} 人次，高级工及以上 {facts.advanced_or_above}/{facts.person_times}"
    cure = f"距目标还差 {target - facts.person_times} 人次，请在通报中说明"
    return clause.check(facts.person_times >= target, compared, "已达到培养目标", cure)
