"""What waits for the speaker: claims to make, mend, decide and pay, batches to check and confirm, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Date, Select, String, and_, cast, func, literal, null, select
from sqlalchemy.orm import aliased

from services.subsidy.bank.worklist import difference_to_explain, has_failed_payment, payment_unknown
from services.subsidy.checks.holds import open_hits_of_claims
from services.subsidy.closing.periods import Windows
from services.subsidy.closing.queries import to_close
from services.subsidy.collection.worklist import (
    demand_overdue,
    demand_to_collect,
    demand_to_notice,
    demand_to_pay,
    write_off_to_approve,
)
from services.subsidy.lifecycle.claim import UNPAID
from services.subsidy.models import (
    Batch,
    Block,
    Books,
    Claim,
    ClaimLine,
    CompletedRun,
    EndedEnrolment,
    Project,
    ProjectEnrolment,
)
from shared.contracts.common import ListWaiting, WaitingPage
from shared.kernel.work import Look
from shared.kernel.worklist import need, waiting_page
from shared.money import ZERO
from shared.security.speaker import Role
from shared.store.access_filter import in_reach

TITLES: Mapping[str, str] = {
    "claim_to_mend": "补正退回的申领后重新提交",
    "advance_to_claim": "学籍已建立，可申领首次补贴",
    "final_to_claim": "培训已结束，可申领剩余补贴",
    "project_to_settle": "培训已结束而单位未申领剩余补贴，请督促申领；单位不申领的，办理结算",
    "claim_to_decide": "审核申领",
    "hit_to_decide": "核实拨付前核对发现的疑点",
    "claim_to_prepare": "已核定，编制拨付批次",
    "claim_to_repay": "银行拒付或退回，核实账户后重新制单拨付",
    "batch_to_check": "复核拨付批次",
    "batch_to_confirm": "登记国库拨付结果",
    "payment_unknown": "银行结果未明，查询后登记",
    "difference_to_explain": "银行清单与账不符，核对后重报或说明",
    "demand_to_notice": "已开立追回，发出追回通知",
    "demand_to_collect": "有补贴应追回，请会同财务督促单位退还",
    "demand_overdue": "追回款逾期未退还，催收或办理核销",
    "write_off_to_approve": "审批核销建议",
    "demand_to_pay": "按追回通知退还补贴",
    "budget_to_raise": "预算不足，追加后再核定",
    "month_to_close": "更正期已满，请办理月结",
    "year_to_close": "更正期已满，请办理年结",
}
"""What is to be done, by kind, as the officials read it."""

Need = Callable[[Look], Select[Any]]


def list_waiting(look: Look, request: ListWaiting, windows: Windows) -> WaitingPage:
    """One page of what the speaker's role has to do next, in reach."""
    role = look.speaker.acting_role
    needs = [of_role(look) for of_role in NEEDS.get(role, ())]
    if role is Role.FINANCE_OFFICER:
        needs += _to_close(look, windows)
    return waiting_page(look, needs, TITLES, request)


def _claims(look: Look, kind: str, since: Any) -> Select[Any]:
    """Claims in reach; the caller says which of them."""
    needed = need(kind, Claim.id, Claim.project_id, Claim.district, since)
    return needed.where(in_reach(look.speaker, Claim.district, Claim.employer_id, Claim.payee_id))


def _claim_to_mend(look: Look) -> Select[Any]:
    """A returned claim, until the same thing is claimed anew."""
    return _claims(look, "claim_to_mend", Claim.decided_on).where(_is_to_mend())


def _is_to_mend() -> Any:
    anew = aliased(Claim)
    same = (anew.project_id == Claim.project_id, anew.kind == Claim.kind, anew.number > Claim.number)
    return and_(Claim.state == "returned", ~select(anew.id).where(*same).exists())


def _to_mend(kind: str) -> Any:
    """Whether such a returned claim of the project waits by itself."""
    here = (Claim.project_id == Project.project_id, Claim.kind == kind)
    return select(Claim.id).where(*here, _is_to_mend()).correlate(Project).exists()


def _claimed(*kinds: str) -> Any:
    """Whether a live claim, or a returned one that waits by itself, of these kinds is there for the project."""
    there = (Claim.project_id == Project.project_id, Claim.kind.in_(kinds), Claim.state.not_in(("rejected", "voided")))
    return select(Claim.id).where(*there).correlate(Project).exists()


def _unclaimed(*kinds: str) -> Any:
    """Whether somebody in the project hasn't been claimed for by such a claim, and has anything to get."""
    claimed = select(ClaimLine.id).where(
        ClaimLine.enrolment_id == ProjectEnrolment.enrolment_id, ClaimLine.live, ClaimLine.kind.in_(kinds)
    )
    gone = select(EndedEnrolment.enrolment_id).where(EndedEnrolment.enrolment_id == ProjectEnrolment.enrolment_id)
    earning = gone if "advance" in kinds else gone.where(EndedEnrolment.earns == ZERO)
    left = select(ProjectEnrolment.enrolment_id).where(ProjectEnrolment.project_id == Project.project_id)
    return left.where(~claimed.exists(), ~earning.exists()).correlate(Project).exists()


