"""Two sides that must never learn of each other: a district each, with an employer and a training provider of its own.

Who attacks comes from the other side, and the token also says everything true of its holder that might mislead: a
clerk whose firm is registered there may live here, an officer may once have worked for a firm of here.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.security.speaker import DISTRICT_ROLES, ORGANISATION_ROLES, Purpose, Role, Speaker

NARROW = sorted(DISTRICT_ROLES | ORGANISATION_ROLES)
"""Roles that see a part of what there is, so that one side's holder of the role is a stranger to the other."""


@dataclass(frozen=True)
class Side:
    """A district and the ids of its two organisations."""

    name: str
    district: str
    employer: str
    provider: str

    def organisation(self, role: Role) -> str:
        """Whom somebody in that role acts for, or acts upon."""
        return self.provider if role is Role.TRAINING_PROVIDER else self.employer

    def speaker(self, role: Role, subject: str | None = None) -> Speaker:
        """Somebody of this side who took part in nothing yet, with every purpose a token may carry."""
        if role is Role.MACHINE:
            return Speaker.service("review", purposes=frozenset(Purpose))
        return Speaker(
            subject=subject or f"{role}-{self.name}",
            system="harness",
            role=role,
            district=self.district if role in DISTRICT_ROLES else None,
            organisation=self.organisation(role) if role in ORGANISATION_ROLES else None,
            purposes=frozenset(Purpose),
        )

    def intruder(self, role: Role, into: Side) -> Speaker:
        """The same, but what doesn't bound the role names the other side."""
        return Speaker(
            subject=f"intruder-{role}-{self.name}",
            system="harness",
            role=role,
            district=self.district if role in DISTRICT_ROLES else into.district,
            organisation=self.organisation(role) if role in ORGANISATION_ROLES else into.organisation(role),
            purposes=frozenset(Purpose),
        )
