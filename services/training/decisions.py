"""Decisions of many rows: kept in one statement, and said in a row's answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.batching import grouped
from shared.contracts.common import Decided, FindingShape
from shared.policy.decisions import Decision, Verdict
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.rules import RULES
from shared.store.kernel_tables import DecisionRow


def names_rules_of(document: Document, decision: str) -> bool:
    """Whether any of the document's rules belongs to this decision: what it doesn't name needn't be asked for."""
    return any(name in RULES and RULES[name].of == decision for _, name in document.rules_by_function())


def refused(decisions: Sequence[Decision]) -> bool:
    """Whether a clause forbids it. An unmet principle is shown and doesn't bar: nobody is asked to accept it here."""
    return any(decision.verdict is Verdict.REFUSED for decision in decisions)


def blocking(decisions: Sequence[Decision]) -> str:
    """Every clause that forbids it, with its cure."""
    return said(finding for decision in decisions for finding in decision.findings if finding.blocks)


def shown(decisions: Sequence[Decision]) -> str | None:
    """Unmet principles, for whoever reads the answer; None where there are none."""
    return said(finding for decision in decisions for finding in decision.findings if finding.awaits_reason) or None


def said(findings: Iterable[Finding | FindingShape]) -> str:
    """Rule, clause and cure of each, in one line."""
    return "；".join(f"{finding.rule}（{finding.clause}）{finding.message}" for finding in findings)


def decisions_about(session: Session, subject_ids: Sequence[str]) -> dict[str, list[Decided]]:
    """By what they are about, the latest stored decision of each name, the oldest first.

    An enrolment has dozens over the years, a wage decision each month: all of a page's would fit into no message.
    """
    latest = (
        select(func.max(DecisionRow.number))
        .where(DecisionRow.subject_id.in_(subject_ids))
        .group_by(DecisionRow.subject_id, DecisionRow.name)
    )
    rows = session.scalars(select(DecisionRow).where(DecisionRow.number.in_(latest)).order_by(DecisionRow.number))
    return grouped((row.subject_id, Decided.of(row.id, row.subject_id, row.decision)) for row in rows)
