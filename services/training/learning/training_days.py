"""Who may be taught or assessed on which day: suspensions, breaks and mentors, loaded once for a whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.decisions import blocking, refused
from services.training.list_rows import Fault
from services.training.mentors.guidance import NOBODY, Guides, guides_of
from services.training.models import Break, Enrolment, Project
from services.training.projects.blocks import Suspensions, suspensions_of
from services.training.rules.days import DayFacts, on_break
from shared.batching import grouped
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document

Part = Literal["classroom", "workplace", "assessment"]


@dataclass(frozen=True)
class Hours:
    """What one learner has on a day, everything together. `reasoned`: why it is so much is said (INT-91)."""

    total: int = 0
    reasoned: bool = False


NONE = Hours()


@dataclass
class Days:
    """Of one project and some of its enrolments. Equal days are decided once: a list has few different ones."""

    document: Document
    suspensions: Suspensions
    breaks: Mapping[str, Sequence[Break]]
    guides: Mapping[str, Guides]
    _decided: dict[DayFacts, Decision] = field(default_factory=dict)

    def fault(self, field: str, enrolment: Enrolment, day: date, part: Part, hours: Hours = NONE) -> Fault | None:
        """The row's `field` with every clause that forbids the day, and its cure; None where it may be."""
        facts = self._facts(enrolment, day, part, hours)
        if facts not in self._decided:
            self._decided[facts] = decide("training.day", facts, self.document)
        decision = self._decided[facts]
        return (field, blocking([decision])) if refused([decision]) else None

    def _facts(self, enrolment: Enrolment, day: date, part: Part, hours: Hours) -> DayFacts:
        assessed = part == "assessment"
        guides = self.guides.get(enrolment.person_id, NOBODY)
        return DayFacts(
            on=day,
            part=part,
            guides=0 if part == "assessment" else guides.on(part, day),
            on_break=on_break(self.breaks.get(enrolment.id, ()), day),
            suspended=self.suspensions.covers(day) or (assessed and self.suspensions.open),
            class_hours=hours.total,
            reasoned=hours.reasoned,
        )


def days_of(session: Session, project: Project, document: Document, enrolments: Iterable[Enrolment]) -> Days:
    """Of these enrolments of the project, under its document."""
    known = list(enrolments)
    return Days(
        document=document,
        suspensions=suspensions_of(session, project.id),
        breaks=breaks_of(session, [enrolment.id for enrolment in known]),
        guides=guides_of(session, project.id, [enrolment.person_id for enrolment in known]),
    )


def breaks_of(session: Session, enrolment_ids: Sequence[str]) -> dict[str, list[Break]]:
    """By enrolment, the earliest first."""
    chosen = select(Break).where(Break.enrolment_id.in_(enrolment_ids)).order_by(Break.starts_on)
    return grouped((pause.enrolment_id, pause) for pause in session.scalars(chosen))
