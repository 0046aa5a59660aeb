"""What people are enrolled for already: looked up for a kind word; the database's constraints have the last one (X-1).

A tool of the service, so that tests can show what the constraints do alone, as in the moment before another commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.training.models import LIVE, Enrolment, Project
from shared.contracts.registry.eligibility import Funded

Period = tuple[date, date]
"""The first day, and the day after the last."""


class PriorEnrolments:
    """Live funded enrolments of people, of any project."""

    def in_group(self, session: Session, group: str, person_ids: Sequence[str]) -> Sequence[Enrolment]:
        """Those in the exclusion group, whenever they are."""
        return session.scalars(select(Enrolment).where(*_live(person_ids), Enrolment.exclusion_group == group)).all()

    def in_other_programmes(
        self, session: Session, programme: str, person_ids: Sequence[str], period: Period
    ) -> dict[str, tuple[str, ...]]:
        """By person, the other programmes with one in the period, in order of their names (INT-73)."""
        rows = session.execute(
            select(Enrolment.person_id, Enrolment.programme)
            .where(*_live(person_ids), Enrolment.programme != programme)
            .where(Enrolment.starts_on < period[1], Enrolment.ends_on > period[0])
            .distinct()
            .order_by(Enrolment.person_id, Enrolment.programme)
        )
        found: dict[str, tuple[str, ...]] = {}
        for person_id, other in rows:
            found[person_id] = (*found.get(person_id, ()), other)
        return found


def funded_before(session: Session, programme: str, person_ids: Sequence[str]) -> tuple[Funded, ...]:
    """Occupations and levels for which people are or were funded (INT-37).

    Who failed, left or was annulled pays the advance back: only those in training or passed were funded.
    """
    rows = session.execute(
        select(Enrolment.person_id, Project.occupation, Project.level)
        .join(Project, Project.id == Enrolment.project_id)
        .where(*_live(person_ids), Enrolment.programme == programme)
        .distinct()
        .order_by(Enrolment.person_id, Project.occupation, Project.level)
    )
    return tuple(Funded(person_id, occupation, level) for person_id, occupation, level in rows)


def _live(person_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (Enrolment.person_id.in_(person_ids), Enrolment.state.in_(LIVE), Enrolment.funded.is_(True))
