"""The district decides what a comparison found: it clears hits with its reason, or upholds them (X-5, X-6, X-15).

Hits of one enrolment that are decided in one call are decided together: a reason is given once for each clause. An
upheld enrolment earns nothing any more (`exclusions/enforcement.py`). An upheld account is no fault of the people
trained: nothing is asked back for them, but every approved and unpaid claim of that payee is voided, and comes again,
reviewed anew, once the account is mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.checks.clearance import STATES, clear_or_uphold
from services.subsidy.checks.holds import open_hits
from services.subsidy.events import about_claim
from services.subsidy.exclusions.enforcement import enforce_exclusions, void_unless_basis_of_later
from services.subsidy.ledger.postings import cite
from services.subsidy.lifecycle.claim import SETTLED
from services.subsidy.lifecycle.payment import TOLD
from services.subsidy.models import Claim, ClaimLine, Payment, ProjectEnrolment
from services.subsidy.models.checks import Hit
from services.subsidy.projects.locks import lock_projects_of
from services.subsidy.rules.checks import function_of
from shared.batching import grouped
from shared.contracts.common import RowResults
from shared.contracts.row_answers import listed
from shared.contracts.subsidy.checks import HITS_DECIDED, DecideHits, HitsDecided
from shared.errors import NotPermitted
from shared.kernel.work import Work
from shared.money import ZERO
from shared.security.permissions import check_other_person
from shared.store.access_filter import in_reach

UNKNOWN = ("hit_ids", "未找到该疑点，或其不在您的管辖范围内，请核对编号")
NO_BASIS = ("basis", "该学籍已拨付或已通知国库拨付补贴，认定后须追回：请填写追回依据（basis）")
WORDS = {"cleared": "放行", "upheld": "认定不予补贴"}


def decide_hits(work: Work, request: DecideHits) -> RowResults:
    """Decides each hit that still is open; answers per hit, in the order of the request."""
    answers = listed(request.hit_ids)
    answers.refuse_repeated(lambda row: row.id, "hit_ids")
    known, claims = _load(work, request.hit_ids)
    answers.refuse_where(lambda row: _who_may_not(work, known.get(row.id), claims))
    waiting = [known[row.id] for _, row in answers.waiting()]
    _lock_projects(work, waiting)
    sent = _sent(work.session, waiting)
    for at, row in answers.waiting():
        hit = known[row.id]
        if hit.state == STATES[request.outcome]:
            answers.unchanged(at, hit.id)
        elif error := _row_error(request, hit, sent):
            answers.refuse(at, *error)
        else:
            answers.accept(at, hit.id)
    decided = [known[hit_id] for hit_id in answers.accepted()]
    if decided:
        clear_or_uphold(work, request, decided)
        if request.outcome == "uphold":
            _uphold(work, decided)
        _tell(work, request, decided, claims)
    return answers.results()


def _load(work: Work, hit_ids: Collection[str]) -> tuple[dict[str, Hit], dict[str, Claim]]:
    """Hits in reach, and the claims in whose comparisons they were found, both by id."""
    wanted = select(Hit).where(Hit.id.in_(hit_ids), in_reach(work.speaker, Hit.district)).order_by(Hit.number)
    hits = {hit.id: hit for hit in work.session.scalars(wanted)}
    found = select(Claim).where(Claim.id.in_({hit.claim_id for hit in hits.values()}))
    return hits, {claim.id: claim for claim in work.session.scalars(found)}


def _who_may_not(work: Work, hit: Hit | None, claims: Mapping[str, Claim]) -> tuple[str, str] | None:
    if hit is None:
        return UNKNOWN
    try:
        check_other_person(work.speaker, {"申领": claims[hit.claim_id].applicant, "制单": hit.found_by})
    except NotPermitted as refusal:
        return "hit_ids", refusal.message
    return None


def _lock_projects(work: Work, hits: Sequence[Hit]) -> None:
    """Locks all projects whose claims may change, and looks at the hits as they are then."""
    found = {hit.claim_id for hit in hits}
    payees = {hit.payee_id for hit in hits if hit.payee_id}
    claims = select(Claim).where(Claim.id.in_(found) | Claim.payee_id.in_(payees))
    lock_projects_of(work.session, work.session.scalars(claims).all())
    mine = select(Hit).where(Hit.id.in_([hit.id for hit in hits]))
    work.session.scalars(mine.execution_options(populate_existing=True)).all()


def _row_error(request: DecideHits, hit: Hit, sent: Collection[str]) -> tuple[str, str] | None:
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


def _uphold(work: Work, hits: Sequence[Hit]) -> None:
    people: dict[str, set[str]] = defaultdict(set)
    for hit in hits:
        if hit.enrolment_id:
            people[hit.project_id].add(hit.enrolment_id)
    for project_id in sorted(people):
        enforce_exclusions(work, project_id, ProjectEnrolment.enrolment_id.in_(people[project_id]))
    accounts = {hit.payee_id: hit for hit in hits if hit.payee_id}
    for payee_id, hit in sorted(accounts.items()):
        cited = cite(work.policies.by_identity(hit.document), function_of(hit.kind))
        unpaid = select(Claim).where(Claim.payee_id == payee_id, Claim.state.in_(("approved", "in_payment")))
        for claim in work.session.scalars(unpaid.order_by(Claim.number.desc())).all():
            void_unless_basis_of_later(work, claim, cited)


def _tell(work: Work, request: DecideHits, hits: Sequence[Hit], claims: Mapping[str, Claim]) -> None:
    """Claim by claim, with how many hits hold it still."""
    left = open_hits(work.session, list(claims))
    for claim_id, hit_ids in sorted(grouped((hit.claim_id, hit.id) for hit in hits).items()):
        claim = claims[claim_id]
        told = about_claim(
            HitsDecided,
            claim,
            outcome=request.outcome,
            hit_ids=tuple(hit_ids),
            left=len(left.get(claim_id, ())),
            on=work.today,
        )
        work.tell(HITS_DECIDED, claim.id, told, district=claim.district)
