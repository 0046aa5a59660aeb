"""One review step: who may take it, and what approving, returning or rejecting does.

Approving asks every decision on the case: an unmet must refuses it, an unmet principle needs the officer's recorded
reason, which then stands for the later stations too. The people of a roster are judged one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.cases.held_decisions import Held
from services.review.models import Case, Step
from services.review.oversight import fraud
from services.review.rules.acceptance import unmet
from services.review.rules.workflow import Move, Place, next_station, station, transition, workflow_of
from services.review.stations import approvals
from shared.contracts.registry import eligibility
from shared.contracts.review import applications
from shared.contracts.review import cases as contract
from shared.errors import Conflict, InvalidRequest, PolicyNotMet
from shared.kernel.work import Asks, Work
from shared.policy.decisions import Verdict
from shared.policy.document import Document, Station, Workflow
from shared.policy.findings import Outcome
from shared.policy.policies import Policies
from shared.security.permissions import check_other_person, check_place, check_role
from shared.security.speaker import Role, Speaker

APPLYING = {"submit": "企业申报", "join": "培训机构申报", "resubmit": "企业重新申报"}


@dataclass(frozen=True)
class Asked:
    """The case before the step: its version, and at a project's last approval the class of its occupation."""

    version: int
    on: date
    occupation: eligibility.OccupationAnswer | None = None

    def answered_occupation(self) -> eligibility.OccupationAnswer:
        if self.occupation is None:
            raise Conflict("审核环节刚刚变化，尚未核定职业（工种）类别，请刷新后重试")
        return self.occupation


@dataclass(frozen=True)
class Desk:
    """A case in front of the officer who may decide it: its document, its station, its history."""

    case: Case
    document: Document
    station: Station
    steps: list[Step]

    @property
    def workflow(self) -> Workflow:
        return workflow_of(self.document, self.case.kind)

    @property
    def is_last(self) -> bool:
        return next_station(self.workflow, cases.place_of(self.case)) is None

    @property
    def approvals(self) -> list[Step]:
        """The stations that this round has passed."""
        return [step for step in self.steps if step.round == self.case.round and step.move == "approve"]

    def after(self, move: Move) -> Place:
        return transition(self.workflow, cases.place_of(self.case), move)


def ask(asks: Asks, request: applications.ReviewCase) -> Asked:
    """On a project's last approval, the class that its occupation has that day (INT-24); else nothing."""
    with asks.reading() as session:
        desk = _desk(session, asks.speaker, asks.policies, request.case_id)
        if desk.case.kind != cases.PROJECT or request.outcome != "approve" or not desk.is_last:
            return Asked(desk.case.version, asks.today)
        plan = cases.plan_of(cases.project_of(session, desk.case))
    question = eligibility.AskOccupation(desk.case.document, plan.occupation, approved_on=asks.today)
    return Asked(desk.case.version, asks.today, asks.ask(eligibility.ASK_OCCUPATION, question))


def review(work: Work, request: applications.ReviewCase, asked: Asked) -> applications.CaseAnswer:
    """Takes the step at the present station; raises PolicyNotMet with every finding where approving is forbidden."""
    desk = _desk(work.session, work.speaker, work.policies, request.case_id)
    cases.check_unchanged(desk.case, asked.version)
    if request.outcome == "approve":
        _approve(work, desk, request, asked)
    else:
        _send_back(work, desk, request)
    return cases.answer(desk.case)


def _desk(session: Session, speaker: Speaker, policies: Policies, case_id: str) -> Desk:
    """Raises NotFound, NotPermitted or Conflict unless the speaker may decide the case where it now stands (X-5)."""
    case = cases.load(session, speaker, case_id)
    document = cases.document_of(policies, case)
    present = station(workflow_of(document, case.kind), cases.place_of(case))
    check_role(speaker, [Role(present.role)])
    check_place(speaker, case.district)
    steps = cases.history(session, case.case_id)
    check_other_person(speaker, _steps_elsewhere(session, case, document, present, steps, speaker.person))
    return Desk(case, document, present, steps)


def _steps_elsewhere(
    session: Session, case: Case, document: Document, present: Station, steps: list[Step], person: str
) -> dict[str, str]:
    """What a person did at other places of the case, or applied for with its project: Chinese step → person."""
    labels = {each.id: each.label for each in workflow_of(document, case.kind).stations}
    applied = [] if case.kind == cases.PROJECT else cases.history(session, case.project_id)
    elsewhere = [step for step in steps if step.station != present.id]
    elsewhere += [step for step in applied if step.station is None]
    own = (step for step in elsewhere if step.person == person)
    return {labels.get(step.station or "", APPLYING.get(step.move, step.move)): person for step in own}


# --- returning and rejecting ---------------------------------------------------------------------------------------


