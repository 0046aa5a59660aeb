"""Days by which something of oversight is done: told to whoever reminds of it, and again when it is over (X-13)."""

from __future__ import annotations

from typing import Literal

from services.review.models import Case, Matter
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.review import cases as contract
from shared.kernel.work import Work
from shared.security.speaker import Role

Party = Literal["employer", "district_officer", "city_officer"]


def set_remedy(work: Work, matter: Matter, project: Case) -> None:
    """The employer mends by `matter.due_on`; told again it moves."""
    _set(work, matter, project, "remedy", "整改期限", "employer")


def set_closing(work: Work, matter: Matter, project: Case) -> None:
    """Whoever published closes the notice by `matter.due_on`: the city's officers their own, else the district's."""
    party: Party = "city_officer" if work.speaker.acting_role is Role.CITY_OFFICER else "district_officer"
    _set(work, matter, project, "public_notice", "公示期满，办理结束", party)


def close(work: Work, matter: Matter, project: Case, outcome: Literal["met", "dropped"]) -> None:
    told = DeadlineClosed(matter.matter_id, outcome)
    work.tell(contract.DEADLINE_CLOSED, project.case_id, told, district=project.district)


def _set(work: Work, matter: Matter, project: Case, name: str, label: str, party: Party) -> None:
    if matter.due_on is None:
        return
    told = DeadlineSet(
        deadline_id=matter.matter_id,
        name=name,
        label=label,
        programme=project.programme,
        document=project.document,
        district=project.district,
        party=party,
        organisation_id=project.employer_id if party == "employer" else None,
        subject_id=project.case_id,
        due_on=matter.due_on,
    )
    work.tell(contract.DEADLINE_SET, project.case_id, told, district=project.district)
