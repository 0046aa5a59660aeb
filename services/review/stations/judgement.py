"""Every decision on a case at an approval: ours decided anew, the others' with what reasons accept (原则上)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.review.applications import roster_people
from services.review.cases import cases, held_decisions
from services.review.cases.held_decisions import PROJECT_DECISION, STEP_DECISION, HeldDecision
from services.review.stations.step_context import StepContext
from shared.contracts.review.applications import ReviewCase
from shared.errors import Conflict, PolicyNotMet
from shared.kernel.work import Work
from shared.policy.decisions import Verdict
from shared.policy.document import Station
from shared.policy.findings import Outcome


@dataclass(frozen=True)
class Judgement:
    """`own`: decided at this step; `others`: of registry, decided anew for it, with the reasons accepted; `renewed`:
    those of them that the case doesn't hold yet."""

    own: list[HeldDecision]
    others: list[HeldDecision]
    renewed: list[HeldDecision]

    @property
    def all(self) -> list[HeldDecision]:
        """Our own first."""
        return [*self.own, *self.others]


def judge_case(
    work: Work, context: StepContext, request: ReviewCase, fresh: Mapping[str, str], today: Iterable[HeldDecision]
) -> Judgement:
    """Decides anew what is ours, with what is known at this step, and accepts what reasons allow in the rest.

    `fresh`: the reasons given now, by rule; `today`: registry's decisions on today's evidence, which take the place of
    those that the case holds about the same. Raises Conflict where a decision is missing that the document wants at
    this station, and for a reason where nothing is to be accepted.
    """
    reasons = {rule: reason for step in context.approvals for rule, reason in step.accepted.items()} | dict(fresh)
    before = held_decisions.decisions_of(work.session, context.case)
    others = list(_decided_again([held for held in before if held.name not in held_decisions.OWN], today))
    accepted = [held.with_reasons(reasons) for held in others]
    own = _decide_own(work, context, request, others, reasons)
    known = {(held.name, held.subject_id): held for held in before}
    renewed = [held for held in accepted if held != known.get((held.name, held.subject_id))]
    judgement = Judgement(own, accepted, renewed)
    _check_complete(context.station, judgement.all)
    _check_reasons_wanted(fresh, judgement.all)
    return judgement


def _decided_again(before: Iterable[HeldDecision], today: Iterable[HeldDecision]) -> Iterable[HeldDecision]:
    """The newest of each name and subject, in the order in which each was first made."""
    return {(held.name, held.subject_id): held for held in (*before, *today)}.values()


def require_met(held: Iterable[HeldDecision]) -> None:
    """Raises PolicyNotMet with every finding where one of the decisions isn't met."""
    listed = list(held)
    if any(each.verdict is not Verdict.MET for each in listed):
        findings = [finding.to_json() for each in listed for finding in each.findings]
        raise PolicyNotMet.of("有条款尚未满足，不能通过：请按所列各条补正；原则性要求可填写理由后接受", findings)


def _decide_own(
    work: Work, context: StepContext, request: ReviewCase, others: list[HeldDecision], reasons: Mapping[str, str]
) -> list[HeldDecision]:
    """`review.project` at every approval of a project; `review.step` where the station names it."""
    case, document = context.case, context.document
    named = [*(name for step in context.approvals for name in step.co_departments), *request.opinion.co_departments]
    co_departments = tuple(dict.fromkeys(named))
    own = []
    if case.kind == cases.PROJECT:
        project = held_decisions.project_facts(case, cases.project_of(work.session, case), co_departments)
        own.append(held_decisions.decide_own(work, case, PROJECT_DECISION, project, document, reasons))
    if STEP_DECISION in context.station.decisions:
        parties = (case.employer_id, case.provider_id)
        due = parties if case.kind == cases.PROJECT else roster_people.waiting(work.session, case)
        passed = tuple(step.station or "" for step in context.approvals)
        step = held_decisions.step_facts(case, document, passed, co_departments=co_departments, due=due, held=others)
        own.append(held_decisions.decide_own(work, case, STEP_DECISION, step, document, reasons))
    return own


def _check_complete(present: Station, held: list[HeldDecision]) -> None:
    missing = sorted(set(present.decisions) - {each.name for each in held})
    if missing:
        raise Conflict(f"本环节还缺少审核结论：{'、'.join(missing)}，请退回重新提交后再审", missing=missing)


def _check_reasons_wanted(fresh: Mapping[str, str], held: list[HeldDecision]) -> None:
    used = {finding.rule for each in held for finding in each.findings if finding.outcome is Outcome.ACCEPTED}
    needless = sorted(set(fresh) - used)
    if needless:
        raise Conflict(f"{'、'.join(needless)} 没有可凭理由接受的事项，请只对原则性要求填写理由", rules=needless)
