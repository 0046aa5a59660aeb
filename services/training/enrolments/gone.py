"""Whose enrolments in a project have ended: they may be reviewed anew (INT-90)."""

from __future__ import annotations

from sqlalchemy import select

from services.training.models import LIVE, Enrolment
from shared.contracts.training.enrolments import AskGone, GoneList
from shared.kernel.work import Look


def ask_gone(look: Look, request: AskGone) -> GoneList:
    """For review: those of the people whose enrolments in the project have all ended without a pass (INT-90)."""
    here = (Enrolment.project_id == request.project_id, Enrolment.person_id.in_(request.person_ids))
    live = select(Enrolment.person_id).where(*here, Enrolment.state.in_(LIVE))
    gone = select(Enrolment.person_id).where(*here, Enrolment.person_id.not_in(live)).distinct()
    return GoneList(tuple(look.session.scalars(gone.order_by(Enrolment.person_id))))
