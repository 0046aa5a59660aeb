"""Telling that something about people changed: ids only, in events of a bounded size."""

from __future__ import annotations

from collections.abc import Sequence

from shared.batching import slices
from shared.contracts.registry.people import PeopleTold
from shared.contracts.schema.declare import EventType
from shared.contracts.schema.shapes import IDS_PER_EVENT
from shared.kernel.work import Work


def tell_people(
    work: Work, event: EventType[PeopleTold], organisation_id: str | None, people: Sequence[str], district: str | None
) -> None:
    """One event for every thousand people; `organisation_id`: None where evidence came from no organisation."""
    for part in slices(people, IDS_PER_EVENT):
        told = PeopleTold(organisation_id, part)
        work.tell(event, organisation_id or district or "city", told, district=district)
