"""Who earns nothing any more, and what follows: unpaid money is voided, paid money is asked back, once.

Three reasons: a confirmed fraud names the person, or the whole project (APP-27); an officer upheld what a check before
payment found about the enrolment (APP-2, APP-19, X-1); the person failed or left, and nothing is due (INT-88). A claim
that holds such a person is voided whole while the treasury isn't told and no later claim counts it as paid; the
employer claims anew for the others. What the treasury was already told to pay is asked back when it has arrived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, union
from sqlalchemy.orm import Session

from services.subsidy.demands.discharges import asked_for, lock_demands_of
from services.subsidy.demands.opening import ClawbackDue, open_demand, withdraw_returned
from services.subsidy.exclusions.voiding import leave_batch, void
from services.subsidy.funding.payment_channels import SourceYear, channels
from services.subsidy.ledger.postings import Cited, cite
from services.subsidy.lifecycle.claim import UNPAID
from services.subsidy.lifecycle.payment import TOLD
from services.subsidy.models import (
    Claim,
    ClaimLine,
    EndedEnrolment,
    Fraud,
    FraudPerson,
    Hit,
    Payment,
    Project,
    ProjectEnrolment,
)
from services.subsidy.rules.checks import function_of
from shared.batching import slices
from shared.contracts.subsidy.clawbacks import ClawbackCause
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.policy.document import Document
from shared.store.bulk import SLICE

_NAMED = select(FraudPerson.person_id).where(
    FraudPerson.inquiry_id == Fraud.inquiry_id, FraudPerson.person_id == ProjectEnrolment.person_id
)
_ANNULLED = (
    select(ProjectEnrolment.enrolment_id)
    .join(
        Fraud,
        and_(
            Fraud.project_id == ProjectEnrolment.project_id,
            or_(Fraud.whole_project, _NAMED.exists()),
        ),
    )
    .distinct()
)
_UPHELD = (
    select(ProjectEnrolment.enrolment_id)
    .join(Hit, Hit.enrolment_id == ProjectEnrolment.enrolment_id)
    .where(Hit.state == "upheld")
)
_ENDED = (
    select(ProjectEnrolment.enrolment_id)
    .join(EndedEnrolment, EndedEnrolment.enrolment_id == ProjectEnrolment.enrolment_id)
    .where(EndedEnrolment.earns == ZERO)
)


class Ground(NamedTuple):
    """Why an enrolment earns nothing: what is cited for it, and the officer's basis where there is one (X-15)."""

    cause: ClawbackCause
    cited: Cited
    basis: str = ""


def excluded(session: Session, project_id: str, *narrower: ColumnElement[bool]) -> set[str]:
    """The enrolments of a project that earn nothing any more."""
    return set(session.scalars(_excluded(project_id, *narrower)))


def enforce_exclusions(work: Work, project_id: str, *narrower: ColumnElement[bool]) -> None:
    """Voids what is unpaid for the project's excluded enrolments, and asks back what was paid for those meant."""
    unpaid = _unpaid(work.session, project_id)
    lock_demands_of(work.session, [claim.id for claim in unpaid])
    for claim in reversed(unpaid):
        void_unless_basis_of_later(work, claim, _ground_of_claim(work, claim).cited)
    open_clawbacks(work, project_id, excluded(work.session, project_id, *narrower))


def void_unless_basis_of_later(work: Work, claim: Claim, cited: Cited) -> None:
    """Voids it, unless a later claim counts as paid what this one pays: of such a one the bank sent the money back. For
    those who still earn something it is then sent again; what that pays the others is asked back when it has arrived.

    Needs the project's turn; of several claims the newest comes first.
    """
    if _is_basis_of_later_claim(work.session, claim):
        leave_batch(work, claim)
    else:
        void(work, claim, cited)


