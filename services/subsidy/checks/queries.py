"""Hits and comparisons as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from services.subsidy.claims.queries import load_claim
from services.subsidy.ledger.postings import cite
from services.subsidy.models import Claim, ClaimLine
from services.subsidy.models.checks import Check, Hit
from services.subsidy.rules.checks import function_of, kinds_compared
from shared.contracts.schema.codec import read
from shared.contracts.subsidy.checks import (
    CheckList,
    CheckShape,
    ConsultedSource,
    GetChecks,
    HitKind,
    HitPage,
    HitShape,
    ListHits,
)
from shared.kernel.work import Look
from shared.store.access_filter import filters, in_reach
from shared.store.by_name import shape_of
from shared.store.cursors import read_page
from shared.store.decisions import decided_by_id


def list_hits(look: Look, request: ListHits) -> HitPage:
    """Hits in reach, the oldest first. Raises NotFound for a claim outside the speaker's reach."""
    wanted = select(Hit).where(in_reach(look.speaker, Hit.district))
    if request.claim_id is not None:
        wanted = wanted.where(hits_about(load_claim(look, request.claim_id)))
    wanted = wanted.where(*filters({Hit.programme: request.programme, Hit.state: request.state}))
    shown, cursor = read_page(look.session, wanted, request, Hit.number)
    return HitPage(_shapes(look, shown), cursor)


def hits_about(claim: Claim) -> ColumnElement[bool]:
    """Condition on hits: about the claim's enrolments or payee, whichever claim's comparison found them."""
    people = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    return or_(Hit.enrolment_id.in_(people), Hit.payee_id == claim.payee_id)


def get_checks(look: Look, request: GetChecks) -> CheckList:
    """Every comparison of a claim, the oldest first. Raises NotFound outside the speaker's reach."""
    claim = load_claim(look, request.claim_id)
    rows = look.session.scalars(select(Check).where(Check.claim_id == claim.id).order_by(Check.number))
    kinds = kinds_compared(look.policies.by_identity(claim.document))
    return CheckList(tuple(_check_shape(row, kinds) for row in rows))


def _check_shape(row: Check, kinds: frozenset[HitKind]) -> CheckShape:
    consulted = tuple(read(ConsultedSource, one) for one in row.consulted)
    without = tuple(sorted(kinds - {one.kind for one in consulted}))
    return shape_of(CheckShape, row, check_id=row.id, consulted=consulted, without_source=without)


def _shapes(look: Look, rows: Sequence[Hit]) -> tuple[HitShape, ...]:
    decided = decided_by_id(look.session, (row.decision_id for row in rows))
    cited = {row.id: cite(look.policies.by_identity(row.document), function_of(row.kind)) for row in rows}
    return tuple(
        shape_of(
            HitShape,
            row,
            hit_id=row.id,
            decision=decided[row.decision_id] if row.decision_id else None,
            **cited[row.id]._asdict(),
        )
        for row in rows
    )
