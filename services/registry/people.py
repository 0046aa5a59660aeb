"""People: registered by identity document, once each, however many organisations register them.

A list is worked through as a set: every number is checked and digested, one query finds whom we know already, the
others are added in bulk. An organisation that names a known person by number must know the name, too, else a number
alone would reveal it; only an officer corrects a name. A phone number belongs to the organisation that gave it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.registry.models import Acquaintance, Digest, IdentityDocument, Organisation, Person
from services.registry.organisations import load
from services.registry.races import insert_absent
from services.registry.reach import people_in_reach
from services.registry.sheet import Sheet
from services.registry.vault import Vault, parse_number
from shared.bus.work import Look, Work
from shared.contracts.common import RowResults
from shared.contracts.registry import (
    PEOPLE_REGISTERED,
    FindPerson,
    PeopleTold,
    PersonFound,
    PersonRow,
    RegisterPeople,
)
from shared.errors import InvalidRequest
from shared.identity import BadNumber, normalise_name, parse_phone
from shared.security.speaker import Role
from shared.store.types import new_id

IDS_PER_EVENT = 1000
DIGESTS_PER_QUERY = 5000

Keyed = tuple[str, str]
"""(key id, digest)."""


@dataclass(frozen=True)
class Candidate:
    """A row in normal form. `digests`: of its number, under every key of the ring."""

    place: int
    name: str
    kind: str
    number: str
    phone: str | None
    digests: tuple[Keyed, ...]


@dataclass(frozen=True)
class Known:
    """A document on file, whose it is, and under which keys it is found."""

    document_id: str
    person_id: str
    digests: frozenset[Keyed]


def register(work: Work, request: RegisterPeople, vault: Vault) -> RowResults:
    """Each row's person, new or known, made known to the organisation."""
    organisation = load(work, request.organisation_id)
    sheet = Sheet(request.rows)
    candidates = _candidates(sheet, work, vault)
    known = _find(work.session, candidates)
    strangers = [one for one in candidates if not _look_up(one, known)]
    persons = {one.place: new_id() for one in strangers}
    _add(work, strangers, persons, vault)
    met = _recognised(work, sheet, [one for one in candidates if one.place not in persons], known, vault)
    _complete_digests(work.session, met.values(), candidates, known)
    _introduce(work, organisation, sheet, candidates, persons | {place: one.person_id for place, one in met.items()}, vault)
    return sheet.results()
