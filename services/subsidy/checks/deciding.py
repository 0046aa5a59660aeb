"""The district decides what a comparison found: it clears hits with its reason, or upholds them (X-5, X-6, X-15).

Hits of one enrolment that are decided in one call are decided together: a reason is given once for each clause. An
upheld enrolment earns nothing any more (`exclusions.py`). An upheld account is no fault of the people trained: nothing
is asked back for them, but every approved and unpaid claim of that payee is voided, and comes again, reviewed anew,
once the account is mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.subsidy.blocks import take_turns
from services.subsidy.checks.holding import open_hits
from services.subsidy.checks.tables import Hit
from services.subsidy.exclusions import enforce
from services.subsidy.ledger import cite
from services.subsidy.models import Claim, ClaimLine, Payment, ProjectEnrolment
from services.subsidy.moves import SETTLED
from services.subsidy.rules.checks import Match, PaymentFacts, function_of
from services.subsidy.voiding import TOLD, void
from shared.bus.work import Work
from shared.contracts.common import RowResults
from shared.contracts.payment import HITS_DECIDED, DecideHits, HitsDecided
from shared.contracts.row_answers import RowAnswers
from shared.errors import NotPermitted
from shared.money import ZERO
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.security.permissions import check_other_person
from shared.store.reach import in_reach

UNKNOWN = ("hit_ids", "未找到该疑点，或其不在您的管辖范围内，请核对编号")
NO_BASIS = ("basis", "该学籍已拨付或已通知国库拨付补贴，认定后须追回：请填写追回依据（basis）")
STATES = {"clear": "cleared", "uphold": "upheld"}
WORDS = {"cleared": "放行", "upheld": "认定不予补贴"}


@dataclass(frozen=True)
class Asked:
    """One of the hits that are to be decided, by its place in the request."""

    row: int
    hit_id: str


def decide_hits(work: Work, request: DecideHits) -> RowResults:
    """Decides each hit that still is open; answers per hit, in the order of the request."""
    answers = RowAnswers([Asked(row, hit_id) for row, hit_id in enumerate(request.hit_ids, 1)])
    answers.refuse_repeated(lambda row: row.hit_id, "hit_ids")
    known = _load(work, request.hit_ids)
    claims = _hold(work, known.values())
    sent = _sent(work.session, known.values())
    for at, row in answers.waiting():
        hit = known.get(row.hit_id)
        if hit is not None and hit.state == STATES[request.outcome]:
            answers.unchanged(at, hit.id)
        elif fault := _fault(work, request, hit, claims, sent):
            answers.refuse(at, *fault)
        else:
            answers.accept(at, row.hit_id)
    decided = [known[hit_id] for hit_id in answers.accepted()]
    if decided:
        _store(work, request, decided)
        if request.outcome == "uphold":
            _uphold(work, decided)
        _tell(work, request, decided, claims)
    return answers.results()


def _load(work: Work, hit_ids: Collection[str]) -> dict[str, Hit]:
    wanted = select(Hit).where(Hit.id.in_(hit_ids), in_reach(work.speaker, Hit.district)).order_by(Hit.number)
    return {hit.id: hit for hit in work.session.scalars(wanted)}


def _hold(work: Work, hits: Iterable[Hit]) -> dict[str, Claim]:
    """Takes the turns of all projects whose claims may change, looks at the hits as they are then; their claims."""
    found = {hit.claim_id for hit in hits}
    payees = {hit.payee_id for hit in hits if hit.payee_id}
    claims = work.session.scalars(select(Claim).where(Claim.id.in_(found) | Claim.payee_id.in_(payees))).all()
    take_turns(work.session, claims)
    for hit in hits:
        work.session.refresh(hit)
    return {claim.id: claim for claim in claims if claim.id in found}


def _fault(
    work: Work, request: DecideHits, hit: Hit | None, claims: Mapping[str, Claim], sent: Collection[str]
) -> tuple[str, str] | None:
    if hit is None:
        return UNKNOWN
    try:
        check_other_person(work.speaker, {"申领": claims[hit.claim_id].applicant, "制单": hit.found_by})
    except NotPermitted as refusal:
        return "hit_ids", refusal.message
    if hit.state != "open":
        return "hit_ids", f"该疑点已于 {hit.decided_on} {WORDS[hit.state]}，不能改判，请查看核实记录"
    if request.outcome == "uphold" and hit.enrolment_id in sent and not request.basis:
        return NO_BASIS
    return None


def _sent(session: Session, hits: Iterable[Hit]) -> set[str]:
    """Those of the enrolments for which a claim was settled, or the treasury is told to pay."""
    enrolments = {hit.enrolment_id for hit in hits if hit.enrolment_id}
    told = select(Payment.id).where(Payment.claim_id == Claim.id, Payment.state.in_(TOLD)).exists()
    wanted = (
        select(ClaimLine.enrolment_id)
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(ClaimLine.enrolment_id.in_(enrolments), ClaimLine.amount > ZERO, Claim.state.in_(SETTLED) | told)
        .distinct()
    )
    return set(session.scalars(wanted))


def _store(work: Work, request: DecideHits, hits: Sequence[Hit]) -> None:
    """One decision for each enrolment or payee, stored whole; the hits name it."""
    together: dict[tuple[str, str, str], list[Hit]] = defaultdict(list)
    for hit in hits:
        together[hit.document, hit.enrolment_id or hit.claim_id, hit.payee_id or ""].append(hit)
    decisions = [
        (subject, _decided(work, request, work.policies.by_identity(document), some))
        for (document, subject, _), some in together.items()
    ]
    kept = work.keep_all(decisions)
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
    matches = (Match(hit.kind, hit.source, hit.as_of, hit.since, hit.remark) for hit in hits)  # type: ignore[arg-type] # a CHECK holds the kind to those
    return PaymentFacts(work.today, tuple(matches), min(begun, default=None), max(ended, default=None))


def _uphold(work: Work, hits: Sequence[Hit]) -> None:
    people: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        if hit.enrolment_id:
            people[hit.project_id].add(hit.enrolment_id)
    for project_id in sorted(people):
        enforce(work, project_id, ProjectEnrolment.enrolment_id.in_(people[project_id]))
    accounts = {hit.payee_id: hit for hit in hits if hit.payee_id}
    for payee_id, hit in sorted(accounts.items()):
        cited = cite(work.policies.by_identity(hit.document), function_of(hit.kind))
        unpaid = select(Claim).where(Claim.payee_id == payee_id, Claim.state.in_(("approved", "in_payment")))
        for claim in work.session.scalars(unpaid.order_by(Claim.number)).all():
            void(work, claim, cited)


def _tell(work: Work, request: DecideHits, hits: Sequence[Hit], claims: Mapping[str, Claim]) -> None:
    """Claim by claim, with how many hits hold it still."""
    left = open_hits(work.session, list(claims))
    decided: dict[str, list[str]] = defaultdict(list)
    for hit in hits:
        decided[hit.claim_id].append(hit.id)
    for claim_id, hit_ids in sorted(decided.items()):
        claim = claims[claim_id]
        told = HitsDecided(
            claim.id,
            claim.project_id,
            claim.programme,
            claim.district,
            claim.employer_id,
            request.outcome,
            tuple(hit_ids),
            len(left.get(claim_id, ())),
            work.today,
        )
        work.tell(HITS_DECIDED, claim.id, told, district=claim.district)
