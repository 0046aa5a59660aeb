"""The district's decision on a claim: approving reserves the money source by source and opens what is due back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from services.subsidy.claims.ended_enrolments import enforce_ended
from services.subsidy.claims.ended_questions import EndedLearners, enforce_answers
from services.subsidy.claims.prior_claims import check_still_settled
from services.subsidy.claims.queries import claim_shape, load_claim
from services.subsidy.demands import opening
from services.subsidy.demands.open_advances import close_by_final
from services.subsidy.demands.set_off import enter_own_set_offs, post_set_offs
from services.subsidy.events import claim_told
from services.subsidy.ledger.books import available, lock_open_year
from services.subsidy.ledger.postings import cite, entries_of_parts, post
from services.subsidy.lifecycle.claim import DEAD, transition
from services.subsidy.models import Claim, ClaimFunding, Project
from services.subsidy.projects.blocks import check_free
from services.subsidy.projects.locks import lock_claim, lock_project
from services.subsidy.rules.funds import FundingFacts, SourceAmount, bearing_year
from shared.contracts.schema.codec import write
from shared.contracts.subsidy.budgets_and_ledger import BUDGET_EXHAUSTED, BudgetTold
from shared.contracts.subsidy.claims import CLAIM_DECIDED, ClaimKind, ClaimShape, DecideClaim, FundPart
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.policy.decisions import decide
from shared.security.permissions import check_other_person, check_place


def decide_claim(work: Work, request: DecideClaim, ended: EndedLearners) -> ClaimShape:
    """Approves, returns or rejects, by another person than the applicant (X-5).

    An advance for somebody who has failed or left isn't approved: it is answered `voided`, and claimed anew for others.

    Where the budget can't bear it, the claim stays `submitted`, `missing` says how much there lacks, and the
    shortage is told: an error would roll that back. Approving is then done again, after an appropriation.
    """
    claim = load_claim(work, request.claim_id)
    check_place(work.speaker, claim.district)
    check_other_person(work.speaker, {"申领": claim.applicant})
    if request.outcome == "approve":
        if _is_voided_by(work, claim, ended):
            return claim_shape(work.session, claim)
        check_free(work.session, [claim])
        check_still_settled(work.session, claim)
    else:
        lock_project(work.session, claim.project_id)
    lock_claim(work.session, claim)
    state = transition(claim.state, request.outcome)
    if request.outcome == "approve":
        parts = _split(work, claim)
        if parts is None:
            return claim_shape(work.session, claim)
        _commit(work, claim, parts)
        kept = enter_own_set_offs(work, claim, parts, opening.open_demand_for_result(work, claim))
        _send(work, claim, parts, kept)
        state = state if claim.amount - claim.set_off else "closed"
    claim.state, claim.live = state, state not in DEAD
    claim.decided_on, claim.approver, claim.opinion = work.today, work.speaker.person, write(request.opinion)
    work.session.flush()
    if claim.kind == "final" and claim.live:
        close_by_final(work.session, claim)
    if state == "closed":
        post_set_offs(work, [claim])
    work.tell(CLAIM_DECIDED, claim.id, claim_told(claim), district=claim.district)
    if not claim.live:
        enforce_ended(work, claim.project_id)  # what it would have found due back is asked for all the same
    return claim_shape(work.session, claim)


def _is_voided_by(work: Work, claim: Claim, ended: EndedLearners) -> bool:
    """Whether what training has just answered voids it: nobody who failed or left is paid for in advance (APP-20)."""
    before = claim.state
    enforce_answers(work, ended)
    work.session.refresh(claim)
    return claim.state == "voided" != before


def _split(work: Work, claim: Claim) -> list[FundPart] | None:
    """The claim over the sources of the year that bears it (APP-21); None where they can't bear it all."""
    if not claim.amount:
        return []
    document = work.policies.by_identity(claim.document)
    approved_on = work.session.get_one(Project, claim.project_id).approved_on
    kind = cast("ClaimKind", claim.kind)
    open_year = lock_open_year(work.session, claim.programme, claim.district)
    year = bearing_year(kind, work.today, approved_on, document.reading("balance_year"), open_year)
    free = available(work.session, claim.programme, claim.district, year, document.fund_sources)
    sources = tuple(SourceAmount(source, free.get(source, ZERO)) for source in document.fund_sources)
    facts = FundingFacts(claim.amount, sources, kind, work.today, approved_on, open_year)
    decision = decide("subsidy.funding", facts, document)
    claim.funding_decision_id = work.store_decision(decision, claim.id)
    claim.missing = decision.amounts["missing"]
    if claim.missing:
        _tell_exhausted(work, claim, year)
        return None
    amounts = ((source, decision.amounts[source]) for source in document.fund_sources)
    return [FundPart(source, year, amount) for source, amount in amounts if amount]


def _commit(work: Work, claim: Claim, parts: Sequence[FundPart]) -> None:
    cited = cite(work.policies.by_identity(claim.document), "subsidy.advance")
    post(work, entries_of_parts(claim, "commitment", parts, claim.id, cited))


def _send(work: Work, claim: Claim, parts: Sequence[FundPart], kept: Mapping[str, Money]) -> None:
    """What each source bears, and what the treasury will be told to send of it: without what is kept back."""
    work.session.add_all(
        ClaimFunding(
            claim_id=claim.id,
            fund_source=part.fund_source,
            fiscal_year=part.fiscal_year,
            bears=part.amount,
            sends=part.amount - kept.get(part.fund_source, ZERO),
        )
        for part in parts
    )


def _tell_exhausted(work: Work, claim: Claim, year: int) -> None:
    told = BudgetTold(claim.programme, claim.district, year, claim.missing, claim.id)
    work.tell(BUDGET_EXHAUSTED, claim.id, told, district=claim.district)
