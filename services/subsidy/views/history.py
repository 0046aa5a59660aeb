"""What happened to a project's money: every act that was told, the oldest first, with the officer's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.subsidy.lifecycle.claim import WORDS
from services.subsidy.models import Claim, Demand, Hit, Project
from shared.contracts.common import GetHistory, HistoryLine, HistoryPage
from shared.kernel.work import Look
from shared.security.permissions import check_reach, not_found
from shared.security.speaker import Role
from shared.store.cursors import read_page
from shared.store.kernel_tables import OutboxRow

TITLES: Mapping[str, str] = {
    "claim_submitted": "提交申领",
    "claim_held": "拨付前核对发现疑点，待区级核实",
    "payment_prepared": "编制拨付批次",
    "payment_instructed": "复核并通知国库拨付",
    "payment_confirmed": "登记国库拨付到账",
    "clawback_opened": "开立追回",
    "clawback_noticed": "发出追回通知",
    "clawback_reduced": "登记退款、抵扣或其冲销",
    "clawback_settled": "追回了结",
    "budget_exhausted": "预算不足，暂未核定",
}
OF_DEMANDS = ("clawback_noticed", "clawback_reduced", "clawback_settled")
REMINDERS = ("deadline_set", "deadline_closed")
SUSPECTED = "claim_held"
"""A match is a suspicion: an employer isn't told before an officer has looked."""

HITS: Mapping[str, str] = {"clear": "疑点核实后放行", "uphold": "疑点核实后认定，不予拨付"}
FAILED: Mapping[str, str] = {"rejected": "登记银行拒付，待重新拨付", "returned": "登记拨付款项退回，待重新拨付"}
KINDS: Mapping[str, str] = {"advance": "首次补贴", "final": "剩余补贴", "supplementary": "补充补贴"}


def get_history(look: Look, request: GetHistory) -> HistoryPage:
    """One page of a project's claims, payments and receivables. Raises NotFound outside the speaker's reach."""
    project = look.session.get(Project, request.project_id)
    if project is None:
        raise not_found()
    parties = [party for party in (project.employer_id, project.entrusted_employer_id) if party]
    check_reach(look.speaker, district=project.district, organisations=parties)
    claims = select(Claim.id).where(Claim.project_id == project.project_id)
    demands = select(Demand.id).where(Demand.project_id == project.project_id)
    told = or_(
        OutboxRow.aggregate_id.in_(claims), OutboxRow.aggregate_id.in_(demands) & OutboxRow.name.not_in(REMINDERS)
    )
    wanted = select(OutboxRow).where(told)
    if look.speaker.acting_role is Role.EMPLOYER:
        wanted = wanted.where(OutboxRow.name != SUSPECTED)
    shown, cursor = read_page(look.session, wanted, request, OutboxRow.number)
    known = _claims(look.session, {_claim_id(row) for row in shown})
    words = _words(look, shown)
    return HistoryPage(tuple(_line(row, known[_claim_id(row)], words) for row in shown), cursor)


def _claim_id(told: OutboxRow) -> str:
    """A demand is told under its own id, and names the claim by which it was opened."""
    return str(told.data["claim_id"]) if told.name in OF_DEMANDS else told.aggregate_id


def _claims(session: Session, ids: set[str]) -> dict[str, Claim]:
    return {claim.id: claim for claim in session.scalars(select(Claim).where(Claim.id.in_(ids)))}


def _words(look: Look, rows: Sequence[OutboxRow]) -> dict[str, str]:
    """The officer's words on hits, by the first hit of each telling: an event carries none.

    An employer reads why somebody earns nothing, but not what cleared a suspicion: that may tell of other offices.
    """
    first = [row.data["hit_ids"][0] for row in rows if row.name == "hits_decided"]
    hits = look.session.scalars(select(Hit).where(Hit.id.in_(first)))
    hides = look.speaker.acting_role is Role.EMPLOYER
    return {hit.id: "" if hides and hit.state == "cleared" else hit.words for hit in hits}


def _line(told: OutboxRow, claim: Claim, words: Mapping[str, str]) -> HistoryLine:
    actor: Mapping[str, Any] = told.actor
    act, title, said = _act(told, claim, words)
    return HistoryLine(
        at=told.occurred_at,
        on=told.business_date,
        action=f"{told.name}.{act}" if act else told.name,
        title=f"{KINDS[claim.kind]}：{title}",
        by=actor.get("on_behalf_of") or actor["subject"],
        role=actor.get("for_role") or actor["role"],
        of_id=told.aggregate_id,
        words=said,
    )


def _act(told: OutboxRow, claim: Claim, words: Mapping[str, str]) -> tuple[str, str, str]:
    """Which of several outcomes it was, its title, and what the officer said."""
    if told.name == "claim_decided":
        state = told.data["state"]
        return state, WORDS[state], "" if state == "voided" else (claim.opinion or {}).get("text", "")
    if told.name == "hits_decided":
        outcome = told.data["outcome"]
        return outcome, HITS[outcome], words[told.data["hit_ids"][0]]
    if told.name == "payment_failed":
        outcome = told.data["outcome"]
        return outcome, FAILED[outcome], ""
    return "", TITLES[told.name], ""
