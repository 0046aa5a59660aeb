"""The day until which an employer mends: told to whoever reminds of it, and told again when it is over (X-13)."""

from __future__ import annotations

from typing import Literal

from services.review.models import Case
from services.review.oversight.tables import Matter
from shared.bus.work import Work
from shared.contracts import review as contract
from shared.contracts.common import DeadlineClosed, DeadlineSet

NAME = "remedy"
LABEL = "整改期限"


def set_remedy(work: Work, matter: Matter, project: Case) -> None:
    """The employer mends by `matter.due_on`; told again it moves."""
    if matter.due_on is None:
        return
    told = DeadlineSet(
        deadline_id=matter.matter_id,
        name=NAME,
        label=LABEL,
        programme=project.programme,
        document=project.document,
        district=project.district,
        party="employer",
        organisation_id=project.employer_id,
        subject_id=project.case_id,
        due_on=matter.due_on,
    )
    work.tell(contract.DEADLINE_SET, project.case_id, told, district=project.district)


def close_remedy(work: Work, matter: Matter, project: Case, outcome: Literal["met", "dropped"]) -> None:
    told = DeadlineClosed(matter.matter_id, outcome)
    work.tell(contract.DEADLINE_CLOSED, project.case_id, told, district=project.district)
