"""Advance, entitlement, balance and clawback of one person (APP-18, APP-19, APP-20).

The document picks a way by name (`decisions: {subsidy.entitlement: person_years_by_result}`); its rates,
shares, flat amounts, levels and dates are data. Balance and clawback are what the entitlement and the money
already paid differ by.
"""

from __future__ import annotations

from services.subsidy.rules.apprenticeship.facts import OutcomeFacts, TrainingFacts
from services.subsidy.rules.apprenticeship.results import payable
from services.subsidy.rules.apprenticeship.standard import (
    SHARE_OR_YUAN,
    Step,
    dimensions,
    over_time,
    paid_months,
    shown,
    standard,
    standard_for,
)
from shared.calendar import MONTHS_A_YEAR
from shared.money import ZERO, Money
from shared.policy.document import Document
from shared.policy.rules import Clause, Result, ask_all, calculation, clause, rule

STEPS = ("subsidy.standard", "subsidy.result", "subsidy.advance")


@calculation("subsidy.advance", "share_of_standard", TrainingFacts, ("subsidy.standard", "subsidy.advance"))
def advance_decision(facts: TrainingFacts, document: Document) -> Result:
    """What may be advanced once the enrolment is established."""
    full = standard_for(facts, facts.term_years * MONTHS_A_YEAR, clause(document, "subsidy.standard"), facts.level)
    step = advance(facts, clause(document, "subsidy.advance"), full)
    checked = ask_all("subsidy.advance", facts, document, besides=STEPS)
    return Result(
        findings=(full.finding, step.finding, *checked.findings),
        amounts={"standard": full.amount, "advance": step.amount},
        answers={},
        functions=("subsidy.standard", "subsidy.advance", *checked.functions),
    )


@rule(
    "subsidy.advance",
    of="subsidy.advance",
    reads=("subsidy.advance",),
    units={"subsidy.advance": SHARE_OR_YUAN},
    readings=("advance_base",),
)
def advance(facts: TrainingFacts, view: Clause, full: Step) -> Step:
    """A share of the whole term's standard or of one year's (INT-27), or a flat amount (APP-20)."""
    months, base = facts.term_years * MONTHS_A_YEAR, full.amount
    if view.reading("advance_base") == "one_year":
        months = MONTHS_A_YEAR
        base = standard_for(facts, months, clause(view.document, "subsidy.standard"), facts.level).amount
    quantity, unit = (
        view.quantity("subsidy.advance", facts.on, **dimensions(facts)),
        view.unit("subsidy.advance"),
    )
    amount = over_time(quantity, unit, months, base)
    compared = f"{base} × {shown(quantity, unit)} = {amount}" if unit == "share" else shown(quantity, unit)
    return Step(amount, view.met(compared, f"建立学籍后按 {shown(quantity, unit)} 预拨，可预拨 {amount} 元"))


@calculation("subsidy.entitlement", "person_years_by_result", OutcomeFacts, STEPS)
def entitlement_decision(facts: OutcomeFacts, document: Document) -> Result:
    """What is due in the end, and what remains to be paid or taken back of it."""
    standards = clause(document, "subsidy.standard")
    full = standard(facts, standards)
    due = payable(facts, clause(document, "subsidy.result"), full, paid_months(facts, standards))
    rest = settle(due.amount, facts.advance_paid, clause(document, "subsidy.advance"), facts.asked_back)
    checked = ask_all("subsidy.entitlement", facts, document, besides=STEPS)
    return Result(
        findings=(full.finding, due.finding, rest.finding, *checked.findings),
        amounts={
            "standard": full.amount,
            "entitlement": due.amount,
            "advance_paid": facts.advance_paid,
            "balance": max(rest.amount, ZERO),
            "clawback": max(-rest.amount, ZERO),
        },
        answers={},
        functions=(*STEPS, *checked.functions),
    )


def settle(due: Money, paid: Money, view: Clause, asked_back: Money = ZERO) -> Step:
    """What is due less what was paid: positive is the balance, negative the clawback; never netted silently.

    What another demand asks back already isn't asked for twice.
    """
    rest = due - paid
    compared = f"{due} − {paid} = {rest}"
    if rest < ZERO and asked_back:
        rest = min(rest + asked_back, ZERO)
        compared = f"{due} − {paid} + {asked_back}，应追回 {-rest}"
        words = f"已预拨 {paid} 元，核定 {due} 元，另案已要求退还 {asked_back} 元，应再追回 {-rest} 元"
        return Step(rest, view.met(compared, words))
    if rest < ZERO:
        return Step(rest, view.met(compared, f"已预拨 {paid} 元，核定 {due} 元，应追回 {-rest} 元"))
    return Step(rest, view.met(compared, f"已预拨 {paid} 元，核定 {due} 元，应拨付剩余 {rest} 元"))
