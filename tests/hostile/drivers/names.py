"""What registry answers whoever asks it for names: made-up ones, masked, of nobody's and of either side."""

from __future__ import annotations

from collections.abc import Callable

from shared.contracts.registry.organisations import ListOrganisations, OrganisationList, OrganisationShape
from shared.contracts.registry.people import PersonList, PersonShape, RevealPeople
from tests.services.harness import CHAOYANG

Names = Callable[[str], str]
Districts = Callable[[str], str]


def organisations(
    name: Names = lambda _: "示例单位", district: Districts = lambda _: CHAOYANG
) -> Callable[[ListOrganisations], OrganisationList]:
    """All of them known, by name and district of their ids."""
    return lambda request: OrganisationList(
        tuple(
            OrganisationShape(one, name(one), "91110105MA0000000Y", "enterprise", district(one), False)
            for one in request.ids
        )
    )


def people(request: RevealPeople) -> PersonList:
    """Everybody asked for, masked."""
    return PersonList(
        tuple(PersonShape(one, "学徒*", "resident_id", "1101**********000X", None, True) for one in request.person_ids)
    )