def blocked_by_spent_refill(session: Session, claims: Collection[Claim]) -> set[str]:
    """Those of the claims that are to be voided and can't be yet: what came back by their set-offs is spent again."""
    keeping = [claim for claim in claims if claim.set_off and claim.state in UNPAID]
    projects = projects_with_exclusions(session, {claim.project_id for claim in keeping})
    return {
        claim.id
        for claim in keeping
        if claim.project_id in projects
        and _is_to_be_voided(session, claim)
        and not _is_basis_of_later_claim(session, claim)
    }


def waiting_for_money(session: Session, programme: str, district: str) -> list[str]:
    """Projects with such claims, in the order in which their turns are taken."""
    keeping = select(Claim).where(Claim.programme == programme, Claim.district == district, Claim.set_off > ZERO)
    claims = session.scalars(keeping.where(Claim.state == "approved")).all()
    held = blocked_by_spent_refill(session, claims)
    return sorted({claim.project_id for claim in claims if claim.id in held})


def projects_with_exclusions(session: Session, project_ids: Collection[str]) -> set[str]:
    """Those of the projects in which somebody earns nothing any more, or less than was paid."""
    found: set[str] = set()
    for some in slices(sorted(project_ids), SLICE):
        fraud = select(Fraud.project_id).where(Fraud.project_id.in_(some))
        ended = select(EndedEnrolment.project_id).where(_ended_in(some))
        found |= set(session.scalars(union(fraud, select(Hit.project_id).where(_upheld_in(some)), ended)))
    return found


def claw_back_excluded(work: Work, claim: Claim) -> None:
    """The treasury had been told before somebody was excluded: now that the money arrived it is asked back."""
    lines = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    meant = excluded(work.session, claim.project_id, ProjectEnrolment.enrolment_id.in_(lines))
    ended = select(EndedEnrolment.enrolment_id).where(_ended_in([claim.project_id]))
    meant |= set(work.session.scalars(ended.where(EndedEnrolment.enrolment_id.in_(lines))))
    open_clawbacks(work, claim.project_id, meant)


def open_clawbacks(work: Work, project_id: str, enrolments: Collection[str]) -> None:
    """Opens demands for all that was paid for each enrolment beyond what it earns and isn't asked for yet.

    What was asked for and came back through the bank is no longer asked for.
    """
    paid_by = channels(work.session, project_id, enrolments)
    returned: list[tuple[str, SourceYear, int]] = []
    for enrolment_id, place, fen in asked_for(work.session, sorted(enrolments)):
        channel = paid_by.get(enrolment_id)
        paid = channel.fen[place] if channel else 0
        if channel:
            channel.fen[place] = max(0, paid - fen)
        if fen > paid:
            returned.append((enrolment_id, place, fen - paid))
    withdraw_returned(work, returned)
    why = _grounds(work, project_id, sorted(paid_by))
    earns = earned(work.session, project_id)
    dues: dict[tuple[str, Ground], list[ClawbackDue]] = defaultdict(list)
    for enrolment_id, channel in sorted(paid_by.items()):
        if (left := Money.sum(part.amount for part in channel.parts()) - earns.get(enrolment_id, ZERO)) > ZERO:
            dues[channel.claim_id, why[enrolment_id]].append(ClawbackDue(enrolment_id, left, channel))
    ids = {claim_id for claim_id, _ in dues}
    claims = {one.id: one for one in work.session.scalars(select(Claim).where(Claim.id.in_(ids)))}
    for (claim_id, ground), due in sorted(dues.items(), key=lambda one: (claims[one[0][0]].number, one[0][1])):
        open_demand(work, claims[claim_id], ground.cause, due, ground.cited, ground.basis)


def earned(session: Session, project_id: str) -> dict[str, Money]:
    """What those who failed or left, and whom nothing else excludes, are entitled to all the same (INT-30)."""
    other = union(_ANNULLED.where(_here(project_id)), _UPHELD.where(_here(project_id)))
    ended = select(EndedEnrolment).where(_ended_in([project_id]), EndedEnrolment.enrolment_id.not_in(other))
    return {one.enrolment_id: one.earns or ZERO for one in session.scalars(ended)}


def _here(project_id: str) -> ColumnElement[bool]:
    return ProjectEnrolment.project_id == project_id


