"""All contracts, imported: after this, `declare.METHODS` and `declare.EVENTS` are complete."""

from __future__ import annotations

from shared.contracts import kernel
from shared.contracts.notify import channels, deliveries, inbox
from shared.contracts.registry import catalogues, eligibility, evidence, organisations, people, registers, teachers
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
from shared.contracts.subsidy import bank, budgets_and_ledger, checks, claims, clawbacks, closing, payments, receivables
from shared.contracts.subsidy import papers as subsidy_papers
from shared.contracts.training import circumstances, credits, enrolments, learning, preparation, projects, results
from shared.contracts.training import papers as training_papers
