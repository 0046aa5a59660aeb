"""What a planned case would be paid: advance and settlement decided one after the other, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass

from services.subsidy.rules.apprenticeship.facts import Certificate, OutcomeFacts, TrainingFacts
from shared.errors import InvalidRequest
from shared.money import Money
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.policy.findings import Finding

OCCUPATION = "planned"
"""A quote names no occupation: its certificate, where there is one, is for the occupation trained."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Amounts of one planned case and why."""

    entitlement: Money
    advance: Money
    balance: Money
    clawback: Money
    findings: tuple[Finding, ...]


def quote(training: TrainingFacts, passed: bool, certified: bool, document: Document) -> Quote:
    """Advance as if paid in full, then the settlement by the result. Raises InvalidRequest for unknown levels."""
    _check_known(training, document)
    advanced = decide("subsidy.advance", training, document)
    facts = OutcomeFacts(
        training=training,
        result="passed" if passed else "failed",
        advance_paid=advanced.amounts["advance"],
        certificate=_certificate(training, document) if certified else None,
    )
    settled = decide("subsidy.entitlement", facts, document)
    repeal = document.reported_repeal.finding(training.on) if document.reported_repeal else None
    # The first finding of both is the standard: it is said once.
    findings = (*advanced.findings, *settled.findings[1:], *([repeal] if repeal else []))
    return Quote(
        entitlement=settled.amounts["entitlement"],
        advance=advanced.amounts["advance"],
        balance=settled.amounts["balance"],
        clawback=settled.amounts["clawback"],
        findings=findings,
    )


def _certificate(training: TrainingFacts, document: Document) -> Certificate:
    """A certificate that counts under this document: of the level trained and a kind that it names with levels."""
    for key in ("certificate.kinds_levelled", "certificate.kinds"):
        if key in document.values and (kinds := document.codes(key, training.on)):
            return Certificate(kinds[0], training.occupation, training.level)
    return Certificate("certificate", training.occupation, training.level)


def _check_known(training: TrainingFacts, document: Document) -> None:
    """Level, class and term are those of the document; every one that isn't is named at once."""
    faults = [
        (name, f"{document.number} 没有 {written}，应为以下之一：{'、'.join(members)}")
        for name, written in (("occupation_class", training.occupation_class), ("level", training.level))
        if (members := document.dimensions.get(name)) and written not in members
    ]
    if "term.years_max" in document.values:
        longest = document.whole("term.years_max", training.on)
        if training.term_years > longest:
            faults.append(("term_years", f"培养期限最长 {longest} 年，请填写 1 至 {longest}"))
    if faults:
        raise InvalidRequest.of(*faults)
