"""A claim's lines: one decision per enrolment, decided and stored slice by slice, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from services.subsidy.claims.prior_claims import PriorClaims
from services.subsidy.demands.open_advances import is_guarded, open_advance_of
from services.subsidy.models import Claim, ClaimLine, Project
from services.subsidy.rules.apprenticeship.facts import Certificate, OutcomeFacts, TrainingFacts
from shared.batching import slices
from shared.contracts.training.results import OutcomeShape
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.bulk import SLICE, Row, insert_all
from shared.store.by_name import shape_of
from shared.store.types import new_id

Decide = Callable[[str, Any], Decision]
ALIKE = 1000
"""People whose facts are alike are decided once; so many different facts are remembered while a claim is made."""


@dataclass(frozen=True)
class Amounts:
    """What a decision pays, out of what, and what it takes back."""

    amount: Money
    entitlement: Money
    clawback: Money

    @classmethod
    def of(cls, amounts: Mapping[str, Money]) -> Amounts:
        """From those of a line's decision: an advance, or a balance or a clawback."""
        if "balance" in amounts:
            return cls(amounts["balance"], amounts["entitlement"], amounts["clawback"])
        return cls(amounts["advance"], ZERO, ZERO)


def store_lines(
    work: Work, claim: Claim, project: Project, document: Document, chosen: Sequence[OutcomeShape], prior: PriorClaims
) -> None:
    """Decides and stores every line, and sets the claim's sums. A supplementary claim leaves out who gains nothing."""
    opens = claim.kind == "advance" and is_guarded(document)

    @lru_cache(maxsize=ALIKE)
    def deciding(name: str, facts: Any) -> Decision:
        return decide(name, facts, document)

    for part in slices(chosen, SLICE):
        decided = [(one, _decided(work, claim.kind, project, one, prior, deciding)) for one in part]
        if claim.kind == "supplementary":
            decided = [(one, decision) for one, decision in decided if decision.amounts["balance"]]
        kept = work.store_decisions([(one.enrolment_id, decision) for one, decision in decided])
        insert_all(work.session, ClaimLine, list(_rows(claim, project, decided, kept, opens=opens)))
    work.session.flush()


def _rows(
    claim: Claim,
    project: Project,
    decided: Sequence[tuple[OutcomeShape, Decision]],
    kept: Sequence[str],
    *,
    opens: bool,
) -> Iterator[Row]:
    """Rows numbered on from what the claim holds already; its sums grow with them."""
    for (outcome, decision), decision_id in zip(decided, kept, strict=True):
        amounts = Amounts.of(decision.amounts)
        claim.persons += 1
        claim.amount += amounts.amount
        claim.entitlement += amounts.entitlement
        claim.clawback += amounts.clawback
        yield {
            "id": new_id(),
            "claim_id": claim.id,
            "kind": claim.kind,
            "live": True,
            "number": claim.persons,
            "project_id": claim.project_id,
            "enrolment_id": outcome.enrolment_id,
            "person_id": outcome.person_id,
            **vars(amounts),
            "decision_id": decision_id,
            "open_advance": open_advance_of(project, outcome.person_id) if opens else None,
        }


def _decided(
    work: Work, kind: str, project: Project, outcome: OutcomeShape, prior: PriorClaims, deciding: Decide
) -> Decision:
    """One enrolment: what its advance is, or what it is entitled to and what remains of it."""
    training = shape_of(TrainingFacts, project, on=project.submitted_on, appraisable=outcome.appraisable)
    if kind == "advance":
        return deciding("subsidy.advance", training)
    if outcome.result is None:
        raise Conflict("仍有学员没有考核结果，请待全部考核结束后再申领剩余补贴", enrolment_id=outcome.enrolment_id)
    facts = shape_of(
        OutcomeFacts,
        outcome,
        training=training,
        advance_paid=prior.paid(outcome.enrolment_id),
        asked_back=prior.asked_back(outcome.enrolment_id),
        certificate=shape_of(Certificate, outcome.certificate) if outcome.certificate else None,
        claimed_on=work.today,
    )
    return deciding("subsidy.entitlement", facts)
