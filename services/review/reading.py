"""Reading cases: one whole, and lists of those in reach, also of those that wait for whoever asks."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from services.review import cases, deciding, people
from services.review.models import Case, RosterPerson, Step
from shared.bus.work import Look
from shared.contracts import review as contract
from shared.errors import InvalidRequest
from shared.policy.policies import Policies
from shared.security.speaker import Role, Speaker


def get_case(look: Look, request: contract.GetCase) -> contract.CaseShape:
    """A case whole; of a roster one page of the decisions about its people, the case's own on the first."""
    case = cases.load(look.session, look.speaker, request.case_id)
    project = cases.project_of(look.session, case)
    page = _people_after(look.session, case, request)
    subjects = None if case.kind == cases.PROJECT else [*page, *([] if request.cursor else [case.case_id])]
    return contract.CaseShape(
        case_id=case.case_id,
        kind=cast("contract.CaseKind", case.kind),
        programme=case.programme,
        document=case.document,
        state=cast("contract.CaseState", case.state),
        station=case.station,
        district=case.district,
        employer_id=case.employer_id,
        provider_id=case.provider_id,
        project_id=case.project_id,
        submitted_on=case.submitted_on,
        approved_on=case.approved_on,
        occupation_class=project.occupation_class,
        plan=cases.plan_of(project),
        decisions=tuple(held.shape() for held in deciding.held_by(look.session, case, subjects)),
        history=tuple(_line(step) for step in cases.history(look.session, case.case_id)),
        persons_accepted=people.accepted(look.session, case.case_id),
        persons_refused=people.refused(look.session, case.case_id),
        cursor=page[-1] if len(page) == request.limit else None,
    )


def list_cases(look: Look, request: contract.ListCases) -> contract.CasePage:
    """Cases in reach, in the order in which they were opened."""
    chosen = select(Case).where(cases.in_reach(look.speaker)).order_by(Case.number).limit(request.limit)
    if request.kind is not None:
        chosen = chosen.where(Case.kind == request.kind)
    if request.state is not None:
        chosen = chosen.where(Case.state == request.state)
    if request.cursor is not None:
        chosen = chosen.where(Case.number > _number_at(look, request.cursor))
    if request.waiting_for_me:
        chosen = chosen.where(_waits_for(look.speaker, look.policies))
    found = list(look.session.scalars(chosen))
    cursor = found[-1].case_id if len(found) == request.limit else None
    return contract.CasePage(tuple(_case_line(case) for case in found), cursor)


def _people_after(session: Session, case: Case, request: contract.GetCase) -> list[str]:
    chosen = select(RosterPerson.person_id).where(RosterPerson.case_id == case.case_id)
    if request.cursor is not None:
        chosen = chosen.where(RosterPerson.person_id > request.cursor)
    return list(session.scalars(chosen.order_by(RosterPerson.person_id).limit(request.limit)))


def _number_at(look: Look, cursor: str) -> int:
    number = look.session.scalar(select(Case.number).where(Case.case_id == cursor, cases.in_reach(look.speaker)))
    if number is None:
        raise InvalidRequest.of(("cursor", "没有此游标，请原样填写上一页返回的 cursor"))
    return number


def _waits_for(speaker: Speaker, policies: Policies) -> ColumnElement[bool]:
    """A provider's cases before it joins, an employer's returned ones, an officer's at stations of his role."""
    match speaker.acting_role:
        case Role.TRAINING_PROVIDER:
            return and_(Case.state == "awaiting_provider", Case.provider_id == speaker.organisation)
        case Role.EMPLOYER:
            return and_(Case.state == "returned", Case.kind == cases.PROJECT, Case.employer_id == speaker.organisation)
        case _:
            elsewhere = exists().where(
                Step.case_id == Case.case_id,
                Step.person == speaker.person,
                or_(Step.station.is_(None), Step.station != Case.station),
            )
            return and_(or_(false(), *_stations_of(speaker.acting_role, policies)), ~elsewhere)


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


def _case_line(case: Case) -> contract.CaseLine:
    return contract.CaseLine(
        case_id=case.case_id,
        kind=cast("contract.CaseKind", case.kind),
        programme=case.programme,
        state=cast("contract.CaseState", case.state),
        station=case.station,
        district=case.district,
        employer_id=case.employer_id,
        submitted_on=case.submitted_on,
    )


def _line(step: Step) -> contract.CaseStep:
    return contract.CaseStep(
        number=step.number,
        station=step.station,
        move=step.move,
        by=step.person,
        role=step.role,
        on=step.acted_on,
        opinion=step.opinion,
        co_departments=tuple(step.co_departments),
    )
