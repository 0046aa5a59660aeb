"""Confirmed fraud (APP-27): who is named earns nothing. Unpaid money is voided, paid money is taken back, once.

A claim that holds such a person is voided whole while the treasury isn't told; the employer claims anew for the
others. What the treasury was already told to pay is taken back when it has arrived.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from services.subsidy.channels import Channel, Place, channels
from services.subsidy.clawbacks import Due, open_all
from services.subsidy.models import (
    Claim,
    ClaimLine,
    Clawback,
    ClawbackPart,
    Discharge,
    Fraud,
    FraudPerson,
    ProjectEnrolment,
)
from services.subsidy.moves import UNPAID
from services.subsidy.projects import take_turn
from services.subsidy.sets import SLICE, insert_new
from services.subsidy.tables_receivables import PART
from services.subsidy.voiding import void
from shared.bus.wire import Event
from shared.bus.work import Work
from shared.contracts.oversight import FraudConfirmed
from shared.money import ZERO, Money
from shared.slices import slices
from shared.store.types import MoneyColumn

KINDS = ("advance", "final", "supplementary")

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


def confirmed(work: Work, event: Event[FraudConfirmed]) -> None:
    """One part of a confirmed fraud; the parts, and the project itself, may be heard in any order."""
    told = event.data
    known = take_turn(work.session, told.project_id)
    fraud = {
        "inquiry_id": told.inquiry_id,
        "project_id": told.project_id,
        "whole_project": told.whole_project,
        "confirmed_on": told.on,
    }
    insert_new(work.session, Fraud, [fraud])
    named = ({"inquiry_id": told.inquiry_id, "person_id": person_id} for person_id in told.person_ids)
    insert_new(work.session, FraudPerson, named)
    if not known:
        return  # nothing was claimed for a project that isn't known yet
    for claim in _unpaid(work.session, told.project_id):
        void(work, claim)
    meant = () if told.whole_project else (ProjectEnrolment.person_id.in_(told.person_ids),)
    take_back(work, told.project_id, annulled(work.session, told.project_id, *meant))


def annulled(session: Session, project_id: str, *narrower: ColumnElement[bool]) -> set[str]:
    """The enrolments of a project that earn nothing because fraud was confirmed."""
    return set(session.scalars(_ANNULLED.where(ProjectEnrolment.project_id == project_id, *narrower)))


def after_payment(work: Work, claim: Claim) -> None:
    """The treasury had been told before fraud was confirmed: now that the money arrived it is taken back."""
    lines = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    take_back(
        work, claim.project_id, annulled(work.session, claim.project_id, ProjectEnrolment.enrolment_id.in_(lines))
    )


def take_back(work: Work, project_id: str, enrolments: Collection[str]) -> None:
    """Opens a receivable for all that was paid for each enrolment and isn't asked for yet, source by source."""
    paid_by = channels(work.session, project_id, enrolments, KINDS)
    for enrolment_id, place, fen in _asked_for(work.session, sorted(paid_by)):
        paid_by[enrolment_id].fen[place] -= fen
    by_claim: dict[str, list[Due]] = defaultdict(list)
    for enrolment_id, channel in sorted(paid_by.items()):
        if left := _left(channel):
            by_claim[channel.claim_id].append(Due(enrolment_id, left, channel))
    claims = work.session.scalars(select(Claim).where(Claim.id.in_(sorted(by_claim))).order_by(Claim.number))
    for claim in claims.all():
        open_all(work, claim, "fraud", by_claim[claim.id])


def _left(channel: Channel) -> Money:
    return Money.sum(part.amount for part in channel.parts())


def _unpaid(session: Session, project_id: str) -> list[Claim]:
    """Claims of the project that hold an annulled enrolment and aren't settled, the oldest first."""
    annulled_here = _ANNULLED.where(ProjectEnrolment.project_id == project_id)
    holding = select(ClaimLine.claim_id).where(
        ClaimLine.project_id == project_id, ClaimLine.live, ClaimLine.enrolment_id.in_(annulled_here)
    )
    wanted = select(Claim).where(Claim.project_id == project_id, Claim.state.in_(UNPAID), Claim.id.in_(holding))
    return list(session.scalars(wanted.order_by(Claim.number)))


def _asked_for(session: Session, enrolments: Collection[str]) -> list[tuple[str, Place, int]]:
    """What demands ask for already, without what was withdrawn: enrolment, source and year, fen."""
    same = [getattr(Discharge, name) == getattr(ClawbackPart, name) for name in PART]
    withdrawn = select(func.sum(Discharge.amount)).where(Discharge.way == "withdrawal", *same)
    asked = ClawbackPart.amount - func.coalesce(
        withdrawn.correlate(ClawbackPart).scalar_subquery(), literal(ZERO, MoneyColumn)
    )
    place = (ClawbackPart.fund_source, ClawbackPart.fiscal_year)
    wanted = (
        select(Clawback.enrolment_id, *place, func.sum(asked, type_=MoneyColumn))
        .join(ClawbackPart, ClawbackPart.clawback_id == Clawback.id)
        .group_by(Clawback.enrolment_id, *place)
    )
    return [
        (enrolment_id, (source, year), amount.fen)
        for part in slices(list(enrolments), SLICE)
        for enrolment_id, source, year, amount in session.execute(wanted.where(Clawback.enrolment_id.in_(part)))
    ]
