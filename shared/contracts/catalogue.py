"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import kernel
from shared.contracts.notify import messages
from shared.contracts.registry import catalogues, eligibility, evidence, parties, registers
from shared.contracts.review import (
    applications,
    audits_and_inspections,
    cases,
    notices,
    oversight,
    summons_and_suspension,
)
from shared.contracts.review import papers as review_papers
from shared.contracts.schema.declare import EVENTS, METHODS
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger, claims, closing, payments, receivables
from shared.contracts.training import enrolments, learning, preparation
from shared.contracts.training import papers as training_papers

__all__ = [
    "EVENTS",
    "METHODS",
    "applications",
    "audits_and_inspections",
    "bank_and_checks",
    "budgets_and_ledger",
    "cases",
    "catalogues",
    "claims",
    "closing",
    "eligibility",
    "enrolments",
    "evidence",
    "kernel",
    "learning",
    "messages",
    "notices",
    "oversight",
    "parties",
    "payments",
    "preparation",
    "receivables",
    "registers",
    "review_papers",
    "summons_and_suspension",
    "training_papers",
]
