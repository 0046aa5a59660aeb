"""Who a message goes to: an organisation, or an office (a role in a district; a city role is one office).

`Party` names them as the table of notices does; `recipients_of` finds them for one event; `own_key` says which
inbox a speaker reads. A key is what the database compares: "organisation:<id>", "office:district_officer:110105".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from shared.jurisdictions import Level, places
from shared.policy.document import Station
from shared.security.permissions import not_found
from shared.security.speaker import CITY_ROLES, ORGANISATION_ROLES, Role, Speaker


@dataclass(frozen=True)
class Recipient:
    """`organisation`: its id, None for an office."""

    key: str
    organisation: str | None = None


class Party(StrEnum):
    """A party as an event knows it."""

    EMPLOYER = "employer"  # 用人企业
    PAYEE = "payee"  # 收款单位，应退还补贴的单位
    PROVIDER = "provider"  # 培训机构
    STATION = "station"  # 案件所到环节的经办机构
    DISTRICT_OFFICE = "district_office"  # 区级经办
    DISTRICT_FINANCE = "district_finance"  # 区级财务
    CITY_OFFICE = "city_office"  # 市级经办
    CITY_FINANCE = "city_finance"  # 市级财务
    EVERY_DISTRICT = "every_district"  # 各区经办


_OFFICES = {
    Party.DISTRICT_OFFICE: Role.DISTRICT_OFFICER,
    Party.DISTRICT_FINANCE: Role.FINANCE_OFFICER,
    Party.CITY_OFFICE: Role.CITY_OFFICER,
    Party.CITY_FINANCE: Role.CITY_FINANCE_OFFICER,
}


def organisation(organisation_id: str) -> Recipient:
    """An organisation's inbox, which whoever acts for it reads."""
    return Recipient(f"organisation:{organisation_id}", organisation_id)


def office(role: Role, district: str | None) -> Recipient:
    """A city role is one office wherever the matter lies; any other stands in its district."""
    return Recipient(f"office:{role}" if role in CITY_ROLES else f"office:{role}:{district}")


def recipients_of(party: Party, data: Any, station: Station | None) -> tuple[Recipient, ...]:
    """Whom the party means for this event's data. `station`: where the case waits, None where nobody reviews it."""
    match party:
        case Party.EMPLOYER | Party.PROVIDER | Party.PAYEE:
            return (organisation(getattr(data, f"{party}_id")),)
        case Party.STATION:
            return (office(Role(station.role), data.district),) if station else ()
        case Party.EVERY_DISTRICT:
            return tuple(office(Role.DISTRICT_OFFICER, district) for district in _districts())
        case _:
            return (office(_OFFICES[party], data.district),)


def own_key(speaker: Speaker) -> str:
    """The key of the speaker's own inbox. Raises NotFound for a role that has none."""
    role = speaker.acting_role
    if role in ORGANISATION_ROLES and speaker.organisation:
        return organisation(speaker.organisation).key
    if role in CITY_ROLES or (role in (Role.DISTRICT_OFFICER, Role.FINANCE_OFFICER) and speaker.district):
        return office(role, speaker.district).key
    raise not_found()


def own_organisation(speaker: Speaker) -> str | None:
    """The organisation whose inbox the speaker reads; None for an office."""
    return speaker.organisation if speaker.acting_role in ORGANISATION_ROLES else None


@cache
def _districts() -> tuple[str, ...]:
    return tuple(sorted(place.code for place in places().by_code.values() if place.level is Level.DISTRICT))
