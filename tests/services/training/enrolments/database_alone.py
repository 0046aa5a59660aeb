"""The service as it is a moment before another call commits: its look-ups see nothing, the constraints see all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy.orm import Session

from services.training.enrolments.prior_enrolments import Period, PriorEnrolments
from services.training.models import Enrolment
from services.training.service import TrainingService


class NothingSeen(PriorEnrolments):
    """Nobody is enrolled anywhere, as far as it knows."""

    def in_group(self, _session: Session, _group: str, _person_ids: Sequence[str]) -> Sequence[Enrolment]:
        return ()

    def in_other_programmes(
        self, _session: Session, _programme: str, _person_ids: Sequence[str], _period: Period
    ) -> dict[str, tuple[str, ...]]:
        return {}


class DatabaseAlone(TrainingService):
    """Training without a kind word."""

    prior_enrolments: ClassVar[PriorEnrolments] = NothingSeen()
