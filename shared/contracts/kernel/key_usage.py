"""What still needs a key that is no longer the active one, for the rotation of keys."""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.schema.declare import of_every_service, query
from shared.contracts.schema.shapes import Json
from shared.security.speaker import Role


@dataclass(frozen=True)
class AskKeyUsage:
    """No parameters."""


@dataclass(frozen=True)
class RingUsage:
    """`active`: the key id that writes; `needed`: how many values only each other key opens or finds, by key id.

    The key id "" stands for all keys that the service doesn't hold: such values can't be read at all.
    """

    ring: str
    active: str
    needed: Json


@dataclass(frozen=True)
class KeyUsage:
    rings: tuple[RingUsage, ...]


KEY_USAGE = of_every_service(
    query, "key_usage", AskKeyUsage, KeyUsage, (Role.OPERATOR,), "What still needs an old key, for their rotation."
)
