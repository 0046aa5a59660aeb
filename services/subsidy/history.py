"""What happened to a project's money: every act that was told, the oldest first, with the officer's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, Project
from services.subsidy.moves import WORDS
from shared.bus.work import Look
from shared.contracts.common import GetHistory, HistoryLine, HistoryPage
from shared.security.permissions import check_reach, not_found
from shared.store.cursors import behind, page
from shared.store.kernel_tables import Told

TITLES: Mapping[str, str] = {
    "claim_submitted": "提交申领",
    "payment_instructed": "复核并通知国库拨付",
    "payment_confirmed": "登记国库拨付到账",
    "clawback_opened": "开立追回",
    "budget_exhausted": "预算不足，暂未核定",
}
KINDS: Mapping[str, str] = {"advance": "首次补贴", "final": "剩余补贴", "supplementary": "补充补贴"}


def get_history(look: Look, request: GetHistory) -> HistoryPage:
    """One page of a project's claims, payments and receivables. Raises NotFound outside the speaker's reach."""
    project = look.session.get(Project, request.project_id)
    if project is None:
        raise not_found()
    parties = [party for party in (project.employer_id, project.entrusted_employer_id) if party]
    check_reach(look.speaker, district=project.district, organisations=parties)
    claims = select(Claim.id).where(Claim.project_id == project.project_id)
    wanted = select(Told).where(Told.aggregate_id.in_(claims), behind(request.cursor, Told.number))
    rows = look.session.scalars(wanted.order_by(Told.number).limit(request.limit + 1)).all()
    shown, cursor = page(rows, request.limit, lambda row: (row.number,))
    known = _claims(look.session, {row.aggregate_id for row in shown})
    return HistoryPage(tuple(_line(row, known[row.aggregate_id]) for row in shown), cursor)


def _claims(session: Session, ids: set[str]) -> dict[str, Claim]:
    return {claim.id: claim for claim in session.scalars(select(Claim).where(Claim.id.in_(ids)))}


def _line(told: Told, claim: Claim) -> HistoryLine:
    actor: Mapping[str, Any] = told.actor
    decided = told.name == "claim_decided"
    voided = decided and told.data["state"] == "voided"
    title = WORDS[told.data["state"]] if decided else TITLES[told.name]
    return HistoryLine(
        at=told.occurred_at,
        on=told.business_date,
        action=f"{told.name}.{told.data['state']}" if decided else told.name,
        title=f"{KINDS[claim.kind]}：{title}",
        by=actor.get("on_behalf_of") or actor["subject"],
        role=actor.get("for_role") or actor["role"],
        of_id=claim.id,
        words=(claim.opinion or {}).get("text", "") if decided and not voided else "",
    )
