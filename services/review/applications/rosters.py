"""Apprentices sign up: an employer's roster for an approved project, decided person by person, answered row by row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from services.review import events
from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.cases.held_decisions import HeldDecision
from services.review.models import Case, RosterPerson
from services.review.oversight import fraud
from services.review.rules.acceptance import unmet
from services.review.rules.workflow import start, workflow_of
from shared.batching import slices
from shared.calendar import MONTHS_A_YEAR, last_day
from shared.contracts.common import Decided, RowResult
from shared.contracts.registry import eligibility
from shared.contracts.review.applications import CaseAnswer, RosterRow, SubmitRoster
from shared.contracts.row_answers import fitted
from shared.contracts.training import enrolments
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Asks, Work
from shared.security.permissions import check_role
from shared.security.speaker import Role, Speaker
from shared.store.types import new_id

APPRENTICE = "registry.apprentice"
LIVE = ("waiting", "accepted")
ERRORS_MAX = 200
OF_PROJECT = ("project_id", "programme", "document", "district", "employer_id", "provider_id")
"""What a roster has from its project."""
_PLACE = re.compile(r"person_ids\[(\d+)\]")

Decisions = Mapping[str, Decided]


class Asked(NamedTuple):
    """What registry decided, by person id, and who of those on an earlier roster has no enrolment any more."""

    decisions: Decisions
    gone: frozenset[str]


@dataclass(frozen=True)
class Signing:
    """A row that stands on the roster: the person and what registry decided."""

    row: int
    held: HeldDecision


def ask_about_people(asks: Asks, request: SubmitRoster) -> Asked:
    """Registry's decision about everybody who isn't on a roster of the project, or was enrolled by it and has gone."""
    with asks.reading() as session:
        project = _approved_project(session, asks.speaker, request.project_id)
        plan = cases.plan_of(cases.project_of(session, project))
        taken = _live(session, project.case_id)
    people = tuple(dict.fromkeys(row.person_id for row in request.rows))
    gone = _gone(asks, project.case_id, tuple(person_id for person_id in people if person_id in taken))
    asked = tuple(person_id for person_id in people if person_id not in taken or person_id in gone)
    if not asked:
        return Asked({}, gone)
    funded = asks.ask(enrolments.ASK_FUNDED, enrolments.AskFunded(project.programme, asked)).funded
    enrolment_on = max(plan.starts_on, asks.today)
    question = eligibility.DecideApprentices(
        document=project.document,
        on=asks.today,
        employer_id=project.employer_id,
        enrolment_on=enrolment_on,
        training_ends_on=_last_day(enrolment_on, plan.term_years),
        occupation=plan.occupation,
        level=plan.level,
        person_ids=asked,
        funded=funded,
    )
    return Asked(_decided(asks, question), gone)


def _gone(asks: Asks, project_id: str, people: tuple[str, ...]) -> frozenset[str]:
    """Those of the people on an earlier roster whose enrolment has ended."""
    if not people:
        return frozenset()
    return frozenset(asks.ask(enrolments.ASK_GONE, enrolments.AskGone(project_id, people)).person_ids)


def _decided(asks: Asks, question: eligibility.DecideApprentices) -> Decisions:
    """Registry's answers, a slice of the people at a time."""
    decided: dict[str, Decided] = {}
    for part in slices(question.person_ids, eligibility.DECISIONS_PER_CALL):
        people = set(part)
        funded = tuple(one for one in question.funded if one.person_id in people)
        decided |= _decided_of(asks, replace(question, person_ids=part, funded=funded))
    return decided


def _decided_of(asks: Asks, question: eligibility.DecideApprentices) -> Decisions:
    """Registry's answers about one slice. It refuses a question about strangers whole and names them: it is asked again
    without them, so that only their own rows are refused."""
    while question.person_ids:
        try:
            return {each.subject_id: each for each in asks.ask(eligibility.DECIDE_APPRENTICES, question).people}
        except InvalidRequest as refusal:
            strangers = _strangers(refusal)
            if not strangers:
                raise
            known = tuple(person for place, person in enumerate(question.person_ids) if place not in strangers)
            question = replace(question, person_ids=known)
    return {}


