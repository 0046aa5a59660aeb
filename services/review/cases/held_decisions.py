"""The decisions that a case holds: its own, decided here, and other services', kept by reference with every finding.

A case's decisions are those of its present round: after a return and a resubmission all of them are made anew. Of a
decision made again within a round, the newest counts: at every review step those of registry are asked for anew, on the
evidence of that day. What was found before stays on file, and is shown where it differs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.review.cases.cases import plan_of
from services.review.models import Case, CaseDecision, Project
from services.review.rules.acceptance import accept, open_rules, settled
from services.review.rules.project import ProjectFacts
from services.review.rules.workflow import ReviewFacts, steps_behind
from shared.contracts.common import Decided, FindingShape
from shared.contracts.schema import codec
from shared.kernel.work import Work
from shared.policy.decisions import Verdict, decide
from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.workflow_words import step_at
from shared.store.bulk import insert_all
from shared.store.by_name import shape_of

PROJECT_DECISION = "review.project"
STEP_DECISION = "review.step"
OWN = (PROJECT_DECISION, STEP_DECISION)


@dataclass(frozen=True)
class HeldDecision:
    """A decision on a case. `subject_id`: an organisation, a person, or the case itself."""

    name: str
    subject_id: str
    decision_id: str
    verdict: Verdict
    findings: tuple[Finding, ...]

    @classmethod
    def by_reference(cls, name: str, subject_id: str, decided: Decided) -> HeldDecision:
        """Another service's decision as it answered it."""
        findings = tuple(Finding.from_json(codec.write(finding)) for finding in decided.findings)
        return cls(name, subject_id, decided.decision_id, Verdict(decided.verdict), findings)

    def with_reasons(self, reasons: Mapping[str, str]) -> HeldDecision:
        """The same decision after an officer accepted what only awaited a reason."""
        findings = accept(self.findings, reasons)
        return replace(self, findings=findings, verdict=settled(self.verdict, findings))

    def shape(self) -> Decided:
        """As it is answered."""
        findings = tuple(FindingShape(**finding.to_json()) for finding in self.findings)
        return Decided(self.decision_id, self.subject_id, self.verdict.value, findings)


@dataclass(frozen=True)
class EarlierDecision:
    """A decision that was made again since, with other findings. `decided_on`: None from before days were kept."""

    held: HeldDecision
    round: int
    decided_on: date | None


def store_decisions(work: Work, case: Case, held: Iterable[HeldDecision]) -> None:
    """Writes decisions onto the case as today's, however many."""
    rows = [
        {
            "case_id": case.case_id,
            "round": case.round,
            "name": each.name,
            "subject_id": each.subject_id,
            "decision_id": each.decision_id,
            "verdict": each.verdict.value,
            "findings": [finding.to_json() for finding in each.findings],
            "decided_on": work.today,
        }
        for each in held
    ]
    insert_all(work.session, CaseDecision, rows)


def decisions_of(session: Session, case: Case, subjects: Collection[str] | None = None) -> list[HeldDecision]:
    """The decisions that count, in the order in which each was first made; about `subjects` only, where given."""
    return list(_newest(session.scalars(_about(case, subjects).where(CaseDecision.round == case.round))).values())


def earlier_decisions_of(
    session: Session, case: Case, subjects: Collection[str] | None = None
) -> tuple[EarlierDecision, ...]:
    """What was decided before and differs from what counts now, of this round and those before it, the oldest first."""
    rows = session.scalars(_about(case, subjects)).all()
    present = _newest(row for row in rows if row.round == case.round)
    kept = [EarlierDecision(_held(row), row.round, row.decided_on) for row in rows]
    return tuple(one for one in kept if not _says_the_same(one.held, present.get((one.held.name, one.held.subject_id))))


def _about(case: Case, subjects: Collection[str] | None) -> Select[CaseDecision]:
    chosen = select(CaseDecision).where(CaseDecision.case_id == case.case_id).order_by(CaseDecision.number)
    return chosen if subjects is None else chosen.where(CaseDecision.subject_id.in_(subjects))


def _newest(rows: Iterable[CaseDecision]) -> dict[tuple[str, str], HeldDecision]:
    return {(row.name, row.subject_id): _held(row) for row in rows}


def _held(row: CaseDecision) -> HeldDecision:
    findings = tuple(Finding.from_json(finding) for finding in row.findings)
    return HeldDecision(row.name, row.subject_id, row.decision_id, Verdict(row.verdict), findings)


def _says_the_same(before: HeldDecision, now: HeldDecision | None) -> bool:
    return now is not None and before.findings == now.findings


def decide_own(
    work: Work, case: Case, name: str, facts: Any, document: Document, reasons: Mapping[str, str] | None = None
) -> HeldDecision:
    """Decides and keeps a decision of ours, with those of the reasons that it awaits."""
    decision = decide(name, facts, document)
    awaited = {rule: reason for rule, reason in (reasons or {}).items() if rule in open_rules(decision.findings)}
    if awaited:
        decision = decide(name, facts, document, awaited)
    advice = document.reported_repeal.finding(case.submitted_on) if document.reported_repeal else None
    shown = (advice,) if advice and name == PROJECT_DECISION else ()
    decision_id = work.store_decision(decision, case.case_id)
    return HeldDecision(name, case.case_id, decision_id, decision.verdict, (*decision.findings, *shown))


def project_facts(case: Case, project: Project, co_departments: tuple[str, ...] = ()) -> ProjectFacts:
    """What is known of a project once its provider has joined."""
    plan = plan_of(project)
    return shape_of(
        ProjectFacts,
        plan,
        on=case.submitted_on,
        employer_district=project.employer_district or "",
        case_district=case.district,
        co_departments=co_departments,
        small_or_subsidiary=bool(project.small_or_subsidiary),
        entrusted=1 if plan.entrusted_employer_id else 0,
        entrusting_agreement=plan.entrusting_agreement is not None,
        employer_consent=project.employer_consent,
        provider_consent=project.provider_consent or "missing",
        cooperation_agreement=project.cooperation_agreement,
    )


def step_facts(
    case: Case,
    document: Document,
    passed: Iterable[str],
    *,
    co_departments: tuple[str, ...],
    due: tuple[str, ...],
    held: Iterable[HeldDecision],
) -> ReviewFacts:
    """The step that the present station is about to take. `passed`: ids of the stations before; `due`: for whom a
    finding of their own is wanted."""
    found = {each.subject_id for each in held}
    return ReviewFacts(
        step=step_at(case.kind, case.station or ""),
        done=steps_behind(document, case.kind, passed),
        co_departments=co_departments,
        subjects_due=due,
        findings_recorded=tuple(subject for subject in due if subject in found),
    )
