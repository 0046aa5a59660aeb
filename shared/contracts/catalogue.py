"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import kernel
from shared.contracts.notify import messages
from shared.contracts.registry import catalogues, eligibility, evidence, parties, registers
from shared.contracts.review import cases, notices, oversight
from shared.contracts.review import papers as review_papers
from shared.contracts.schema.declare import EVENTS, METHODS
from shared.contracts.subsidy import bank_and_checks, budgets_and_ledger, claims, closing, payments, receivables
from shared.contracts.training import circumstances, credits, enrolments, learning, preparation, projects, results
from shared.contracts.training import papers as training_papers

__all__ = [
    "EVENTS",
    "METHODS",
    "bank_and_checks",
    "budgets_and_ledger",
    "cases",
    "catalogues",
    "circumstances",
    "claims",
    "closing",
    "credits",
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
    "projects",
    "receivables",
    "registers",
    "results",
    "review_papers",
    "training_papers",
]
