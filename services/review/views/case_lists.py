"""Cases as they are read: one whole, and lists of those in reach, also of those that wait for whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.models import Case, Project, RosterPerson, Step
from services.review.oversight.blocks import is_blocked
from services.review.views import worklist
from shared.contracts.review.cases import CaseLine, CasePage, CaseShape, CaseStep, EarlierDecision, GetCase, ListCases
from shared.errors import InvalidRequest
from shared.kernel.work import Look
from shared.store.access_filter import filters_by_name
from shared.store.by_name import shape_of


def get_case(look: Look, request: GetCase) -> CaseShape:
    """A case whole; of a roster one page of the decisions about its people, the case's own on the first.

    The provider's own district reads of a project what concerns the provider (INT-22): its decisions, the plan, and who
    took which step, without what officers of the employer's district wrote.
    """
    case = cases.case_in_view(look.session, look.speaker, request.case_id)
    of_provider = cases.sees_provider_only(look.speaker, case)
    project = cases.project_of(look.session, case)
    people = _people_after(look.session, case, request)
    subjects = None if case.kind == cases.PROJECT else [*people, *([] if request.cursor else [case.case_id])]
    subjects = [case.provider_id] if of_provider else subjects
    earlier = held_decisions.earlier_decisions_of(look.session, case, subjects)
    page = _fitting(people, earlier, request.limit)
    left_out = set(people) - set(page)
    return shape_of(
        CaseShape,
        case,
        occupation_class=project.occupation_class,
        plan=cases.plan_of(project),
        decisions=tuple(
            held.shape()
            for held in held_decisions.decisions_of(look.session, case, subjects)
            if held.subject_id not in left_out
        ),
        history=tuple(_line(step, words=not of_provider) for step in cases.history(look.session, case.case_id)),
        persons_accepted=roster_people.accepted(look.session, case),
        persons_refused=roster_people.refused(look.session, case),
        cursor=page[-1] if left_out or len(people) == request.limit else None,
        earlier_decisions=tuple(
            EarlierDecision(one.held.name, one.round, one.decided_on, one.held.shape())
            for one in earlier
            if one.held.subject_id not in left_out
        ),
    )


def list_cases(look: Look, request: ListCases) -> CasePage:
    """Cases that the speaker may read, in the order in which they were opened."""
    chosen = select(Case).where(cases.in_view(look.speaker), *_asked_for(request))
    if request.cursor is not None:
        chosen = chosen.where(Case.number > _number_at(look, request.cursor))
    if request.waiting_for_me:
        waiting = worklist.cases_waiting(look.speaker, look.policies)
        chosen = chosen.where(cases.in_reach(look.speaker), waiting)
    found = list(look.session.scalars(chosen.order_by(Case.number).limit(request.limit + 1)))
    shown = found[: request.limit]
    cursor = shown[-1].case_id if len(found) > request.limit else None
    return CasePage(tuple(shape_of(CaseLine, case) for case in shown), cursor)


def _asked_for(request: ListCases) -> list[ColumnElement[bool]]:
    """The filters that are set; occupation and level are those of the plan, of a roster those of its project."""
    names = ("kind", "state", "programme", "station", "district", "employer_id", "provider_id", "project_id")
    wanted = filters_by_name(Case, request, *names)
    plans = filters_by_name(Project, request, "occupation", "level")
    if plans:
        wanted.append(Case.project_id.in_(select(Project.case_id).where(*plans)))
    if request.submitted_from is not None:
        wanted.append(Case.submitted_on >= request.submitted_from)
    if request.submitted_to is not None:
        wanted.append(Case.submitted_on <= request.submitted_to)
    if request.blocked is not None:
        wanted.append(is_blocked() if request.blocked else ~is_blocked())
    return wanted


def _people_after(session: Session, case: Case, request: GetCase) -> list[str]:
    chosen = select(RosterPerson.person_id).where(RosterPerson.case_id == case.case_id)
    if request.cursor is not None:
        chosen = chosen.where(RosterPerson.person_id > request.cursor)
    return list(session.scalars(chosen.order_by(RosterPerson.person_id).limit(request.limit)))


def _fitting(people: list[str], earlier: Iterable[held_decisions.EarlierDecision], limit: int) -> list[str]:
    """The first of them, fewer where their decisions were made again: all decisions of a page fit into one answer."""
    again = Counter(one.held.subject_id for one in earlier)
    together = accumulate(1 + again[person] for person in people)
    fitting = [person for person, decisions in zip(people, together, strict=True) if decisions <= limit]
    return fitting or people[:1]


def _number_at(look: Look, cursor: str) -> int:
    number = look.session.scalar(select(Case.number).where(Case.case_id == cursor, cases.in_view(look.speaker)))
    if number is None:
        raise InvalidRequest.of(("cursor", "没有此游标，请原样填写上一页返回的 cursor"))
    return number


def _line(step: Step, *, words: bool) -> CaseStep:
    co_departments = tuple(step.co_departments)
    line = shape_of(CaseStep, step, by=step.person, on=step.acted_on, co_departments=co_departments)
    return line if words else replace(line, opinion="")
