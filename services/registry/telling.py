"""Telling that something about people changed: ids only, in events of a bounded size."""

from __future__ import annotations

from collections.abc import Sequence

from shared.bus.work import Work
from shared.contracts.declare import EventType
from shared.contracts.registry import PeopleTold
from shared.contracts.shapes import IDS_PER_EVENT
from shared.slices import slices


def tell_people(
    work: Work, event: EventType[PeopleTold], organisation_id: str | None, people: Sequence[str], district: str | None
) -> None:
    """One event for every thousand people; `organisation_id`: None where evidence came from no organisation."""
    for part in slices(people, IDS_PER_EVENT):
        told = PeopleTold(organisation_id, part)
        work.tell(event, organisation_id or district or "city", told, district=district)
