"""The district's decision on a claim: approving reserves the money source by source and opens what is due back."""

from __future__ import annotations

from sqlalchemy import update

from services.subsidy import clawbacks
from services.subsidy.budgets import available
from services.subsidy.ledger import Bucket, Entry, cite, post
from services.subsidy.models import Claim, ClaimFunding, Project
from services.subsidy.moves import DEAD, Move, moved
from services.subsidy.reading import claim_shape, load
from services.subsidy.rules.funds import FundingFacts, SourceAmount, fiscal_year
from services.subsidy.telling import claim_told
from shared.bus.work import Work
from shared.contracts.codec import write
from shared.contracts.subsidy import BUDGET_EXHAUSTED, CLAIM_DECIDED, BudgetTold, ClaimShape, DecideClaim
from shared.money import ZERO, Money
from shared.policy.decisions import decide
from shared.policy.document import Document
from shared.security.permissions import check_other_person, check_place
from shared.store.database import changed


def decide_claim(work: Work, request: DecideClaim) -> ClaimShape:
    """Approves, returns or rejects, by another person than the applicant (X-5).

    Where the budget can't bear it, the claim stays `submitted`, `missing` says how much there lacks, and the
    shortage is told: an error would roll that back. Approving is then done again, after an appropriation.
    """
    claim = load(work, request.claim_id)
    check_place(work.speaker, claim.district)
    check_other_person(work.speaker, {"申领": claim.applicant})
    _take_turn(work, claim)
    move: Move = "close" if request.outcome == "approve" and not claim.amount else request.outcome
    state = moved(claim.state, move)
    if request.outcome == "approve" and not _reserve(work, claim):
        return claim_shape(work.session, claim)
    claim.state, claim.live = state, state not in DEAD
    claim.decided_on, claim.approver, claim.opinion = work.today, work.speaker.person, write(request.opinion)
    work.session.flush()
    if request.outcome == "approve":
        clawbacks.open_for(work, claim)
    work.tell(CLAIM_DECIDED, claim.id, claim_told(claim), district=claim.district)
    return claim_shape(work.session, claim)


def _take_turn(work: Work, claim: Claim) -> None:
    """Holds the claim's row until this transaction ends, and looks at it as it is then."""
    changed(work.session, update(Claim).where(Claim.id == claim.id).values(turns=Claim.turns + 1))
    work.session.refresh(claim)


def _reserve(work: Work, claim: Claim) -> bool:
    """Splits the claim over the sources of its year and commits each part; False where they can't bear it all."""
    if not claim.amount:
        return True
    document = work.policies.by_identity(claim.document)
    year = _year(work, claim, document)
    free = available(work.session, claim.programme, claim.district, year, document.fund_sources)
    sources = tuple(SourceAmount(source, free.get(source, ZERO)) for source in document.fund_sources)
    decision = decide("subsidy.funding", FundingFacts(claim.amount, sources), document)
    claim.funding_decision_id = work.keep(decision, claim.id)
    claim.missing = decision.amounts["missing"]
    if claim.missing:
        _tell_exhausted(work, claim, year)
        return False
    parts = {source: decision.amounts[source] for source in document.fund_sources if decision.amounts[source]}
    _commit(work, claim, document, year, parts)
    return True


def _commit(work: Work, claim: Claim, document: Document, year: int, parts: dict[str, Money]) -> None:
    cited = cite(document, "subsidy.advance")
    work.session.add_all(
        ClaimFunding(claim_id=claim.id, fund_source=source, fiscal_year=year, amount=amount)
        for source, amount in parts.items()
    )
    post(
        work,
        [
            Entry(
                kind="commitment",
                bucket=Bucket(claim.programme, claim.district, source, year),
                amount=amount,
                fact_id=claim.id,
                cited=cited,
                document=claim.document,
                project_id=claim.project_id,
                claim_id=claim.id,
            )
            for source, amount in parts.items()
        ],
    )


def _year(work: Work, claim: Claim, document: Document) -> int:
    """The fiscal year that bears the claim: it falls due on the day it is approved (INT-75)."""
    if claim.kind == "advance":
        return work.today.year
    project = work.session.get_one(Project, claim.project_id)
    return fiscal_year(work.today, project.approved_on, document.reading("balance_year"))


def _tell_exhausted(work: Work, claim: Claim, year: int) -> None:
    told = BudgetTold(claim.programme, claim.district, year, claim.missing, claim.id)
    work.tell(BUDGET_EXHAUSTED, claim.id, told, district=claim.district)
