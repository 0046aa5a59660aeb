"""What waits for whoever asks: cases at a station, and matters of oversight, by role and in reach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from services.review.cases import cases
from services.review.models import Case, Matter, Step
from services.review.oversight.pending_acts import PendingAct, pending_acts_of
from services.review.rules.workflow import workflow_of
from shared.contracts.common import ListWaiting, WaitingItem, WaitingPage
from shared.kernel.work import Look
from shared.policy.policies import Policies
from shared.security.speaker import Role, Speaker
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows

TO_JOIN, TO_MEND, TO_REVIEW = "project_to_join", "project_to_mend", "case_to_review"
CASE_TITLES = {TO_JOIN: "加入申报", TO_MEND: "修改退回的申请后重新提交"}


def list_waiting(look: Look, request: ListWaiting) -> WaitingPage:
    """One page of what the speaker's role has to do next, the oldest first."""
    pending = pending_acts_of(look.speaker, look.today)
    titles = {act.kind: act.title for act in pending}
    waiting = union_all(_cases(look), *(_matters(look.speaker, act) for act in pending)).subquery().c
    rows, cursor = read_rows(look.session, select(*waiting), request, waiting.since, waiting.id, waiting.kind)
    items = tuple(
        shape_of(WaitingItem, row, title=titles.get(row.kind) or _case_title(row, look.policies)) for row in rows
    )
    return WaitingPage(items, cursor)


def cases_waiting(speaker: Speaker, policies: Policies) -> ColumnElement[bool]:
    """A provider's cases before it joins, an employer's returned projects, an officer's at stations of his role where
    he took no other step (X-5)."""
    match speaker.acting_role:
        case Role.TRAINING_PROVIDER:
            return and_(Case.state == "awaiting_provider", Case.provider_id == speaker.organisation)
        case Role.EMPLOYER:
            return and_(Case.state == "returned", Case.kind == cases.PROJECT, Case.employer_id == speaker.organisation)
        case _:
            return and_(or_(false(), *_stations_of(speaker.acting_role, policies)), ~_acted_elsewhere(speaker))


def _acted_elsewhere(speaker: Speaker) -> ColumnElement[bool]:
    """Whether somebody acted on the case at another place, or applied for its project."""
    elsewhere = or_(Step.station.is_(None), Step.station != Case.station)
    applied = and_(Step.case_id == Case.project_id, Step.station.is_(None))
    return exists().where(Step.person == speaker.person, or_(and_(Step.case_id == Case.case_id, elsewhere), applied))


def _stations_of(role: Role, policies: Policies) -> list[ColumnElement[bool]]:
    """Where a role decides, document by document."""
    return [
        and_(
            Case.document == document.identity,
            Case.kind == workflow.kind,
            Case.station.in_([each.id for each in workflow.stations if each.role == role]),
        )
        for document in policies.documents
        for workflow in document.workflow.values()
    ]


def _matters(speaker: Speaker, act: PendingAct) -> Select[*tuple[Any, ...]]:
    mine = [Case.employer_id == speaker.organisation] if speaker.acting_role is Role.EMPLOYER else []
    mine += [Case.provider_id == speaker.organisation] if speaker.acting_role is Role.TRAINING_PROVIDER else []
    shown = (literal(act.kind).label("kind"), Matter.matter_id.label("id"), Matter.project_id, Case.district)
    since = (Matter.moved_on.label("since"), Matter.due_on)
    of_case = (cast(null(), String).label(name) for name in ("document", "case_kind", "station"))
    chosen = select(*shown, *since, *of_case).join(Case, Case.case_id == Matter.project_id)
    return chosen.where(cases.in_reach(speaker), act.when, *mine)


def _cases(look: Look) -> Select[*tuple[Any, ...]]:
    """The first of the union: it says which types its columns have."""
    kinds = {Role.TRAINING_PROVIDER: TO_JOIN, Role.EMPLOYER: TO_MEND}
    since = select(func.max(Step.acted_on)).where(Step.case_id == Case.case_id).scalar_subquery().label("since")
    kind = literal(kinds.get(look.speaker.acting_role, TO_REVIEW)).label("kind")
    due_on = cast(null(), Matter.due_on.type).label("due_on")
    of_case = (Case.document, Case.kind.label("case_kind"), Case.station)
    chosen = select(kind, Case.case_id.label("id"), Case.project_id, Case.district, since, due_on, *of_case)
    return chosen.where(cases.in_reach(look.speaker), cases_waiting(look.speaker, look.policies))


def _case_title(row: Row[Any], policies: Policies) -> str:
    """What is to be done with a case, in the words of its document."""
    if row.kind in CASE_TITLES:
        return CASE_TITLES[row.kind]
    workflow = workflow_of(policies.by_identity(row.document), row.case_kind)
    station = next(each.label for each in workflow.stations if each.id == row.station)
    return f"{workflow.label}：{station}"
