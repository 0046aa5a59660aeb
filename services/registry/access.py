"""Whose organisations and people a speaker may see and act for (APP-1).

An organisation reaches itself and the people it knows; a district officer the organisations of the district and
whom those know; the city, the auditor and a service in its own name everybody. Look-ups are set-based: one query
for a whole list.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from services.registry.models import Acquaintance, Organisation, Person
from shared.errors import InvalidRequest
from shared.kernel.work import Look
from shared.security.permissions import ReachKind, check_reach, not_found, visible
from shared.security.speaker import Speaker
from shared.store import access_filter


def organisation_in_reach(look: Look, organisation_id: str) -> Organisation:
    """The organisation, noted for the audit. Raises NotFound for one that is unknown or another's."""
    organisation = look.session.get(Organisation, organisation_id)
    if organisation is None:
        raise not_found()
    check_reach(look.speaker, district=organisation.district, organisations=[organisation.id])
    look.note(f"organisation:{organisation.id}")
    return organisation


def organisations_in_reach(look: Look, ids: Collection[str]) -> dict[str, Organisation]:
    """Those of `ids` that the speaker may see, by id."""
    asked = select(Organisation).where(Organisation.id.in_(ids), in_reach(look.speaker))
    return {organisation.id: organisation for organisation in look.session.scalars(asked)}


def in_reach(speaker: Speaker) -> ColumnElement[bool]:
    """The condition on an organisation that a query of this speaker carries."""
    return access_filter.in_reach(speaker, Organisation.district, Organisation.id)


def people_in_reach(look: Look, ids: Collection[str]) -> set[str]:
    """Those of `ids` whom the speaker may see."""
    return set(look.session.scalars(_visible_people(look.speaker).where(Person.id.in_(ids))))


def known_to(session: Session, organisation_id: str, ids: Collection[str]) -> set[str]:
    """Those of `ids` whom an organisation knows."""
    asked = select(Acquaintance.person_id).where(
        Acquaintance.organisation_id == organisation_id, Acquaintance.person_id.in_(ids)
    )
    return set(session.scalars(asked))


def require_all(path: str, ids: Collection[str], known: Collection[str], cure: str) -> None:
    """Raises InvalidRequest that names every one of `ids` that isn't among `known`."""
    strangers = [(f"{path}[{place}]", f"{one}：{cure}") for place, one in enumerate(ids) if one not in known]
    if strangers:
        raise InvalidRequest.of(*strangers[:200])


def _visible_people(speaker: Speaker) -> Select[str]:
    if visible(speaker).kind is ReachKind.ALL:
        return select(Person.id)
    known = (
        select(Acquaintance.id)
        .join(Organisation, Organisation.id == Acquaintance.organisation_id)
        .where(Acquaintance.person_id == Person.id, in_reach(speaker))
    )
    return select(Person.id).where(known.exists())