def _send_back(work: Work, desk: Desk, request: applications.ReviewCase) -> None:
    """Return or reject, with the officer's words. They stay on the case: an event holds nothing that was typed."""
    if not request.opinion.text.strip():
        raise InvalidRequest.of(("opinion.text", "退回或不予通过时，请写明理由和需要补正的内容"))
    if request.accepted or request.persons_refused:
        raise InvalidRequest.of(("outcome", "接受理由和不予通过的人员只随通过意见填写，请删除，或改为通过"))
    case = desk.case
    returning = request.outcome == "return"
    cases.put(case, desk.after("return" if returning else "reject"), work.today)
    cases.add_step(work, case, request.outcome, station=desk.station.id, opinion=request.opinion)
    if case.kind == cases.ROSTER:
        roster_people.release(work.session, case, "名单已退回，请补正后重新提交名单" if returning else "名单未予通过")
    about = held_decisions.held_by(work.session, case, (case.case_id, case.employer_id, case.provider_id))
    standing = "；".join(sentence for held in about for sentence in unmet(held.findings))
    cases.tell(work, contract.CASE_RETURNED if returning else contract.CASE_REJECTED, case, reason=standing)


# --- approving -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgement:
    """Every decision on the case at an approval. `own`: decided at this step; `others`: with the reasons accepted."""

    own: list[Held]
    others: list[Held]
    renewed: list[Held]

    @property
    def all(self) -> list[Held]:
        return [*self.own, *self.others]


def _approve(work: Work, desk: Desk, request: applications.ReviewCase, asked: Asked) -> None:
    case, is_roster, last = desk.case, desk.case.kind == cases.ROSTER, desk.is_last
    if request.persons_refused and not is_roster:
        raise InvalidRequest.of(("persons_refused", "只有人员名单可以逐人不予通过，请删除此项"))
    fraud.check_not_barred(work.session, case.project_id)
    fresh = {each.rule: each.reason for each in request.accepted}
    judgement = _judge(work, desk, request, fresh)
    _require_met(judgement.own if is_roster else judgement.all)
    cases.put(case, desk.after("approve"), asked.on)
    cases.add_step(work, case, "approve", station=desk.station.id, opinion=request.opinion, accepted=fresh)
    held_decisions.keep(work.session, case, [*judgement.own, *judgement.renewed])
    if is_roster:
        roster_people.judge(work.session, case, judgement.others, request.persons_refused, accept=last)
    if not last:
        cases.tell_waiting(work, case, desk.document)
    elif is_roster:
        approvals.tell_roster(work, case, asked.on)
    else:
        approvals.tell_project(work, case, asked.answered_occupation(), asked.on)


def _judge(work: Work, desk: Desk, request: applications.ReviewCase, fresh: Mapping[str, str]) -> Judgement:
    """Decides anew what is ours, with what is known at this step, and accepts what reasons allow in the rest."""
    reasons = {rule: reason for step in desk.approvals for rule, reason in step.accepted.items()} | dict(fresh)
    before = held_decisions.held_by(work.session, desk.case)
    others = [held for held in before if held.name not in held_decisions.OWN]
    accepted = [held.with_reasons(reasons) for held in others]
    own = _decide_own(work, desk, request, others, reasons)
    renewed = [new for new, old in zip(accepted, others, strict=True) if new != old]
    judgement = Judgement(own, accepted, renewed)
    _check_complete(desk.station, judgement.all)
    _check_reasons_wanted(fresh, judgement.all)
    return judgement


def _decide_own(
    work: Work, desk: Desk, request: applications.ReviewCase, others: list[Held], reasons: Mapping[str, str]
) -> list[Held]:
    """`review.project` at every approval of a project; `review.step` where the station names it."""
    case = desk.case
    named = [*(name for step in desk.approvals for name in step.co_departments), *request.opinion.co_departments]
    co_departments = tuple(dict.fromkeys(named))
    own = []
    if case.kind == cases.PROJECT:
        project = held_decisions.project_facts(case, cases.project_of(work.session, case), co_departments)
        own.append(
            held_decisions.decide_own(work, case, held_decisions.PROJECT_DECISION, project, desk.document, reasons)
        )
    if held_decisions.STEP_DECISION in desk.station.decisions:
        parties = (case.employer_id, case.provider_id)
        due = parties if case.kind == cases.PROJECT else roster_people.waiting(work.session, case)
        passed = tuple(step.station or "" for step in desk.approvals)
        step = held_decisions.step_facts(
            case, desk.document, passed, co_departments=co_departments, due=due, held=others
        )
        own.append(held_decisions.decide_own(work, case, held_decisions.STEP_DECISION, step, desk.document, reasons))
    return own


def _check_complete(present: Station, held: list[Held]) -> None:
    """Raises Conflict where the document wants a decision at this station that the case doesn't hold."""
    missing = sorted(set(present.decisions) - {each.name for each in held})
    if missing:
        raise Conflict(f"本环节还缺少审核结论：{'、'.join(missing)}，请退回重新提交后再审", missing=missing)


def _check_reasons_wanted(fresh: Mapping[str, str], held: list[Held]) -> None:
    """Raises Conflict for a reason where nothing was to be accepted."""
    used = {finding.rule for each in held for finding in each.findings if finding.outcome is Outcome.ACCEPTED}
    needless = sorted(set(fresh) - used)
    if needless:
        raise Conflict(f"{'、'.join(needless)} 没有可凭理由接受的事项，请只对原则性要求填写理由", rules=needless)


def _require_met(held: list[Held]) -> None:
    if any(each.verdict is not Verdict.MET for each in held):
        findings = [finding.to_json() for each in held for finding in each.findings]
        raise PolicyNotMet.of("有条款尚未满足，不能通过：请按所列各条补正；原则性要求可填写理由后接受", findings)
