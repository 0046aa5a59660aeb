"""What every use case of review needs of a case: to find it in reach, to move it, to write its history, to tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from services.review.models import Case, Project, Step
from services.review.rules.workflow import Move, Place, State, transition, workflow_of
from shared.contracts.common import Opinion
from shared.contracts.review import applications
from shared.contracts.review import cases as contract
from shared.contracts.schema import codec
from shared.contracts.schema.declare import EventType
from shared.errors import Conflict, InvalidRequest, NotPermitted
from shared.kernel.work import Work
from shared.policy.document import Document, Station
from shared.policy.policies import Policies
from shared.security.permissions import ReachKind, not_found, visible
from shared.security.speaker import Role, Speaker
from shared.store import access_filter

PROJECT = "project"
ROSTER = "roster"
REASON_CHARACTERS_MAX = 4000


def in_reach(speaker: Speaker) -> ColumnElement[bool]:
    """The cases that a speaker may know of. Officials see a project once its provider has joined it (APP-24)."""
    scope = access_filter.in_reach(speaker, Case.district, Case.employer_id, Case.provider_id)
    if speaker.acting_role is Role.MACHINE or visible(speaker).kind is ReachKind.ORGANISATION:
        return scope
    return and_(scope, Case.state != "awaiting_provider")


def load(session: Session, speaker: Speaker, case_id: str) -> Case:
    """The case; raises NotFound alike where there is none and where it lies outside the speaker's reach."""
    found = session.scalar(select(Case).where(Case.case_id == case_id, in_reach(speaker)))
    if found is None:
        raise not_found()
    return found


def load_project(session: Session, speaker: Speaker, case_id: str, *, field: str = "case_id") -> Case:
    """The same, of a project only; raises InvalidRequest naming `field` for a case of another kind."""
    found = load(session, speaker, case_id)
    if found.kind != PROJECT:
        raise InvalidRequest.of((field, "此编号不是项目申请，请填写项目申请的编号"))
    return found


def project_of(session: Session, case: Case) -> Project:
    """What the case's project applied for."""
    return session.get_one(Project, case.project_id)


def plan_of(project: Project) -> contract.ProjectPlan:
    return codec.read(contract.ProjectPlan, project.plan)


def write_plan(project: Project, plan: contract.ProjectPlan) -> None:
    """Keeps the plan whole, and what of it is searched and counted."""
    project.plan = codec.write(plan)
    project.occupation, project.level, project.places = plan.occupation, plan.level, plan.head_count


def document_of(policies: Policies, case: Case) -> Document:
    """The document that governs the case to its end (X-7)."""
    return policies.by_identity(case.document)


def check_employer(speaker: Speaker, case: Case) -> None:
    if speaker.organisation != case.employer_id:
        raise NotPermitted("此事项由申报企业办理，请由该企业的经办人登录办理")


def check_provider(speaker: Speaker, case: Case) -> None:
    if speaker.organisation != case.provider_id:
        raise NotPermitted("此事项由项目所列培训机构办理，请由该机构的经办人登录办理")


def check_unchanged(case: Case, version: int) -> None:
    """Raises Conflict where somebody acted on the case since other services were asked about it."""
    if case.version != version:
        raise Conflict("案件刚刚由他人办理，请刷新后按最新状态办理", state=case.state)


# --- where it stands -----------------------------------------------------------------------------------------------


def place_of(case: Case) -> Place:
    return Place(cast("State", case.state), case.station)


def after(policies: Policies, case: Case, move: Move) -> Place:
    """Where a move takes the case; raises Conflict for one that its state doesn't allow."""
    return transition(workflow_of(document_of(policies, case), case.kind), place_of(case), move)


def put(case: Case, place: Place, today: date) -> None:
    """Moves a case; the day counts where it is approved with this move."""
    case.state, case.station = place.state, place.station
    case.approved_on = today if place.state == "approved" else None


def present_station(document: Document, case: Case) -> Station | None:
    stations = workflow_of(document, case.kind).stations
    return next((each for each in stations if each.id == case.station), None)


def answer(case: Case) -> applications.CaseAnswer:
    return applications.CaseAnswer(case.case_id, cast("contract.CaseState", case.state), case.station, case.document)


# --- its history ---------------------------------------------------------------------------------------------------


def add_step(
    work: Work,
    case: Case,
    move: str,
    *,
    station: str | None = None,
    opinion: Opinion | None = None,
    accepted: Mapping[str, str] | None = None,
) -> None:
    """Writes who did what into the case's history. `station`: null for what the parties do."""
    words = opinion or Opinion()
    last = work.session.scalar(select(func.max(Step.number)).where(Step.case_id == case.case_id))
    work.session.add(
        Step(
            case_id=case.case_id,
            number=(last or 0) + 1,
            round=case.round,
            station=station,
            move=move,
            person=work.speaker.person,
            role=work.speaker.acting_role.value,
            acted_on=work.today,
            acted_at=work.at,
            opinion=words.text,
            co_departments=list(words.co_departments),
            accepted=dict(accepted or {}),
        )
    )
    work.note(f"case:{case.case_id}")


def history(session: Session, case_id: str) -> list[Step]:
    return list(session.scalars(select(Step).where(Step.case_id == case_id).order_by(Step.number)))


# --- what is told --------------------------------------------------------------------------------------------------


def tell(
    work: Work, event: EventType[contract.CaseTold], case: Case, *, station: Station | None = None, reason: str = ""
) -> None:
    """Tells what became of a case. `reason` holds sentences of rules only: no words that somebody typed."""
    told = contract.CaseTold(
        case_id=case.case_id,
        kind=cast("contract.CaseKind", case.kind),
        programme=case.programme,
        district=case.district,
        employer_id=case.employer_id,
        provider_id=case.provider_id,
        project_id=case.project_id,
        station=station.id if station else None,
        reason=reason[:REASON_CHARACTERS_MAX],
    )
    work.tell(event, case.case_id, told, district=case.district)


def tell_waiting(work: Work, case: Case, document: Document) -> None:
    """The case waits at its present station; before the provider joins, for the provider."""
    tell(work, contract.CASE_SUBMITTED, case, station=present_station(document, case))
