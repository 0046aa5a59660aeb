"""How far the plan's target is reached, counted in person-times (APP-28, INT-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class Established:
    """Enrolments established in a calendar year at a level, in person-times."""

    year: int
    level: str
    person_times: int


@dataclass(frozen=True, slots=True)
class ProgressFacts:
    """Enrolments established so far, in the plan's years and in others."""

    on: date
    established: tuple[Established, ...]


checks("training.progress", ProgressFacts)


@rule(
    "training.plan_target",
    of="training.progress",
    reads=("plan.person_times", "plan.first_year", "plan.last_year", "plan.high_levels"),
)
def plan_target(facts: ProgressFacts, clause: Clause) -> Finding:
    """Person-times of the plan's years against its target, and the share of the higher levels (APP-28)."""
    target = clause.whole("plan.person_times", facts.on)
    first, last = clause.whole("plan.first_year", facts.on), clause.whole("plan.last_year", facts.on)
    high = clause.codes("plan.high_levels", facts.on)
    counted = [entry for entry in facts.established if first <= entry.year <= last]
    total = sum(entry.person_times for entry in counted)
    higher = sum(entry.person_times for entry in counted if entry.level in high)
    compared = f"{first}-{last} 年 {total}/{target} 人次，高级工及以上 {higher}/{total}"
    cure = f"距目标还差 {target - total} 人次，请在通报中说明"
    return clause.check(total >= target, compared, "已达到培养目标", cure)


def high_levels(document: Document, on: date) -> tuple[str, ...]:
    """The levels whose share is reported; none where the document names none."""
    return document.codes("plan.high_levels", on) if "plan.high_levels" in document.values else ()
