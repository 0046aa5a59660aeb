"""What every use case of review needs of a case: to find it in reach, to move it, to write its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from services.review.models import Case, Project, Step
from services.review.rules.workflow import Move, Place, transition, workflow_of
from shared.contracts.common import Opinion, RowResult
from shared.contracts.review.applications import CaseAnswer
from shared.contracts.review.cases import CaseKind, ProjectPlan
from shared.contracts.schema import codec
from shared.errors import Conflict, InvalidRequest, NotPermitted
from shared.kernel.work import Work
from shared.policy.document import Document, Station
from shared.policy.policies import Policies
from shared.security.permissions import ReachKind, not_found, reaches, visible
from shared.security.speaker import Role, Speaker
from shared.store import access_filter

PROJECT: CaseKind = "project"
ROSTER: CaseKind = "roster"


def in_reach(speaker: Speaker) -> ColumnElement[bool]:
    """The cases that a speaker may know of. Officials see a project once its provider has joined it (APP-24)."""
    scope = access_filter.in_reach(speaker, Case.district, Case.employer_id, Case.provider_id)
    if speaker.acting_role is Role.MACHINE or visible(speaker).kind is ReachKind.ORGANISATION:
        return scope
    return and_(scope, Case.state != "awaiting_provider")


def in_view(speaker: Speaker) -> ColumnElement[bool]:
    """The cases that a speaker may read: those in reach, and for the provider's own district its projects (INT-22)."""
    of_provider = and_(Case.kind == PROJECT, Case.state != "awaiting_provider")
    return or_(in_reach(speaker), and_(_is_providers_district(speaker), of_provider))


def _is_providers_district(speaker: Speaker) -> ColumnElement[bool]:
    reach = visible(speaker)
    return Case.provider_district == reach.value if reach.kind is ReachKind.DISTRICT else false()


def case_in_view(session: Session, speaker: Speaker, case_id: str) -> Case:
    """The same as `case_in_reach`, of those that may be read."""
    found = session.scalar(select(Case).where(Case.case_id == case_id, in_view(speaker)))
    if found is None:
        raise not_found()
    return found


def sees_provider_only(speaker: Speaker, case: Case) -> bool:
    """Whether a case is read by the provider's district, which sees of it what concerns the provider."""
    return not reaches(speaker, district=case.district, organisations=(case.employer_id, case.provider_id))


def case_in_reach(session: Session, speaker: Speaker, case_id: str) -> Case:
    """The case; raises NotFound alike where there is none and where it lies outside the speaker's reach."""
    found = session.scalar(select(Case).where(Case.case_id == case_id, in_reach(speaker)))
    if found is None:
        raise not_found()
    return found


def project_in_reach(session: Session, speaker: Speaker, case_id: str, *, field: str = "project_id") -> Case:
    """The same, of a project only; raises InvalidRequest naming `field` for a case of another kind."""
    found = case_in_reach(session, speaker, case_id)
    if found.kind != PROJECT:
        raise InvalidRequest.of((field, "此编号不是项目申请，请填写项目申请的编号"))
    return found


def project_of(session: Session, case: Case) -> Project:
    """What the case's project applied for."""
    return session.get_one(Project, case.project_id)


def plan_of(project: Project) -> ProjectPlan:
    """The plan as it was submitted last."""
    return codec.read(ProjectPlan, project.plan)


def write_plan(project: Project, plan: ProjectPlan) -> None:
    """Keeps the plan whole, and what of it is searched and counted."""
    project.plan = codec.write(plan)
    project.occupation, project.level, project.places = plan.occupation, plan.level, plan.head_count


def document_of(policies: Policies, case: Case) -> Document:
    """The document that governs the case to its end (X-7)."""
    return policies.by_identity(case.document)


def check_employer(speaker: Speaker, case: Case) -> None:
    """Raises NotPermitted for anybody but the employer whose case it is."""
    if speaker.organisation != case.employer_id:
        raise NotPermitted("此事项由申报企业办理，请由该企业的经办人登录办理")


def check_provider(speaker: Speaker, case: Case) -> None:
    """Raises NotPermitted for anybody but the provider that the project names."""
    if speaker.organisation != case.provider_id:
        raise NotPermitted("此事项由项目所列培训机构办理，请由该机构的经办人登录办理")


def check_unchanged(case: Case, version: int) -> None:
    """Raises Conflict where somebody acted on the case since other services were asked about it."""
    if case.version != version:
        raise Conflict("案件刚刚由他人办理，请刷新后按最新状态办理", state=case.state)


# --- where it stands ---------------------------------------------------------------------------------------------


def place_of(case: Case) -> Place:
    """Its state and station."""
    return Place(case.state, case.station)


def place_after(case: Case, document: Document, move: Move) -> Place:
    """Where a move takes the case; raises Conflict for one that its state doesn't allow."""
    return transition(workflow_of(document, case.kind), place_of(case), move)


def move_case(case: Case, document: Document, move: Move, on: date) -> None:
    """Moves it, `on` being the day of an approval; raises Conflict as `place_after`."""
    place = place_after(case, document, move)
    case.state, case.station = place.state, place.station
    case.approved_on = on if place.state == "approved" else None


def present_station(document: Document, case: Case) -> Station | None:
    """The station where it waits, None where it waits at none."""
    stations = workflow_of(document, case.kind).stations
    return next((each for each in stations if each.id == case.station), None)


def answer(case: Case, rows: tuple[RowResult, ...] = ()) -> CaseAnswer:
    """Where the case now stands; `rows`: what became of those of a roster just submitted."""
    return CaseAnswer(case.case_id, case.state, case.station, case.document, rows)


# --- its history -------------------------------------------------------------------------------------------------


def add_step(
    work: Work,
    case: Case,
    move: str,
    *,
    station: str | None = None,
    opinion: Opinion | None = None,
    accepted: Mapping[str, str] | None = None,
) -> None:
    """Writes who did what into the case's history. `station`: None for what the parties do; `accepted`: rule →
    reason."""
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
    """The steps of a case in the order in which they were taken."""
    return list(session.scalars(select(Step).where(Step.case_id == case_id).order_by(Step.number)))
