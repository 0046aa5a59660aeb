"""Claims as they are shown: one, those in reach, those that wait for somebody, and why, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from services.subsidy.events import about_claim
from services.subsidy.funding.claim_funding import funding_of
from services.subsidy.lifecycle.claim import WAITING
from services.subsidy.models import Claim, ClaimLine
from shared.contracts.common import Decided
from shared.contracts.subsidy.claims import (
    ClaimExplained,
    ClaimPage,
    ClaimShape,
    ExplainClaim,
    FundPart,
    GetClaim,
    ListClaims,
)
from shared.contracts.subsidy.claims import ClaimLine as ClaimLineShape
from shared.kernel.work import Look
from shared.security.permissions import check_reach, not_found
from shared.security.speaker import Role, Speaker
from shared.store.access_filter import filters_by_name, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import read_page, read_rows
from shared.store.decisions import decided_by_id
from shared.store.kernel_tables import DecisionRow


def get_claim(look: Look, request: GetClaim) -> ClaimShape:
    """Raises NotFound outside the speaker's reach."""
    return claim_shape(look.session, load_claim(look, request.claim_id))


def list_claims(look: Look, request: ListClaims) -> ClaimPage:
    """Claims in reach, oldest first."""
    mine = in_reach(look.speaker, Claim.district, Claim.employer_id, Claim.payee_id)
    wanted = select(Claim).where(mine, *_filters(request))
    if request.waiting_for_me:
        wanted = wanted.where(*_waits_for(look.speaker))
    shown, cursor = read_page(look.session, wanted, request, Claim.number)
    return ClaimPage(claim_shapes(look.session, shown), cursor)


def _filters(request: ListClaims) -> list[ColumnElement[bool]]:
    """A condition for each filter that is given."""
    names = ("state", "project_id", "programme", "kind", "employer_id", "district")
    conditions = filters_by_name(Claim, request, *names)
    if request.submitted_from is not None:
        conditions.append(Claim.submitted_on >= request.submitted_from)
    if request.submitted_to is not None:
        conditions.append(Claim.submitted_on <= request.submitted_to)
    return conditions


def explain_claim(look: Look, request: ExplainClaim) -> ClaimExplained:
    """Every line with the whole decision behind its amount, in the order of the claim."""
    claim = load_claim(look, request.claim_id)
    shown, cursor = read_rows(look.session, decided_lines(claim), request, ClaimLine.number)
    lines = tuple(shape_of(ClaimLineShape, line, line_id=line.id, decision=decision) for line, decision in shown)
    return ClaimExplained(claim.id, lines, cursor)


def decided_lines(claim: Claim) -> Select[ClaimLine, Any]:
    """The claim's lines in their order, each with its whole decision as it is stored."""
    lines = select(ClaimLine, DecisionRow.decision).join(DecisionRow, DecisionRow.id == ClaimLine.decision_id)
    return lines.where(ClaimLine.claim_id == claim.id).order_by(ClaimLine.number)


def load_claim(look: Look, claim_id: str) -> Claim:
    """A claim in the speaker's reach; NotFound else, as for one that doesn't exist."""
    claim = look.session.scalar(select(Claim).where(Claim.id == claim_id))
    if claim is None:
        raise not_found()
    check_reach(look.speaker, district=claim.district, organisations=[claim.employer_id, claim.payee_id])
    look.note(f"claim:{claim.id}")
    return claim


def claim_shape(session: Session, claim: Claim) -> ClaimShape:
    """A claim with its funding and decision."""
    return claim_shapes(session, [claim])[0]


def claim_shapes(session: Session, claims: Sequence[Claim]) -> tuple[ClaimShape, ...]:
    """Claims with their funding and decision, in the order given."""
    funding = funding_of(session, [claim.id for claim in claims])
    decisions = decided_by_id(session, (claim.decision_id for claim in claims))
    return tuple(_shape(claim, funding.get(claim.id, ()), decisions[claim.decision_id]) for claim in claims)


def _waits_for(speaker: Speaker) -> Sequence[ColumnElement[bool]]:
    """A returned claim waits until the same thing is claimed anew."""
    role = speaker.acting_role
    states = Claim.state.in_(WAITING.get(role, ()))
    if role is not Role.EMPLOYER:
        return (states,)
    anew = aliased(Claim)
    later = select(anew.id).where(
        anew.project_id == Claim.project_id, anew.kind == Claim.kind, anew.number > Claim.number
    )
    return states, ~later.exists()


def _shape(claim: Claim, funding: tuple[FundPart, ...], decision: Decided) -> ClaimShape:
    opinion = (claim.opinion or {}).get("text", "")
    return about_claim(ClaimShape, claim, funding=funding, decision=decision, opinion=opinion)
