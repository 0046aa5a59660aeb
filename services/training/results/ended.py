"""Who failed or left: told at once, so that what was advanced is asked back when it becomes due (APP-19, INT-88)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.training.events import tell_of_people
from services.training.learning.training_days import breaks_of
from services.training.models import Assessment, Enrolment, Project
from services.training.rules.days import months_trained
from shared.contracts.training.results import (
    ENROLMENTS_ENDED,
    WITHOUT_PASS,
    AskEnded,
    EndedEnrolment,
    EndedList,
    EndedShape,
)
from shared.kernel.work import Look, Work
from shared.store.by_name import shape_of


def ask_ended(look: Look, request: AskEnded) -> EndedList:
    """For subsidy, before an advance is approved or sent: those of the enrolments that ended without a pass."""
    ended = _ended(look.session, request.enrolment_ids)
    return EndedList(tuple(shape_of(EndedShape, one, project_id=project_id) for project_id, one in ended))


def tell_ended(work: Work, project: Project, enrolment_ids: Sequence[str]) -> None:
    """Tells of those among the enrolments that have just failed or left; nothing where there are none."""
    tell_of_people(work, ENROLMENTS_ENDED, project, [one for _, one in _ended(work.session, enrolment_ids)])


def _ended(session: Session, enrolment_ids: Sequence[str]) -> list[tuple[str, EndedEnrolment]]:
    """With the project of each, in order of their ids."""
    columns = (Enrolment.project_id, Enrolment.person_id, Enrolment.starts_on, Assessment.enrolment_id)
    result = (Assessment.result, Assessment.assessed_on, Assessment.appraisable, Assessment.leaving_reason)
    wanted = (
        select(*columns, *result)
        .join(Assessment, Assessment.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(enrolment_ids), Assessment.result.in_(WITHOUT_PASS))
        .order_by(Enrolment.id)
    )
    rows = session.execute(wanted).all()
    breaks = breaks_of(session, [row.enrolment_id for row in rows])
    return [
        (
            row.project_id,
            EndedEnrolment(
                enrolment_id=row.enrolment_id,
                person_id=row.person_id,
                enrolled_on=row.starts_on,
                result=row.result,
                ended_on=row.assessed_on,
                appraisable=row.appraisable,
                months_trained=months_trained(row.starts_on, row.assessed_on, breaks.get(row.enrolment_id, ())),
                leaving_reason=row.leaving_reason,
            ),
        )
        for row in rows
    ]
