"""What training tells of its projects and enrolments, in parts where people are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.training.models import Project
from shared.batching import slices
from shared.contracts.schema.declare import EventType
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.contracts.training.enrolments import EnrolledPerson
from shared.contracts.training.results import EndedEnrolment
from shared.kernel.work import Work
from shared.store.by_name import shape_of


def tell_of_project(work: Work, event: EventType[Any], project: Project, **more: Any) -> None:
    """An event about the project: what of it the project's row knows by the same name, and `more`."""
    told = shape_of(event.data, project, project_id=project.id, **more)
    work.tell(event, project.id, told, district=project.district)


def tell_of_people(
    work: Work,
    event: EventType[Any],
    project: Project,
    people: Sequence[EnrolledPerson | EndedEnrolment],
    **more: Any,
) -> None:
    """The same about enrolments, at most a thousand an event; nothing where there are none."""
    for part in slices(people, IDS_PER_EVENT):
        tell_of_project(work, event, project, enrolments=part, **more)
