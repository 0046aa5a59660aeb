"""The full standard of one person: rate × time (APP-18)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from services.subsidy.rules.apprenticeship.facts import OutcomeFacts, TrainingFacts
from shared.calendar import MONTHS_A_YEAR
from shared.errors import InvalidRequest
from shared.money import Money
from shared.policy.findings import Finding
from shared.policy.rules import Clause, rule
from shared.policy.units import Quantity, percent

YUAN = ("yuan_per_person_year", "yuan_per_month", "yuan_per_person")
SHARE_OR_YUAN = ("share", *YUAN)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a calculation: its amount and the finding that explains it."""

    amount: Money
    finding: Finding


@rule(
    "subsidy.standard",
    of="subsidy.entitlement",
    reads=("subsidy.rate",),
    units={"subsidy.rate": YUAN},
    readings=("paid_term", "early_completion"),
)
def standard(facts: OutcomeFacts, clause: Clause) -> Step:
    """The standard for the time that is paid: the filed term, unless a reading counts months (INT-1, INT-28)."""
    return standard_for(facts.training, paid_months(facts, clause), clause, facts.training.level)


def standard_for(training: TrainingFacts, months: int, clause: Clause, level: str) -> Step:
    """Rate of that level × months/12, rounded once. `clause`: the one that names `subsidy.standard`."""
    rate = clause.quantity("subsidy.rate", training.on, **dimensions(training) | {"level": level})
    unit = clause.unit("subsidy.rate")
    amount = over_time(rate, unit, months)
    compared = f"{rate} × {Fraction(months, MONTHS_A_YEAR)} 年 = {amount}" if unit != "yuan_per_person" else str(rate)
    words = clause.document.label
    return Step(
        amount,
        clause.met(compared, f"{words(training.occupation_class)}、{words(level)}：补贴标准 {amount} 元"),
    )


def paid_months(facts: OutcomeFacts, clause: Clause) -> int:
    """Months that are paid for: the filed term, more by an extension or fewer by early completion where so read."""
    months = facts.training.term_years * MONTHS_A_YEAR
    if clause.reading("paid_term") == "extension_adds_months":
        months += facts.extension_months
    if clause.reading("early_completion") == "by_months" and facts.result == "passed":
        months = min(months, months_trained(facts))
    return months


def months_trained(facts: OutcomeFacts) -> int:
    """Full months of training; raises InvalidRequest where a reading needs them and they aren't told."""
    if facts.months_trained is None:
        raise InvalidRequest.of(("months_trained", "按实际月数计算，请填写已培训的整月数"))
    return facts.months_trained


def dimensions(training: TrainingFacts) -> dict[str, str | bool]:
    """The facts that a document's tables may vary with."""
    return {
        "occupation_class": training.occupation_class,
        "appraisable": training.appraisable,
        "level": training.level,
        "term_years": str(training.term_years),
    }


def over_time(quantity: Quantity, unit: str, months: int, whole: Money | None = None) -> Money:
    """An amount from a quantity in its unit: a share of `whole`, yuan for the time, or yuan per person as it is."""
    if isinstance(quantity, Fraction) and whole is not None:
        return whole.times(quantity)
    if not isinstance(quantity, Money):
        raise InvalidRequest.of(("values", f"单位 {unit} 不能用于计算金额，请改为 share 或 yuan_per_…"))
    if unit == "yuan_per_person_year":
        return quantity.times(Fraction(months, MONTHS_A_YEAR))
    if unit == "yuan_per_month":
        return quantity.times(months)
    return quantity


def shown(quantity: Quantity, unit: str) -> str:
    """`85%` or `4000.00 元/人年`."""
    if isinstance(quantity, Fraction):
        return percent(quantity)
    words = {"yuan_per_person_year": "元/人年", "yuan_per_month": "元/月", "yuan_per_person": "元/人"}
    return f"{quantity} {words.get(unit, '元')}"
