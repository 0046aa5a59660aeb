"""The decision behind clearing or upholding: one for each enrolment or payee, stored whole; its hits name it (X-6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import update

from services.subsidy.models.checks import Hit
from services.subsidy.rules.checks import Match, PaymentFacts
from shared.batching import grouped
from shared.contracts.subsidy.checks import DecideHits, HitKind
from shared.kernel.work import Work
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document

STATES = {"clear": "cleared", "uphold": "upheld"}


def clear_or_uphold(work: Work, request: DecideHits, hits: Sequence[Hit]) -> None:
    """Decides the hits, those of one enrolment or payee together, and ends each with the officer's words."""
    together = grouped(((hit.document, hit.enrolment_id or hit.claim_id, hit.payee_id or ""), hit) for hit in hits)
    decisions = [
        (subject, _decided(work, request, work.policies.by_identity(document), some))
        for (document, subject, _), some in together.items()
    ]
    kept = work.store_decisions(decisions)
    rows = [
        {
            "number": hit.number,
            "state": STATES[request.outcome],
            "decided_on": work.today,
            "decided_by": work.speaker.person,
            "words": request.words,
            "basis": request.basis or "",
            "decision_id": decision_id,
        }
        for decision_id, some in zip(kept, together.values(), strict=True)
        for hit in some
    ]
    work.session.execute(update(Hit), rows)
    work.note(*(f"hit:{hit.id}" for hit in hits))


def _decided(work: Work, request: DecideHits, document: Document, hits: Sequence[Hit]) -> Decision:
    """Cleared: each clause that something speaks against is accepted for the officer's reason."""
    facts = _facts(work, hits)
    found = decide("subsidy.payment", facts, document)
    if request.outcome == "uphold":
        return found
    accepted = {finding.rule: request.words for finding in found.findings if finding.awaits_reason}
    return decide("subsidy.payment", facts, document, accepted)


def _facts(work: Work, hits: Sequence[Hit]) -> PaymentFacts:
    """All that is decided together, over the whole time in which it was compared."""
    begun = [hit.trained_from for hit in hits if hit.trained_from]
    ended = [hit.trained_to for hit in hits if hit.trained_to]
    matches = (Match(cast("HitKind", hit.kind), hit.source, hit.as_of, hit.since, hit.remark) for hit in hits)
    return PaymentFacts(work.today, tuple(matches), min(begun, default=None), max(ended, default=None))
