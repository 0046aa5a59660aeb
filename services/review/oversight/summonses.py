"""Summons, interview, report to the city, suspension, remedy (APP-26); `rules/summons.py` says how it moves.

The district summons, reports and sees the remedy; the city suspends and lifts, each by another person than the one
whose act it rests on (X-5).
"""

from __future__ import annotations

from datetime import date
from typing import Literal, cast

from services.review import events
from services.review.cases import cases
from services.review.models import Act, Block, Case, Matter
from services.review.oversight import blocks, matters
from services.review.rules import summons
from services.review.rules.oversight import RemedyFacts, SuspensionFacts
from shared.contracts.common import Decided
from shared.contracts.review.oversight import EMPLOYER_SUMMONED, REFUSAL_REPORTED, REMEDY_RECORDED
from shared.contracts.review.summons_and_suspension import (
    LiftSuspension,
    RecordInterview,
    RecordRemedy,
    ReportRefusal,
    SummonEmployer,
    SummonsAnswer,
    SuspendTraining,
)
from shared.contracts.schema import codec
from shared.errors import InvalidRequest
from shared.kernel.work import Work
from shared.policy.decisions import decide
from shared.security.permissions import check_other_person

ORDER = "review.suspension"
REMEDY = "review.remedy"
INTERVIEWED = ("agree", "refuse")


def summon_employer(work: Work, request: SummonEmployer) -> SummonsAnswer:
    """Calls the employer's head to an interview; a project has one open summons at most."""
    project = matters.project_at_hand(work, request.project_id)
    if request.meet_on < work.today:
        raise InvalidRequest.of(("meet_on", f"约谈日期不能早于办理当日 {work.today}，请核对"))
    matter = matters.open_matter(work, project, "summons", "summoned", request.words, due_on=request.meet_on)
    matters.add_act(work, matter, "summon", request.words, codec.write(request))
    events.tell_matter(work, EMPLOYER_SUMMONED, matter, project)
    return _answer(matter)


def record_interview(work: Work, request: RecordInterview) -> SummonsAnswer:
    """The minutes. Who agrees to mend has until `remedy_due_on`, and is reminded of it."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.summons_id, "summons")
    _check_interview(work, matter, request)
    was_mending = matter.state == "mending"
    agreed = request.outcome == "agreed"
    _move(work, matter, "agree" if agreed else "refuse", request.minutes, codec.write(request))
    matter.due_on = request.remedy_due_on
    if agreed:
        events.tell_remedy_due(work, matter, project)
    elif was_mending:
        events.tell_deadline_closed(work, matter, project, "dropped")
    return _answer(matter)


def report_refusal(work: Work, request: ReportRefusal) -> SummonsAnswer:
    """To the city: the employer refuses to mend, or let its day pass."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.summons_id, "summons")
    was_mending = matter.state == "mending"
    _move(work, matter, "report", request.words)
    if was_mending:
        events.tell_deadline_closed(work, matter, project, "dropped")
    events.tell_matter(work, REFUSAL_REPORTED, matter, project)
    return _answer(matter)


def suspend_training(work: Work, request: SuspendTraining) -> SummonsAnswer:
    """Training stands still from a day on, and no money moves; raises PolicyNotMet where a step before is missing."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.summons_id, "summons")
    acts = matters.acts_of(work.session, matter)
    check_other_person(work.speaker, matters.who_did(acts, {"summon": "约谈通知", "report": "报市级"}))
    _check_from(request.from_on, matters.newest(acts, "report"))
    after = summons.transition(_state(matter), "suspend", mend_by=matter.due_on, today=work.today)
    facts = _order(work, project, matter, acts)
    decided = matters.store_met_decision(work, matter, decide(ORDER, facts, cases.document_of(work.policies, project)))
    matter.block_id = blocks.open_block(work, project, "suspension", request.from_on)
    matter.state, matter.due_on = after, None
    matters.add_act(work, matter, "suspend", request.words, {"from_on": request.from_on.isoformat()})
    return _answer(matter, decided)


def record_remedy(work: Work, request: RecordRemedy) -> SummonsAnswer:
    """What the district saw put right: the end of the matter, or the city's turn where training is suspended."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.summons_id, "summons")
    matters.check_past(work, "remedied_on", request.remedied_on)
    was_mending = matter.state == "mending"
    _move(work, matter, "remedy", request.remedy, codec.write(request))
    matter.due_on = None
    if was_mending:
        events.tell_deadline_closed(work, matter, project, "met")
    if matter.state == "remedied":
        events.tell_matter(work, REMEDY_RECORDED, matter, project)
    return _answer(matter)


