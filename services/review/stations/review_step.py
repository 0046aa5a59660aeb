"""One review step: what approving, returning or rejecting does.

Approving asks every decision on the case, on the evidence of that day: an unmet must refuses it, an unmet principle
needs the officer's recorded reason, which then stands for the later stations too. The people of a roster are judged one
by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from services.review import events
from services.review.applications import roster_people
from services.review.applications.eligibility import Decisions, ask_parties, ask_people, held, place_parties
from services.review.cases import cases, held_decisions
from services.review.cases.held_decisions import HeldDecision
from services.review.models import Case
from services.review.oversight import fraud
from services.review.rules.acceptance import unmet
from services.review.stations.judgement import judge_case, require_met
from services.review.stations.step_context import StepContext, step_context
from shared.contracts.registry.eligibility import ASK_OCCUPATION, AskOccupation, OccupationAnswer, PartiesDecided
from shared.contracts.review.applications import CaseAnswer, ReviewCase
from shared.contracts.review.cases import CASE_REJECTED, CASE_RETURNED
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Asks, Work


@dataclass(frozen=True)
class CaseSnapshot:
    """The case before the step: its version, the day, and what registry decides of it on that day.

    `parties`: of a project; `people`: of a roster that is to be approved; `occupation`: the class of the occupation, at
    a project's last approval.
    """

    version: int
    on: date
    parties: PartiesDecided | None = None
    people: Decisions = field(default_factory=dict)
    occupation: OccupationAnswer | None = None


def ask_registry(asks: Asks, request: ReviewCase) -> CaseSnapshot:
    """What the case holds of registry's, decided again on today's evidence; on a project's last approval the class that
    its occupation has that day (INT-24)."""
    with asks.reading() as session:
        context = step_context(session, asks.speaker, asks.policies, request.case_id)
        case, approving = context.case, request.outcome == "approve"
        plan = cases.plan_of(cases.project_of(session, case))
        waiting = roster_people.waiting(session, case) if case.kind == cases.ROSTER and approving else ()
    before = CaseSnapshot(case.version, asks.today)
    if case.kind == cases.ROSTER:
        return replace(before, people=ask_people(asks, case, plan, waiting))
    before = replace(before, parties=ask_parties(asks, case, plan))
    if not approving or not context.is_last:
        return before
    question = AskOccupation(case.document, plan.occupation, approved_on=asks.today)
    return replace(before, occupation=asks.ask(ASK_OCCUPATION, question))


def review_case(work: Work, request: ReviewCase, before: CaseSnapshot) -> CaseAnswer:
    """Takes the step at the present station; raises PolicyNotMet with every finding where approving is forbidden."""
    context = step_context(work.session, work.speaker, work.policies, request.case_id)
    cases.check_unchanged(context.case, before.version)
    decided = _decided_today(work, context.case, before)
    if request.outcome == "approve":
        _approve(work, context, request, before, decided)
    else:
        _send_back(work, context, request, decided)
    return cases.answer(context.case)


def _decided_today(work: Work, case: Case, before: CaseSnapshot) -> tuple[HeldDecision, ...]:
    """Registry's decisions on today's evidence; what it knows of the parties goes onto the project."""
    if before.parties is None:
        return held(before.people, before.people)
    return place_parties(case, cases.project_of(work.session, case), before.parties)


def _send_back(work: Work, context: StepContext, request: ReviewCase, decided: Iterable[HeldDecision]) -> None:
    """Return or reject, with the officer's words. They stay on the case: an event holds nothing that was typed."""
    if not request.opinion.text.strip():
        raise InvalidRequest.of(("opinion.text", "退回或不予通过时，请写明理由和需要补正的内容"))
    if request.accepted or request.persons_refused:
        raise InvalidRequest.of(("outcome", "接受理由和不予通过的人员只随通过意见填写，请删除，或改为通过"))
    case, returning = context.case, request.outcome == "return"
    cases.move_case(case, context.document, "return" if returning else "reject", work.today)
    cases.add_step(work, case, request.outcome, station=context.station.id, opinion=request.opinion)
    held_decisions.store_decisions(work, case, decided)
    if case.kind == cases.ROSTER:
        reason = "名单已退回，请补正后重新提交名单" if returning else "名单未予通过"
        roster_people.release_roster(work.session, case, reason)
    about = held_decisions.decisions_of(work.session, case, (case.case_id, case.employer_id, case.provider_id))
    standing = "；".join(sentence for each in about for sentence in unmet(each.findings))
    events.tell_case(work, CASE_RETURNED if returning else CASE_REJECTED, case, reason=standing)


def _approve(
    work: Work, context: StepContext, request: ReviewCase, before: CaseSnapshot, decided: Iterable[HeldDecision]
) -> None:
    case, is_roster, last = context.case, context.case.kind == cases.ROSTER, context.is_last
    if request.persons_refused and not is_roster:
        raise InvalidRequest.of(("persons_refused", "只有人员名单可以逐人不予通过，请删除此项"))
    fraud.check_not_barred(work.session, case.project_id)
    fresh = {each.rule: each.reason for each in request.accepted}
    judgement = judge_case(work, context, request, fresh, decided)
    require_met(judgement.own if is_roster else judgement.all)
    cases.move_case(case, context.document, "approve", before.on)
    cases.add_step(work, case, "approve", station=context.station.id, opinion=request.opinion, accepted=fresh)
    held_decisions.store_decisions(work, case, [*judgement.own, *judgement.renewed])
    if is_roster:
        roster_people.settle_roster(work.session, case, judgement.others, request.persons_refused, accept=last)
    if not last:
        events.tell_waiting(work, case, context.document)
    elif is_roster:
        events.tell_roster_approved(work, case, roster_people.accepted(work.session, case), before.on)
    else:
        _approve_project(work, context, before)


def _approve_project(work: Work, context: StepContext, before: CaseSnapshot) -> None:
    """From now on it keeps the class that its occupation had that day (INT-24)."""
    if before.occupation is None:
        raise Conflict("审核环节刚刚变化，尚未核定职业（工种）类别，请刷新后重试")
    project = cases.project_of(work.session, context.case)
    project.occupation_class = before.occupation.occupation_class
    project.occupation_decision_id = before.occupation.decision_id
    events.tell_project_approved(work, context.case, project, before.on)
