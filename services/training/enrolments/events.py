"""What training tells of its runs and enrolments, in parts where people are many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from services.training.models import Project
from shared.batching import slices
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.contracts.training.circumstances import CIRCUMSTANCES_CHANGED, CircumstancesChanged
from shared.contracts.training.enrolments import EnrolledPerson
from shared.contracts.training.projects import RunTold
from shared.kernel.work import Work

Change = Literal["break", "return", "withdrawal", "annulled"]


def tell_changed(work: Work, project: Project, kind: Change, people: Sequence[EnrolledPerson]) -> None:
    """That these enrolments changed alike."""
    for part in slices(people, IDS_PER_EVENT):
        told = CircumstancesChanged(
            project_id=project.id,
            programme=project.programme,
            district=project.district,
            employer_id=project.employer_id,
            provider_id=project.provider_id,
            kind=kind,
            enrolments=part,
        )
        work.tell(CIRCUMSTANCES_CHANGED, project.id, told, district=project.district)


def run_told(project: Project, on: date) -> RunTold:
    return RunTold(project.id, project.programme, project.district, project.employer_id, project.provider_id, on)
