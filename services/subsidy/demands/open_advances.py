"""One person, one advance (INT-90): the first half of a training is advanced once until that advance is settled.

An advance stands open from its claim until a final claim for that enrolment is approved, or what was asked back of it
is settled. While it does, nobody is advanced for another enrolment of the same person, programme and occupation: the
database refuses it (`uq_claim_lines_open_advance`). A claim that dies lets it go by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, ClaimLine, Clawback, Project
from shared.batching import slices
from shared.policy.document import Document
from shared.store.bulk import SLICE
from shared.store.database import execute_count


def is_guarded(document: Document) -> bool:
    """Whether somebody who comes back is still the same apprentice, as INT-90 is read."""
    return document.reading("second_enrolment") == "reviewed_and_settled"


def open_advance_of(project: Project, person_id: str) -> str:
    """What names the one advance of a person and training."""
    return f"{project.programme}:{project.occupation}:{person_id}"


def advanced_elsewhere(session: Session, project: Project, person_ids: Collection[str]) -> dict[str, set[str]]:
    """By person, the enrolments for which their advance stands open."""
    found: dict[str, set[str]] = {}
    for some in slices(sorted(person_ids), SLICE):
        keys = [open_advance_of(project, person_id) for person_id in some]
        wanted = select(ClaimLine.person_id, ClaimLine.enrolment_id)
        for person_id, enrolment_id in session.execute(wanted.where(ClaimLine.open_advance.in_(keys), ClaimLine.live)):
            found.setdefault(person_id, set()).add(enrolment_id)
    return found


def close_by_final(session: Session, claim: Claim) -> None:
    """The final claim decides what the advance was for."""
    lines = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    _close(session, ClaimLine.enrolment_id.in_(lines))


def close_by_demands(session: Session, demand_ids: Iterable[str]) -> None:
    """What was asked back came back, or was given up."""
    for some in slices(sorted(demand_ids), SLICE):
        asked = select(Clawback.enrolment_id).where(Clawback.demand_id.in_(some))
        _close(session, ClaimLine.enrolment_id.in_(asked))


def _close(session: Session, meant: ColumnElement[bool]) -> None:
    closing = update(ClaimLine).where(meant, ClaimLine.open_advance.is_not(None)).values(open_advance=None)
    execute_count(session, closing)