def lift_suspension(work: Work, request: LiftSuspension) -> SummonsAnswer:
    """Training goes on; raises PolicyNotMet where the remedy recorded isn't one of this suspension."""
    matter, project = matters.matter_in_reach(work.session, work.speaker, request.summons_id, "summons")
    acts = matters.acts_of(work.session, matter)
    check_other_person(work.speaker, matters.who_did(acts, {"remedy": "整改核查"}))
    after = summons.transition(_state(matter), "lift", mend_by=None, today=work.today)
    remedied = matters.newest(acts, "remedy")
    facts = RemedyFacts(
        on=work.today,
        suspended_on=work.session.get_one(Block, matter.block_id).opened_on,
        remedied_on=_day(remedied, "remedied_on"),
    )
    decided = matters.store_met_decision(work, matter, decide(REMEDY, facts, cases.document_of(work.policies, project)))
    matter.state = after
    matters.add_act(work, matter, "lift", request.words)
    blocks.lift_block(work, project, matter.block_id)
    return _answer(matter, decided)


def _check_interview(work: Work, matter: Matter, request: RecordInterview) -> None:
    matters.check_past(work, "held_on", request.held_on)
    agreed = request.outcome == "agreed"
    faults = []
    if request.held_on < matter.opened_on:
        faults.append(("held_on", f"约谈不能早于发出通知的 {matter.opened_on}，请核对"))
    if agreed and not request.head_present:
        faults.append(("outcome", "企业负责人未到场，不能记为同意整改，请记为拒绝，或另行约谈"))
    if agreed and (request.remedy_due_on is None or request.remedy_due_on < work.today):
        faults.append(("remedy_due_on", f"企业同意整改的，请填写不早于 {work.today} 的整改期限"))
    if not agreed and request.remedy_due_on is not None:
        faults.append(("remedy_due_on", "企业拒绝整改的，不填写整改期限"))
    if faults:
        raise InvalidRequest.of(*faults)


def _check_from(from_on: date, reported: Act | None) -> None:
    if reported is not None and from_on < reported.acted_on:
        raise InvalidRequest.of(("from_on", f"停训不能早于报市级的 {reported.acted_on}，请核对"))


def _order(work: Work, project: Case, matter: Matter, acts: list[Act]) -> SuspensionFacts:
    """The steps that lie before the order, as the acts of the matter show them."""
    called, interviewed = acts[0], matters.newest(acts, *INTERVIEWED)
    said = interviewed.details if interviewed else {}
    return SuspensionFacts(
        on=work.today,
        reasons=tuple(called.details["grounds"]),
        interviewed_on=_day(interviewed, "held_on"),
        superior=_superior(work, project, present=bool(said.get("superior_present"))),
        minutes=bool(interviewed and interviewed.words),
        refused_to_mend=interviewed is not None and interviewed.move == "refuse",
        mend_by=matter.due_on,
        reported_to_city=matter.state == "reported",
        ordered_by="city",
    )


def _superior(work: Work, project: Case, *, present: bool) -> Literal["present", "absent", "none"]:
    """An employer that declared to have no superior unit when it applied is interviewed without one."""
    if present:
        return "present"
    declared = cases.project_of(work.session, project).employer_consent == "no_superior"
    return "none" if declared else "absent"


def _day(act: Act | None, name: str) -> date | None:
    return date.fromisoformat(act.details[name]) if act else None


def _state(matter: Matter) -> summons.State:
    return cast("summons.State", matter.state)


def _move(work: Work, matter: Matter, move: summons.Move, words: str, details: dict[str, object] | None = None) -> None:
    matter.state = summons.transition(_state(matter), move, mend_by=matter.due_on, today=work.today)
    matters.add_act(work, matter, move, words, details)


def _answer(matter: Matter, decided: Decided | None = None) -> SummonsAnswer:
    return SummonsAnswer(matter.matter_id, _state(matter), decided)