def _ended_in(project_ids: Collection[str]) -> ColumnElement[bool]:
    return and_(EndedEnrolment.project_id.in_(project_ids), EndedEnrolment.earns.is_not(None))


def _upheld_in(project_ids: Collection[str]) -> ColumnElement[bool]:
    return and_(Hit.project_id.in_(project_ids), Hit.state == "upheld")


def _excluded(project_id: str, *narrower: ColumnElement[bool]) -> CompoundSelect[tuple[str]]:
    here = (_here(project_id), *narrower)
    return union(_ANNULLED.where(*here), _UPHELD.where(*here), _ENDED.where(*here))


def _unpaid(session: Session, project_id: str) -> list[Claim]:
    """Claims of the project that hold an excluded enrolment and aren't settled, the oldest first."""
    holding = select(ClaimLine.claim_id).where(
        ClaimLine.project_id == project_id, ClaimLine.live, ClaimLine.enrolment_id.in_(_excluded(project_id))
    )
    wanted = select(Claim).where(Claim.project_id == project_id, Claim.state.in_(UNPAID), Claim.id.in_(holding))
    return list(session.scalars(wanted.order_by(Claim.number)))


def _is_to_be_voided(session: Session, claim: Claim) -> bool:
    """Whether somebody in it is excluded and the treasury isn't told of any of its payments."""
    barred = select(ClaimLine.id).where(
        ClaimLine.claim_id == claim.id, ClaimLine.enrolment_id.in_(_excluded(claim.project_id))
    )
    told = select(Payment.id).where(Payment.claim_id == claim.id, Payment.state.in_(TOLD))
    return bool(session.scalar(select(barred.exists() & ~told.exists())))


def _is_basis_of_later_claim(session: Session, claim: Claim) -> bool:
    """Whether a later live claim has a line for somebody in it who isn't excluded."""
    mine = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    later = (
        select(Claim.id)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(ClaimLine.project_id == claim.project_id, ClaimLine.live, Claim.number > claim.number)
        .where(ClaimLine.enrolment_id.in_(mine), ClaimLine.enrolment_id.not_in(_excluded(claim.project_id)))
    )
    return session.scalar(later.limit(1)) is not None


def _ground_of_claim(work: Work, claim: Claim) -> Ground:
    """Of the first person in it that earns nothing."""
    lines = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    here = _excluded(claim.project_id, ProjectEnrolment.enrolment_id.in_(lines)).subquery()
    first = work.session.scalars(select(here.c.enrolment_id).order_by(here.c.enrolment_id).limit(1)).one()
    return _grounds(work, claim.project_id, [first])[first]


def _grounds(work: Work, project_id: str, enrolments: Collection[str]) -> Mapping[str, Ground]:
    """Fraud before what was upheld, and of that what was found first; else that nothing is due by the result."""
    document = work.policies.by_identity(work.session.get_one(Project, project_id).document)
    fraud = Ground("fraud", cite(document, "subsidy.recovery_channel"))
    found = dict.fromkeys(enrolments, Ground("outcome", cite(document, "subsidy.result")))
    for part in slices(list(enrolments), SLICE):
        annulled = excluded_for_fraud(work.session, project_id, ProjectEnrolment.enrolment_id.in_(part))
        found.update(dict.fromkeys(annulled, fraud))
        upheld = select(Hit).where(Hit.enrolment_id.in_(part), Hit.state == "upheld").order_by(Hit.number.desc())
        found.update(
            (str(hit.enrolment_id), _upheld(document, hit))
            for hit in work.session.scalars(upheld)
            if hit.enrolment_id not in annulled
        )
    return found


def excluded_for_fraud(session: Session, project_id: str, *narrower: ColumnElement[bool]) -> set[str]:
    """Those of them whom a confirmed fraud annulled."""
    return set(session.scalars(_ANNULLED.where(ProjectEnrolment.project_id == project_id, *narrower)))


def _upheld(document: Document, hit: Hit) -> Ground:
    return Ground("check", cite(document, function_of(hit.kind)), hit.basis)
