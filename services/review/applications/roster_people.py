"""The people of a roster: who waits, and what became of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.review.cases.held_decisions import HeldDecision
from services.review.models import EVER_ACCEPTED, Case, Project, RosterPerson
from services.review.rules.acceptance import unmet
from shared.contracts.review.cases import RefusedPerson
from shared.contracts.row_answers import cut_alike
from shared.errors import Conflict, InvalidRequest
from shared.policy.decisions import Verdict
from shared.store.database import execute_count

REASON_CHARACTERS_MAX = 2000
REASONS_MAX = 300_000
"""Characters of all reasons together where a case is shown whole, so that its decisions fit beside them."""


def waiting(session: Session, case: Case) -> tuple[str, ...]:
    """Ids of those not yet accepted or refused, in the order of the roster."""
    return _ids(session, case, "waiting")


def accepted(session: Session, case: Case) -> tuple[str, ...]:
    """Ids of those whom the last station accepted, whatever became of them since, in the order of the roster."""
    return _ids(session, case, *EVER_ACCEPTED)


def release(session: Session, project: Case, person_ids: Collection[str]) -> None:
    """These were enrolled and have gone: their places are free, and they may stand on another roster (INT-90)."""
    meant = (RosterPerson.project_id == project.case_id, RosterPerson.state == "accepted")
    gone = update(RosterPerson).where(*meant, RosterPerson.person_id.in_(person_ids))
    _free_places(session, project, execute_count(session, gone.values(state="released")))


def _ids(session: Session, case: Case, *states: str) -> tuple[str, ...]:
    chosen = select(RosterPerson.person_id).where(RosterPerson.case_id == case.case_id, RosterPerson.state.in_(states))
    return tuple(session.scalars(chosen.order_by(RosterPerson.row)))


def refused(session: Session, case: Case) -> tuple[RefusedPerson, ...]:
    """Who was refused, each with the reason, in the order of the roster."""
    chosen = select(RosterPerson).where(RosterPerson.case_id == case.case_id, RosterPerson.state == "refused")
    rows = session.scalars(chosen.order_by(RosterPerson.row)).all()
    reasons = cut_alike([row.reason for row in rows], REASONS_MAX)
    return tuple(RefusedPerson(row.person_id, reason) for row, reason in zip(rows, reasons, strict=True))


def take_places(session: Session, project: Case, count: int) -> None:
    """Counts people who sign up; raises Conflict where the plan has not as many places, naming both numbers."""
    free = (Project.case_id == project.case_id, Project.signed_up + count <= Project.places)
    taking = update(Project).where(*free).values(signed_up=Project.signed_up + count)
    if not execute_count(session, taking):
        known = session.get_one(Project, project.case_id, populate_existing=True)
        raise Conflict(
            f"项目计划培养 {known.places} 人，已有 {known.signed_up} 人在名单中，本次 {count} 人超出计划，请删减",
            places=known.places,
            signed_up=known.signed_up,
            rows=count,
        )


def settle_roster(
    session: Session, case: Case, held: Iterable[HeldDecision], by_officer: Iterable[RefusedPerson], *, accept: bool
) -> None:
    """Refuses whom a clause or the officer refuses; the others are accepted with the last station, else wait on.

    Raises InvalidRequest for people who aren't waiting on the roster, Conflict where nobody would be left.
    """
    people = waiting(session, case)
    officers_reasons = _by_person(people, by_officer)
    findings = {each.subject_id: each for each in held}
    refused = {
        person: reason
        for person in people
        if (reason := officers_reasons.get(person) or _refusal(findings.get(person))) is not None
    }
    if len(refused) == len(people):
        raise Conflict("名单中没有可通过的人员，请退回补正或不予通过", refused=len(refused))
    if refused:
        key = {"case_id": case.case_id, "state": "refused"}
        rows = [key | {"person_id": person, "reason": reason} for person, reason in refused.items()]
        session.execute(update(RosterPerson), rows)
        _free_places(session, case, len(refused))
    if accept:
        _settle_waiting(session, case, "accepted", "")


def release_roster(session: Session, case: Case, reason: str) -> None:
    """Nobody of this roster waits any more: they may stand on another one."""
    _free_places(session, case, _settle_waiting(session, case, "refused", reason))


def _free_places(session: Session, case: Case, count: int) -> None:
    of_project = update(Project).where(Project.case_id == case.project_id)
    execute_count(session, of_project.values(signed_up=Project.signed_up - count))


def _by_person(people: tuple[str, ...], by_officer: Iterable[RefusedPerson]) -> dict[str, str]:
    listed = list(enumerate(by_officer))
    known = set(people)
    unknown = [number for number, each in listed if each.person_id not in known]
    if unknown:
        raise InvalidRequest.of(
            *((f"persons_refused[{number}].person_id", "此人不在本名单的待审人员中，请核对") for number in unknown)
        )
    return {each.person_id: each.reason for _, each in listed}


def _refusal(held: HeldDecision | None) -> str | None:
    """What clauses forbid, None where they are all met or accepted."""
    if held is None:
        return "没有此人的资格审核结果，请重新提交名单"
    if held.verdict is Verdict.MET:
        return None
    return "；".join(unmet(held.findings))[:REASON_CHARACTERS_MAX]


def _settle_waiting(session: Session, case: Case, state: str, reason: str) -> int:
    """Everybody who still waits, at once; how many they were."""
    still_waiting = (RosterPerson.case_id == case.case_id, RosterPerson.state == "waiting")
    return execute_count(session, update(RosterPerson).where(*still_waiting).values(state=state, reason=reason))
