"""Who failed or left since an advance was claimed: asked of training before it is approved, prepared or sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from sqlalchemy import select

from services.subsidy.claims.ended_enrolments import enforce_ended, store_ended
from services.subsidy.models import Batch, Claim, ClaimLine, Payment
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.subsidy.claims import DecideClaim
from shared.contracts.subsidy.payments import ApprovePayment
from shared.contracts.training.results import ASK_ENDED, AskEnded, EndedShape
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_reach

EndedLearners = Sequence[EndedShape]


def ask_for_decision(asks: Asks, request: DecideClaim) -> EndedLearners:
    """Nobody is asked where the claim isn't approved. Raises NotFound before asking about another's claim."""
    return ask_ended(asks, [request.claim_id]) if request.outcome == "approve" else ()


def ask_for_batch(asks: Asks, request: ApprovePayment) -> EndedLearners:
    """Of all advances that the batch pays."""
    with asks.reading() as session:
        in_batch = select(Payment.claim_id).where(Payment.batch_id == request.batch_id, Payment.state != "voided")
        district = session.scalar(select(Batch.district).where(Batch.id == request.batch_id))
        claims = session.scalars(in_batch.distinct()).all()
    if district is not None:
        check_reach(asks.speaker, district=district)
    return ask_ended(asks, claims)


def ask_ended(asks: Asks, claim_ids: Collection[str]) -> EndedLearners:
    """Of the advances among these claims, page by page."""
    with asks.reading() as session:
        advances = session.scalars(select(Claim).where(Claim.id.in_(claim_ids), Claim.kind == "advance")).all()
    for claim in advances:
        check_reach(asks.speaker, district=claim.district)
    pages = _pages(asks, [claim.id for claim in advances])
    return [one for page in pages for one in asks.ask(ASK_ENDED, AskEnded(page)).ended]


def _pages(asks: Asks, claim_ids: Collection[str]) -> Iterator[tuple[str, ...]]:
    """A session is never open while training is asked."""
    after = ""
    while claim_ids:
        with asks.reading() as session:
            wanted = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id.in_(claim_ids), ClaimLine.live)
            ordered = wanted.where(ClaimLine.enrolment_id > after).order_by(ClaimLine.enrolment_id)
            page = tuple(session.scalars(ordered.limit(ROWS_PER_CALL)))
        if not page:
            return
        yield page
        after = page[-1]


def enforce_answers(work: Work, ended: EndedLearners) -> None:
    """What training just said holds as if it had been told: these advances are voided, project by project."""
    for project_id, some in groupby(sorted(ended, key=lambda one: one.project_id), key=lambda one: one.project_id):
        if store_ended(work, project_id, some):
            enforce_ended(work, project_id)
