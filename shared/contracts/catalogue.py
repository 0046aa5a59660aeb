"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import kernel
from shared.contracts.notify import messages
from shared.contracts.registry import catalogues, eligibility, evidence, parties, registers
from shared.contracts.review import cases, notices, oversight
from shared.contracts.review import papers as review_papers
from shared.contracts.schema.declare import EVENTS, METHODS
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger, claims, closing, payments, receivables
from shared.contracts.training import enrolments, learning, preparation
from shared.contracts.training import papers as training_papers

__all__ = [
    "EVENTS",
    "METHODS",
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
    "training_papers",
]