def _strangers(refusal: InvalidRequest) -> frozenset[int]:
    """Places in `person_ids` that a refusal names; none where it is about anything else, too."""
    named = [_PLACE.fullmatch(field["path"]) for field in refusal.details.get("fields", ())]
    return frozenset(int(place[1]) for place in named if place) if all(named) else frozenset()


def submit_roster(work: Work, request: SubmitRoster, known: Asked) -> CaseAnswer:
    """Opens a roster's case at its first station; raises InvalidRequest where no row at all can stand on it."""
    project = _approved_project(work.session, work.speaker, request.project_id)
    document = cases.document_of(work.policies, project)
    workflow = workflow_of(document, cases.ROSTER)
    check_role(work.speaker, [Role(role) for role in workflow.submitted_by])
    taken = _live(work.session, project.case_id) - known.gone
    signing, results = _sort(request.rows, taken, known.decisions)
    if not signing:
        raise InvalidRequest.of(
            *((f"rows[{number}].{each.field}", each.message or "") for number, each in enumerate(results[:ERRORS_MAX]))
        )
    roster_people.release(work.session, project, known.gone & {each.held.subject_id for each in signing})
    roster_people.take_places(work.session, project, len(signing))
    place = start(workflow)
    case = Case(
        case_id=new_id(),
        kind=cases.ROSTER,
        state=place.state,
        station=place.station,
        submitted_on=work.today,
        round=1,
        **{name: getattr(project, name) for name in OF_PROJECT},
    )
    work.add(case)
    work.session.execute(insert(RosterPerson), [_person(case, each) for each in signing])
    held_decisions.store_decisions(work.session, case, (each.held for each in signing))
    cases.add_step(work, case, "submit")
    events.tell_waiting(work, case, document)
    return cases.answer(case, fitted(results))


def _approved_project(session: Session, speaker: Speaker, project_id: str) -> Case:
    project = cases.project_in_reach(session, speaker, project_id)
    cases.check_employer(speaker, project)
    if project.state != "approved":
        raise Conflict("项目尚未通过全部审核，请在获批后再提交人员名单", state=project.state)
    fraud.check_not_barred(session, project.case_id)
    return project


def _live(session: Session, project_id: str) -> frozenset[str]:
    """Who stands on a roster of the project already, waiting or accepted."""
    chosen = select(RosterPerson.person_id).where(RosterPerson.project_id == project_id, RosterPerson.state.in_(LIVE))
    return frozenset(session.scalars(chosen))


def _last_day(starts_on: date, years: int) -> date:
    return last_day(starts_on, years * MONTHS_A_YEAR)


def _sort(
    rows: tuple[RosterRow, ...], taken: frozenset[str], known: Decisions
) -> tuple[list[Signing], tuple[RowResult, ...]]:
    """The rows that stand on the roster, and an answer to every row."""
    signing: list[Signing] = []
    results: list[RowResult] = []
    first_seen: dict[str, int] = {}
    for row in rows:
        refusal = _refusal(row, taken, known, first_seen)
        if refusal is not None:
            results.append(RowResult(row.row, "refused", row.person_id, "person_id", refusal))
            continue
        first_seen[row.person_id] = row.row
        held = HeldDecision.by_reference(APPRENTICE, row.person_id, known[row.person_id])
        signing.append(Signing(row.row, held))
        results.append(RowResult(row.row, "accepted", row.person_id, message=_outlook(held)))
    return signing, tuple(results)


def _refusal(row: RosterRow, taken: frozenset[str], known: Decisions, first_seen: Mapping[str, int]) -> str | None:
    if row.person_id in first_seen:
        return f"与第 {first_seen[row.person_id]} 行是同一人，请删除重复的行"
    if row.person_id in taken:
        return "此人已在本项目待审或已通过的名单中，请从本名单删除"
    if row.person_id not in known:
        return "本企业没有登记此人，请核对人员编号，或先登记人员后重新提交"
    return None


def _outlook(held: HeldDecision) -> str | None:
    """What stands in the way of a person on the roster, so that the employer can mend it early."""
    return "；".join(unmet(held.findings)) or None


def _person(case: Case, signing: Signing) -> dict[str, object]:
    return {
        "case_id": case.case_id,
        "person_id": signing.held.subject_id,
        "project_id": case.project_id,
        "row": signing.row,
        "state": "waiting",
        "reason": "",
    }
