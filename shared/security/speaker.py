"""Who speaks: a person in a role, or a service for one. What they may do is decided in `permissions.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Role(StrEnum):
    """What somebody may act as. One person may hold several; a token carries one."""

    EMPLOYER = "employer"  # 企业经办人
    TRAINING_PROVIDER = "training_provider"  # 培训机构经办人
    LEARNER = "learner"  # 学员、学徒
    EXPERT = "expert"  # 评审专家
    DISTRICT_OFFICER = "district_officer"  # 区级经办人，经开区同
    FINANCE_OFFICER = "finance_officer"  # 区级财务
    CITY_OFFICER = "city_officer"  # 市级经办人
    CENTRE_OFFICER = "centre_officer"  # 市就业促进中心经办人
    CITY_FINANCE_OFFICER = "city_finance_officer"  # 市级财务
    AUDITOR = "auditor"  # 审计：可查全部，均脱敏
    OPERATOR = "operator"  # 系统运维：不看业务数据
    MACHINE = "machine"  # 系统服务


class Purpose(StrEnum):
    """Why somebody needs personal data unmasked (X-4)."""

    IDENTITY = "identity"  # 核验身份
    CONTACT = "contact"  # 联系通知
    PAYMENT = "payment"  # 拨付
    DOCUMENTS = "documents"  # 制作表格、证书


ROLE_NAMES: Mapping[Role, str] = {
    Role.EMPLOYER: "企业",
    Role.TRAINING_PROVIDER: "培训机构",
    Role.LEARNER: "学员",
    Role.EXPERT: "专家",
    Role.DISTRICT_OFFICER: "区级经办",
    Role.FINANCE_OFFICER: "区级财务",
    Role.CITY_OFFICER: "市级经办",
    Role.CENTRE_OFFICER: "就业促进中心",
    Role.CITY_FINANCE_OFFICER: "市级财务",
    Role.AUDITOR: "审计",
    Role.OPERATOR: "运维",
    Role.MACHINE: "系统服务",
}
"""As officials read them."""

DISTRICT_ROLES = frozenset({Role.DISTRICT_OFFICER, Role.FINANCE_OFFICER})
CITY_ROLES = frozenset({Role.CITY_OFFICER, Role.CENTRE_OFFICER, Role.CITY_FINANCE_OFFICER})
ORGANISATION_ROLES = frozenset({Role.EMPLOYER, Role.TRAINING_PROVIDER})

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}")
_DISTRICT = re.compile(r"\d{6}")


@dataclass(frozen=True)
class Speaker:
    """One speaker. `district`: six-digit code; `organisation`: its id. Raises ValueError when incomplete.

    A service speaks as `machine` under its own name: `on_behalf_of` and `for_role` say for whom, and
    `district` and `organisation` are then that person's.
    """

    subject: str
    system: str
    role: Role
    district: str | None = None
    organisation: str | None = None
    on_behalf_of: str | None = None
    for_role: Role | None = None
    purposes: frozenset[Purpose] = frozenset()
    token_id: str | None = None

    def __post_init__(self) -> None:
        names = (self.subject, self.system, self.organisation, self.on_behalf_of, self.token_id)
        if not all(name is None or _NAME.fullmatch(name) for name in names):
            raise ValueError(
                "subject, system, organisation, on_behalf_of and token_id are names: no spaces, at most 128"
            )
        if self.district is not None and not _DISTRICT.fullmatch(self.district):
            raise ValueError("district is a six-digit code such as 110105")
        if self.role is not Role.MACHINE and (self.on_behalf_of or self.for_role):
            raise ValueError("only a service speaks on behalf of somebody")
        if self.for_role and not self.on_behalf_of:
            raise ValueError("for_role needs on_behalf_of")
        if self.acting_role in DISTRICT_ROLES and self.district is None:
            raise ValueError(f"{self.acting_role} needs a district")
        if self.acting_role in ORGANISATION_ROLES and self.organisation is None:
            raise ValueError(f"{self.acting_role} needs an organisation")

    @property
    def person(self) -> str:
        """The subject who answers for the act: the original one, however many services stand between."""
        return self.on_behalf_of or self.subject

    @property
    def acting_role(self) -> Role:
        """The role whose limits hold: that of the person a service speaks for, else the speaker's own."""
        return self.for_role or self.role

    @classmethod
    def service(cls, name: str, purposes: frozenset[Purpose] = frozenset(), on_behalf_of: str | None = None) -> Self:
        """A service in its own name: a timer, an event handler, a question beyond what the person may see.

        `on_behalf_of`: the recorded subject who started the work, for the audit; it doesn't narrow anything.
        """
        return cls(subject=name, system=name, role=Role.MACHINE, purposes=purposes, on_behalf_of=on_behalf_of)

    def through(self, service: str) -> Speaker:
        """The same person, carried on by a service: no reach and no purpose is gained on the way."""
        return Speaker(
            subject=service,
            system=service,
            role=Role.MACHINE,
            district=self.district,
            organisation=self.organisation,
            on_behalf_of=self.person,
            for_role=None if self.acting_role is Role.MACHINE else self.acting_role,
            purposes=self.purposes,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; what isn't set is left out."""
        fields: dict[str, str | None] = {
            "subject": self.subject,
            "system": self.system,
            "role": self.role.value,
            "district": self.district,
            "organisation": self.organisation,
            "on_behalf_of": self.on_behalf_of,
            "for_role": self.for_role.value if self.for_role else None,
            "token_id": self.token_id,
        }
        listed = {"purposes": sorted(self.purposes)} if self.purposes else {}
        return {name: value for name, value in fields.items() if value is not None} | listed

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError or TypeError for anything that isn't a whole speaker."""
        purposes = value.get("purposes", [])
        if not isinstance(purposes, list):
            raise TypeError("purposes is a list")
        for_role = _text(value, "for_role")
        return cls(
            subject=_text(value, "subject") or "",
            system=_text(value, "system") or "",
            role=Role(_text(value, "role") or ""),
            district=_text(value, "district"),
            organisation=_text(value, "organisation"),
            on_behalf_of=_text(value, "on_behalf_of"),
            for_role=Role(for_role) if for_role else None,
            purposes=frozenset(Purpose(item) for item in purposes),
            token_id=_text(value, "token_id"),
        )


def _text(value: Mapping[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is not None and not isinstance(found, str):
        raise TypeError(f"{name} is text")
    return found