def _advance_to_claim(look: Look) -> Select[Any]:
    over = select(CompletedRun.project_id).where(CompletedRun.project_id == Project.project_id).exists()
    since = func.min(ProjectEnrolment.enrolled_on)
    return (
        need("advance_to_claim", Project.project_id, Project.project_id, Project.district, since)
        .join(ProjectEnrolment, ProjectEnrolment.project_id == Project.project_id)
        .where(in_reach(look.speaker, Project.district, Project.employer_id), ~_claimed("advance", "final"), ~over)
        .where(_unclaimed("advance", "final"))
        .group_by(Project.project_id, Project.district)
    )


def _final_to_claim(look: Look, kind: str = "final_to_claim") -> Select[Any]:
    since = CompletedRun.completed_on
    return (
        need(kind, Project.project_id, Project.project_id, Project.district, since)
        .join(CompletedRun, CompletedRun.project_id == Project.project_id)
        .where(in_reach(look.speaker, Project.district, Project.employer_id), ~_to_mend("final"), _unclaimed("final"))
    )


def _project_to_settle(look: Look) -> Select[Any]:
    """Runs that are over and not wholly claimed for: the employer is reminded, or what is due back is asked for."""
    return _final_to_claim(look, "project_to_settle")


def _claim_to_decide(look: Look) -> Select[Any]:
    mine = Claim.applicant == look.speaker.person
    return _claims(look, "claim_to_decide", Claim.submitted_on).where(Claim.state == "submitted", ~mine)


def _hit_to_decide(look: Look) -> Select[Any]:
    """Unpaid claims that hits hold, once each, unless the speaker applied or ordered every comparison (X-5)."""
    held = open_hits_of_claims()
    waiting = _claims(look, "hit_to_decide", func.min(held.c.found_on)).join(held, held.c.claim_id == Claim.id)
    others = (Claim.applicant != look.speaker.person, held.c.found_by != look.speaker.person)
    return waiting.where(Claim.state.in_(UNPAID), *others).group_by(Claim.id, Claim.project_id, Claim.district)


def _claim_to_prepare(look: Look) -> Select[Any]:
    return _free(look, "claim_to_prepare").where(~has_failed_payment())


def _claim_to_repay(look: Look) -> Select[Any]:
    """Since its approval: so long the payee waits."""
    return _free(look, "claim_to_repay").where(has_failed_payment())


def _free(look: Look, kind: str) -> Select[Any]:
    """Approved claims that no block and no hit holds (X-11), of which the speaker took no earlier step (X-5)."""
    held = open_hits_of_claims()
    standing = (Block.project_id == Claim.project_id, Block.opened_on.is_not(None), Block.lifted_on.is_(None))
    blocked = select(Block.block_id).where(*standing).exists()
    return _claims(look, kind, Claim.decided_on).where(
        Claim.state == "approved",
        ~blocked,
        Claim.id.not_in(select(held.c.claim_id)),
        Claim.applicant != look.speaker.person,
        Claim.approver != look.speaker.person,
    )


def _batches(look: Look, kind: str, since: Any) -> Select[Any]:
    needed = need(kind, Batch.id, cast(null(), String), Batch.district, since)
    return needed.where(in_reach(look.speaker, Batch.district))


def _batch_to_check(look: Look) -> Select[Any]:
    """Never by its maker (X-5)."""
    wanted = _batches(look, "batch_to_check", Batch.prepared_on)
    return wanted.where(Batch.state == "prepared", Batch.maker != look.speaker.person)


def _batch_to_confirm(look: Look) -> Select[Any]:
    return _batches(look, "batch_to_confirm", Batch.instructed_on).where(Batch.state == "instructed")


def _budget_to_raise(look: Look) -> Select[Any]:
    """Claims that no source could bear when they were last decided."""
    wanted = _claims(look, "budget_to_raise", Claim.submitted_on)
    return wanted.where(Claim.state == "submitted", Claim.missing > ZERO)


def _to_close(look: Look, windows: Windows) -> list[Select[Any]]:
    """Months and years of the speaker's books whose windows are over: a few, worked out one by one."""
    mine = in_reach(look.speaker, Books.district)
    return [
        need(kind, literal(id), cast(null(), String), literal(district), literal(since, Date))
        for kind, id, district, since in to_close(look.session, mine, windows, look.today)
    ]


NEEDS: Mapping[Role, tuple[Need, ...]] = {
    Role.EMPLOYER: (_claim_to_mend, _advance_to_claim, _final_to_claim, demand_to_pay),
    Role.DISTRICT_OFFICER: (_claim_to_decide, _hit_to_decide, _project_to_settle, demand_to_collect),
    Role.FINANCE_OFFICER: (
        _claim_to_prepare,
        _claim_to_repay,
        _batch_to_check,
        _batch_to_confirm,
        payment_unknown,
        difference_to_explain,
        _budget_to_raise,
        demand_to_notice,
        demand_overdue,
        write_off_to_approve,
    ),
    Role.CITY_FINANCE_OFFICER: (_budget_to_raise, write_off_to_approve),
}
"""What waits for each role; nothing for the others."""
