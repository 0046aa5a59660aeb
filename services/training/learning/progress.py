"""How far people have come: hours and approved credits, summed by the database, as facts of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.models import CreditHours, ExtraCredit, Project
from services.training.rules.completion import CreditFacts, ExtraCredits, credit_terms, credits_so_far
from services.training.rules.programme import PlanFacts, Planned
from shared.policy.document import Document
from shared.store.by_name import shape_of


@dataclass
class Progress:
    """One person's training so far, in class hours. `extra`: approved credits only, the others don't count yet."""

    by_part: dict[str, int] = field(default_factory=dict)
    by_content: dict[str, int] = field(default_factory=dict)
    modes: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    extra: list[ExtraCredits] = field(default_factory=list)

    def hours(self, part: str) -> int:
        """Class hours received in one part of the training."""
        return self.by_part.get(part, 0)

    def add(self, part: str, content: str, mode: str, topic: str, hours: int) -> None:
        """Counts hours of one kind in."""
        self.by_part[part] = self.by_part.get(part, 0) + hours
        self.by_content[content] = self.by_content.get(content, 0) + hours
        self.modes.add(mode)
        self.topics |= {topic} if topic else set()


def progress_of(session: Session, enrolment_ids: Sequence[str], until: date) -> dict[str, Progress]:
    """By enrolment, what was held and approved up to and including that day."""
    found = {enrolment_id: Progress() for enrolment_id in enrolment_ids}
    kinds = (CreditHours.part, CreditHours.content, CreditHours.mode, CreditHours.topic)
    hours = session.execute(
        select(CreditHours.enrolment_id, *kinds, func.sum(CreditHours.class_hours))
        .where(CreditHours.enrolment_id.in_(enrolment_ids), CreditHours.held_on <= until)
        .group_by(CreditHours.enrolment_id, *kinds)
    )
    for enrolment_id, part, content, mode, topic, total in hours:
        found[enrolment_id].add(part, content, mode, topic, int(total))
    for row in _approved(session, enrolment_ids, until):
        found[row.enrolment_id].extra.append(ExtraCredits(row.kind, row.credits, row.reason, row.approved_by))
    return found


def _approved(session: Session, enrolment_ids: Sequence[str], until: date) -> Iterable[ExtraCredit]:
    return session.scalars(
        select(ExtraCredit)
        .where(ExtraCredit.enrolment_id.in_(enrolment_ids), ExtraCredit.approved_on <= until)
        .order_by(ExtraCredit.approved_on, ExtraCredit.id)
    )


def credit_facts(project: Project, progress: Progress) -> CreditFacts:
    """Values of the day of the application hold to the end (INT-16)."""
    plan = project.plan
    return CreditFacts(
        on=project.submitted_on,
        level=project.level,
        agreed_classroom=plan.classroom_credits,
        agreed_workplace=plan.workplace_credits,
        classroom_hours=progress.hours("classroom"),
        workplace_hours=progress.hours("workplace"),
        extra=tuple(progress.extra),
    )


def plan_facts(project: Project, document: Document, progress: Progress, incentives: tuple[str, ...]) -> PlanFacts:
    """The training as it was received (APP-7, 31). A learning platform shows by the hours held on it (APP-36).

    `incentives`: the kinds that the project recorded (APP-32).
    """
    return PlanFacts(
        on=project.submitted_on,
        general_hours=progress.by_content.get("general", 0),
        theory_hours=progress.by_content.get("theory", 0),
        practice_hours=progress.by_content.get("practice", 0),
        modes=tuple(sorted(progress.modes)),
        topics=tuple(sorted(progress.topics)),
        platform="online" in progress.modes,
        incentives=incentives,
        planned=shape_of(Planned, project.plan, recognised=_recognised(project, document, progress)),
    )


def _recognised(project: Project, document: Document, progress: Progress) -> int:
    """Class hours that approved extra credits stand for."""
    extra = credits_so_far(credit_facts(project, Progress(extra=progress.extra)), document)
    return extra * credit_terms(credit_facts(project, progress), document)[1] if extra else 0
