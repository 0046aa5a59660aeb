"""Personal fields at rest (X-4): encrypted for one place in one table, found by a keyed digest.

    stored = version (1 byte, 1) | length of key id (1 byte) | key id | sealed (aead.py)

The place (table, column, row) is bound: a ciphertext copied to another row doesn't open there. Digests are
of the normal form and live in a table of their own, one row per key id, so that both keys answer while a
ring is being rotated. Nothing here logs.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from shared.security.aead import Unreadable, framed, key_of, seal, unseal
from shared.security.keys import Ring, SecretKey

_VERSION = 1


@dataclass(frozen=True)
class Place:
    """Where a value stands: table, column and the row's own id."""

    table: str
    column: str
    row: str


@dataclass(frozen=True)
class PersonalCipher:
    """Encrypts personal text for its place. `ring`: the `personal` ring."""

    ring: Ring

    def encrypt(self, text: str, place: Place) -> bytes:
        """Ciphertext under the active key, different each time."""
        key = self.ring.active
        return header_of(key.key_id) + seal(key, text.encode(), _bound(key.key_id, place))

    def decrypt(self, stored: bytes, place: Place) -> str:
        """The text. Raises Unreadable when it was changed, stood elsewhere, or its key isn't loaded."""
        key_id, sealed = _split(stored)
        return unseal(key_of(self.ring, key_id), sealed, _bound(key_id, place)).decode()

    def is_current(self, stored: bytes) -> bool:
        """Whether the active key wrote it; what isn't current is written again to end a rotation."""
        return _split(stored)[0] == self.ring.active.key_id


@dataclass(frozen=True)
class LookupDigest:
    """Keyed digests that find a value without storing it. `ring`: the `digest` ring."""

    ring: Ring

    def digest(self, kind: str, normalised: str) -> tuple[str, str]:
        """(key id, 64 hex digits) under the active key. `kind` keeps a phone apart from an equal account."""
        active = self.ring.active
        return active.key_id, _mac(active, kind, normalised)

    def digests(self, kind: str, normalised: str) -> list[tuple[str, str]]:
        """The same under every key, the active one first: what a look-up asks for and a write stores."""
        ring = self.ring.now()
        others = [key for key in ring.keys.values() if key.key_id != ring.active.key_id]
        return [(key.key_id, _mac(key, kind, normalised)) for key in [ring.active, *others]]


def header_of(key_id: str) -> bytes:
    """How everything begins that this key wrote."""
    return bytes([_VERSION, len(key_id)]) + key_id.encode("ascii")


def _split(stored: bytes) -> tuple[str, bytes]:
    if len(stored) < 2 or stored[0] != _VERSION:
        raise Unreadable("unknown_form")
    end = 2 + stored[1]
    return stored[2:end].decode("ascii", errors="replace"), stored[end:]


def _bound(key_id: str, place: Place) -> bytes:
    return header_of(key_id) + framed(place.table, place.column, place.row)


def _hmac_sha256(secret: bytes, message: bytes) -> bytes:
    return hmac.digest(secret, message, hashlib.sha256)


def _hmac_sm3(secret: bytes, message: bytes) -> bytes:
    mac = HMAC(secret, hashes.SM3())
    mac.update(message)
    return mac.finalize()


_MACS: Mapping[str, Callable[[bytes, bytes], bytes]] = {"hmac-sha-256": _hmac_sha256, "hmac-sm3": _hmac_sm3}


def _mac(key: SecretKey, kind: str, normalised: str) -> str:
    return _MACS[key.algorithm](key.secret, framed(kind, normalised)).hex()
