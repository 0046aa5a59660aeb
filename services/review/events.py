"""What review tells: the payload of each event, from the rows that it is about.

Ids, codes and the sentences of rules only: what an officer or an employer typed stays on the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, TypeVar

from services.review.cases import cases
from services.review.models import Block, Case, Matter, Notice, Project
from shared.batching import slices
from shared.contracts.review.cases import (
    CASE_SUBMITTED,
    DEADLINE_CLOSED,
    DEADLINE_SET,
    PROJECT_APPROVED,
    ROSTER_APPROVED,
    CaseTold,
)
from shared.contracts.review.notices import NoticeTold
from shared.contracts.review.oversight import FRAUD_CONFIRMED, BlockTold, OversightTold
from shared.contracts.schema.declare import EventType
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.kernel.work import Work
from shared.policy.document import Document, Station
from shared.security.speaker import Role
from shared.store.by_name import shape_of

REASON_CHARACTERS_MAX = 4000

Data = TypeVar("Data")
Party = Literal["employer", "district_officer", "city_officer"]


def _tell(work: Work, event: EventType[Data], of: Case, **own: Any) -> None:
    """The event's `own` fields, the others as the case has them.

    Events of a case are numbered together, those of oversight with their project's.
    """
    work.tell(event, of.case_id, shape_of(event.data, of, **own), district=of.district)


# --- cases -------------------------------------------------------------------------------------------------------


def tell_case(
    work: Work, event: EventType[CaseTold], case: Case, *, station: Station | None = None, reason: str = ""
) -> None:
    """What became of a case. `reason`: the rules that stand in its way; a long one is cut."""
    _tell(work, event, case, station=station.id if station else None, reason=reason[:REASON_CHARACTERS_MAX])


def tell_waiting(work: Work, case: Case, document: Document) -> None:
    """The case waits at its present station; before the provider joins, for the provider."""
    tell_case(work, CASE_SUBMITTED, case, station=cases.present_station(document, case))


def tell_project_approved(work: Work, case: Case, project: Project, approved_on: date) -> None:
    """An approved project, with the class that its occupation had that day (INT-24)."""
    plan = cases.plan_of(project)
    _tell(
        work,
        PROJECT_APPROVED,
        case,
        provider_kind=project.provider_kind or "",
        approved_on=approved_on,
        occupation=plan.occupation,
        occupation_class=project.occupation_class or "",
        plan=plan,
        cooperation_agreement=project.cooperation_agreement,
    )


def tell_roster_approved(work: Work, case: Case, accepted: Sequence[str], approved_on: date) -> None:
    """The people accepted, by id, in events of at most a thousand."""
    parts = slices(accepted, IDS_PER_EVENT)
    for part, person_ids in enumerate(parts, start=1):
        own = {"approved_on": approved_on, "part": part, "parts": len(parts), "person_ids": person_ids}
        _tell(work, ROSTER_APPROVED, case, **own)


# --- oversight ---------------------------------------------------------------------------------------------------


def tell_block(
    work: Work,
    event: EventType[BlockTold],
    project: Case,
    block: Block,
    on: date,
    *,
    inquiry_id: str | None = None,
    persons: int = 0,
) -> None:
    """A block opened or lifted (X-11). `inquiry_id`, `persons`: of the fraud confirmed about so many, when lifted."""
    own = {"block_id": block.block_id, "kind": block.kind, "inquiry_id": inquiry_id, "persons": persons}
    _tell(work, event, project, on=on, **own)


def tell_matter(
    work: Work, event: EventType[OversightTold], matter: Matter, project: Case, *, outcome: str | None = None
) -> None:
    """An act of oversight; `outcome`: its code."""
    _tell(work, event, project, of_id=matter.matter_id, on=work.today, outcome=outcome)


def tell_notice(work: Work, event: EventType[NoticeTold], notice: Notice, matter: Matter, project: Case) -> None:
    """A public notice opened, closed or withdrawn."""
    own = {name: getattr(notice, name) for name in ("notice_id", "case_id", "from_on", "to_on")}
    _tell(work, event, project, state=matter.state, **own)


def tell_fraud(work: Work, matter: Matter, project: Case, persons: Sequence[str]) -> None:
    """Whom confirmed fraud concerns, in events of at most a thousand; the whole project in one that names nobody."""
    parts = slices(persons, IDS_PER_EVENT) or [()]
    for part, person_ids in enumerate(parts, start=1):
        own = {"part": part, "parts": len(parts), "person_ids": person_ids, "whole_project": not persons}
        _tell(work, FRAUD_CONFIRMED, project, inquiry_id=matter.matter_id, on=work.today, **own)


# --- days by which something is done: told to whoever reminds of it, and again when it is over ------------


def tell_remedy_due(work: Work, matter: Matter, project: Case) -> None:
    """The employer mends by `matter.due_on`; told again it moves."""
    _tell_due(work, matter, project, "remedy", "整改期限", "employer")


def tell_closing_due(work: Work, matter: Matter, project: Case) -> None:
    """Whoever published closes the notice by `matter.due_on`: the city's officers their own, else the district's."""
    party: Party = "city_officer" if work.speaker.acting_role is Role.CITY_OFFICER else "district_officer"
    _tell_due(work, matter, project, "public_notice", "公示期满，办理结束", party)


def tell_deadline_closed(work: Work, matter: Matter, project: Case, outcome: Literal["met", "dropped"]) -> None:
    """Nobody is reminded of the matter any more."""
    _tell(work, DEADLINE_CLOSED, project, deadline_id=matter.matter_id, outcome=outcome)


def _tell_due(work: Work, matter: Matter, project: Case, name: str, label: str, party: Party) -> None:
    if matter.due_on is None:
        return
    _tell(
        work,
        DEADLINE_SET,
        project,
        deadline_id=matter.matter_id,
        name=name,
        label=label,
        party=party,
        organisation_id=project.employer_id if party == "employer" else None,
        subject_id=project.case_id,
        due_on=matter.due_on,
    )
