"""Approved claims that aren't paid, and since when: the text asks for payment in time and names no days (APP-38)."""

from __future__ import annotations

from datetime import date
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.events import about_claim
from services.subsidy.models import Claim
from services.subsidy.rules.claims import UnpaidFacts
from shared.contracts.common import FindingShape
from shared.contracts.subsidy.claims import ListUnpaid, UnpaidClaim, UnpaidPage
from shared.kernel.work import Look
from shared.policy.decisions import decide
from shared.policy.policies import Policies
from shared.store.access_filter import filters, in_reach
from shared.store.cursors import read_page

AWAITING_MONEY = ("approved", "in_payment")


def list_unpaid(look: Look, request: ListUnpaid) -> UnpaidPage:
    """Those in reach, the oldest approval first, each with its age and the finding of its document."""
    wanted = select(Claim).where(in_reach(look.speaker, Claim.district), Claim.state.in_(AWAITING_MONEY))
    wanted = wanted.where(*filters({Claim.programme: request.programme}))
    shown, cursor = read_page(look.session, wanted, request, Claim.decided_on, Claim.number)
    return UnpaidPage(tuple(_shape(row, look.today, look.policies) for row in shown), cursor)


def oldest_days(session: Session, today: date) -> dict[str, int]:
    """By programme, how many days its oldest approved claim has been waiting for money."""
    wanted = select(Claim.programme, func.min(Claim.decided_on)).where(Claim.state.in_(AWAITING_MONEY))
    rows = session.execute(wanted.group_by(Claim.programme)).all()
    return {programme: (today - oldest).days for programme, oldest in rows if oldest is not None}


def _shape(claim: Claim, today: date, policies: Policies) -> UnpaidClaim:
    approved_on = _approved_on(claim)
    decision = decide("subsidy.unpaid", UnpaidFacts(today, approved_on), policies.by_identity(claim.document))
    finding = next(iter(decision.findings), None)
    return about_claim(
        UnpaidClaim,
        claim,
        approved_on=approved_on,
        age_days=(today - approved_on).days,
        finding=FindingShape(**finding.to_json()) if finding else None,
    )


def _approved_on(claim: Claim) -> date:
    """An approved claim has its day."""
    return cast("date", claim.decided_on)
