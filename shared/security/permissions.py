"""Role × jurisdiction × object, in one place, default deny (APP-1, X-4, X-5).

| speaker | sees |
|---|---|
| city, centre and city finance officers, auditor | all (the auditor always masked) |
| district officer, district finance; the Development Area too | own district |
| employer, training provider | own organisation |
| learner, expert | what names them: their own record, the cases given to them |
| operator | nothing of the business |
| a service in its own name | all |
| a service for a person | what that person sees |

A wrong role is told so (`not_permitted`). What lies outside the reach is answered exactly like what
doesn't exist (`not_found`), so that nobody learns by asking which employers, people or cases others have.
A place that the caller names is no secret: acting there without right is `not_permitted`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import NotFound, NotPermitted
from shared.security.speaker import CITY_ROLES, DISTRICT_ROLES, ORGANISATION_ROLES, Purpose, Role, Speaker

# Whose personal data is a question of reach; these say who may see it unmasked, and for what.
_UNMASKED: Mapping[Role, frozenset[Purpose]] = {
    Role.EMPLOYER: frozenset({Purpose.IDENTITY, Purpose.CONTACT, Purpose.DOCUMENTS}),
    Role.TRAINING_PROVIDER: frozenset({Purpose.IDENTITY, Purpose.CONTACT, Purpose.DOCUMENTS}),
    Role.LEARNER: frozenset({Purpose.DOCUMENTS}),
    Role.DISTRICT_OFFICER: frozenset({Purpose.IDENTITY, Purpose.CONTACT, Purpose.DOCUMENTS}),
    Role.CITY_OFFICER: frozenset({Purpose.IDENTITY, Purpose.CONTACT, Purpose.DOCUMENTS}),
    Role.CENTRE_OFFICER: frozenset({Purpose.IDENTITY, Purpose.CONTACT, Purpose.DOCUMENTS}),
    Role.FINANCE_OFFICER: frozenset({Purpose.PAYMENT}),
    Role.CITY_FINANCE_OFFICER: frozenset({Purpose.PAYMENT}),
    Role.MACHINE: frozenset(Purpose),
}


class ReachKind(StrEnum):
    """How a query narrows what a speaker sees."""

    ALL = "all"
    DISTRICT = "district"
    ORGANISATION = "organisation"
    SUBJECT = "subject"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Reach:
    """What a query filters by. `value`: district code, organisation id or subject; else empty."""

    kind: ReachKind
    value: str = ""


def visible(speaker: Speaker) -> Reach:
    """How far a speaker sees. A role without a line here sees nothing."""
    role = speaker.acting_role
    if role in CITY_ROLES or role in (Role.AUDITOR, Role.MACHINE):
        return Reach(ReachKind.ALL)
    if role in DISTRICT_ROLES and speaker.district:
        return Reach(ReachKind.DISTRICT, speaker.district)
    if role in ORGANISATION_ROLES and speaker.organisation:
        return Reach(ReachKind.ORGANISATION, speaker.organisation)
    if role in (Role.LEARNER, Role.EXPERT):
        return Reach(ReachKind.SUBJECT, speaker.person)
    return Reach(ReachKind.NOTHING)


def reaches(
    speaker: Speaker,
    *,
    district: str | None = None,
    organisations: Collection[str] = (),
    subjects: Collection[str] = (),
) -> bool:
    """Whether an object lies in a speaker's reach: its district, its organisations, the people it names."""
    reach = visible(speaker)
    match reach.kind:
        case ReachKind.ALL:
            return True
        case ReachKind.DISTRICT:
            return reach.value == district
        case ReachKind.ORGANISATION:
            return reach.value in organisations
        case ReachKind.SUBJECT:
            return reach.value in subjects
        case ReachKind.NOTHING:
            return False


def check_role(speaker: Speaker, roles: Collection[Role]) -> None:
    """Raises NotPermitted unless the speaker, or whom a service speaks for, acts in one of `roles`."""
    if speaker.acting_role not in roles:
        raise NotPermitted(
            "您的角色不能办理此事项，请由有权限的人员登录办理",
            role=speaker.acting_role.value,
            allowed=sorted(role.value for role in roles),
        )


def check_reach(
    speaker: Speaker,
    *,
    district: str | None = None,
    organisations: Collection[str] = (),
    subjects: Collection[str] = (),
) -> None:
    """Raises NotFound, as for what doesn't exist, when an object lies outside the speaker's reach."""
    if not reaches(speaker, district=district, organisations=organisations, subjects=subjects):
        raise not_found()


def not_found() -> NotFound:
    """The one answer for what doesn't exist and for what the caller may not know of: use it for both."""
    return NotFound("未找到该记录，或其不在您的管辖、所属范围内，请核对编号或联系主管部门")


def check_place(speaker: Speaker, district: str) -> None:
    """Raises NotPermitted when somebody who works in one district acts in another (APP-1)."""
    reach = visible(speaker)
    if reach.kind is ReachKind.NOTHING or (reach.kind is ReachKind.DISTRICT and reach.value != district):
        raise NotPermitted("该事项属于其他辖区，请由所属区的经办人办理", district=district)


def check_other_person(speaker: Speaker, earlier: Mapping[str, str]) -> None:
    """Raises NotPermitted when the speaker took an earlier step (X-5). `earlier`: Chinese step → person."""
    taken = [step for step, subject in earlier.items() if subject == speaker.person]
    if taken:
        raise NotPermitted(f"您已办理过{'、'.join(taken)}，申报、审核、拨付须为不同人员，请由他人办理", rule="X-5")


def may_unmask(speaker: Speaker, purpose: Purpose) -> bool:
    """Whether personal data may be shown in full: token and role both allow the purpose (X-4)."""
    return purpose in speaker.purposes and purpose in _UNMASKED.get(speaker.acting_role, frozenset())


def check_unmask(speaker: Speaker, purpose: Purpose) -> None:
    """Raises NotPermitted unless `may_unmask`. Whoever shows the data then writes an audit row."""
    if not may_unmask(speaker, purpose):
        raise NotPermitted("无权查看完整个人信息，请由有权限的人员注明用途后办理", purpose=purpose.value)
