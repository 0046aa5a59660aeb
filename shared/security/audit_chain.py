"""Audit rows in a hash chain with signed heads: what was changed, removed, added or cut shows. Pure.

    link(n) = H("skills audit link" | algorithm | chain | n | row id | digest of row n | link(n-1))

A seal holds one row's place in the chain. A head (the newest link) is signed and kept by the other
services: who can rewrite rows, seals and links still can't make them agree with the heads others keep.
What no head covers yet isn't protected: the age of unsealed rows and unpublished heads is a metric.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.security.aead import framed
from shared.security.canonical import canonical_json
from shared.security.keys import SigningKey

_HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {"sha-256": hashes.SHA256, "sm3": hashes.SM3}
_START = "0" * 64


@dataclass(frozen=True)
class AuditRow:
    """What is protected. `content`: JSON without floats (who, what, on what, from where, outcome ...)."""

    row_id: str
    recorded_at: datetime
    content: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.recorded_at.utcoffset() is None:
            # It would be read as local time, and the row would have another digest on another machine.
            raise ValueError("recorded_at has no time zone: give an aware instant")


@dataclass(frozen=True)
class Seal:
    """A row's place in a chain, from sequence 1. `digest`, `link`: hex."""

    sequence: int
    row_id: str
    digest: str
    link: str
    algorithm: str


@dataclass(frozen=True)
class Head:
    """Where a chain stands. Sequence 0 is the empty chain."""

    chain: str
    sequence: int = 0
    link: str = _START


@dataclass(frozen=True)
class SignedHead:
    """A head as it is published and kept by others. `signature`: hex, Ed25519."""

    head: Head
    sealed_at: datetime
    key_id: str
    signature: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return _head_json(self.head, self.sealed_at) | {"key_id": self.key_id, "signature": self.signature}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SignedHead:
        """Raises KeyError, TypeError or ValueError when it is no signed head."""
        head = Head(str(value["chain"]), int(value["sequence"]), str(value["link"]))
        sealed_at = datetime.fromisoformat(value["sealed_at"])
        return cls(head, sealed_at, str(value["key_id"]), str(value["signature"]))


class Kind(StrEnum):
    """What can be wrong with a chain."""

    CHANGED = "changed"  # a row's content isn't what was sealed
    REMOVED = "removed"  # a sealed row is gone
    INSERTED = "inserted"  # a row from before the last seal was never sealed
    GAP = "gap"  # a seal is gone, doubled, or names a row that another names
    BROKEN_LINK = "broken_link"  # a seal was changed or moved
    REWRITTEN = "rewritten"  # the chain isn't the one that a head was signed for
    TRUNCATED = "truncated"  # the chain ends before a head
    BAD_HEAD = "bad_head"  # a head of another chain, forged, or under an unknown key


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what it means."""

    kind: Kind
    message: str
    sequence: int | None = None
    row_id: str | None = None


def seal(previous: Head, rows: Iterable[AuditRow], algorithm: str = "sha-256") -> tuple[list[Seal], Head]:
    """Seals rows in the order given, after `previous`; returns their seals and the new head."""
    seals: list[Seal] = []
    head = previous
    for row in rows:
        digest = _row_digest(row, algorithm)
        sequence = head.sequence + 1
        link = _link(head.chain, sequence, row.row_id, digest, head.link, algorithm)
        seals.append(Seal(sequence, row.row_id, digest, link, algorithm))
        head = Head(head.chain, sequence, link)
    return seals, head


def sign_head(head: Head, key: SigningKey, at: datetime) -> SignedHead:
    """The head for publication. `at`: real time, aware."""
    return SignedHead(head, at, key.key_id, key.private.sign(_head_bytes(head, at)).hex())


def head_is_genuine(signed: SignedHead, public_keys: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether one of the chain's own keys signed it: asked before a head of another service is kept."""
    public = public_keys.get(signed.key_id)
    if public is None:
        return False
    try:
        public.verify(bytes.fromhex(signed.signature), _head_bytes(signed.head, signed.sealed_at))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify(
    chain: str,
    rows: Sequence[AuditRow],
    seals: Sequence[Seal],
    heads: Sequence[SignedHead],
    public_keys: Mapping[str, Ed25519PublicKey],
    sealed_until: datetime,
) -> list[Problem]:
    """Everything that is wrong with a whole chain; an empty list when nothing is.

    `heads`: as the *other* services keep them. `sealed_until`: rows recorded before it must have been
    sealed; later ones may still wait. `public_keys`: by key id, retired ones too.
    """
    ordered = sorted(seals, key=lambda one: one.sequence)
    return [
        *_gaps(ordered),
        *_broken_links(chain, ordered),
        *_rows_against_seals(rows, ordered, sealed_until),
        *_seals_against_heads(chain, ordered, heads, public_keys),
    ]


def _gaps(seals: Sequence[Seal]) -> list[Problem]:
    missing = set(range(1, seals[-1].sequence + 1)) - {one.sequence for one in seals} if seals else set()
    problems = [Problem(Kind.GAP, "a seal is missing", sequence) for sequence in sorted(missing)]
    for sequence, times in Counter(one.sequence for one in seals).items():
        if times > 1 or sequence < 1:
            problems.append(Problem(Kind.GAP, "a sequence number stands twice or below 1", sequence))
    for row_id, times in Counter(one.row_id for one in seals).items():
        if times > 1:
            problems.append(Problem(Kind.GAP, "two seals name the same row", row_id=row_id))
    return problems


def _broken_links(chain: str, seals: Sequence[Seal]) -> list[Problem]:
    problems = []
    before = _START
    for one in seals:
        known = one.algorithm in _HASHES
        if not known or one.link != _link(chain, one.sequence, one.row_id, one.digest, before, one.algorithm):
            problems.append(Problem(Kind.BROKEN_LINK, "the seal was changed or moved", one.sequence, one.row_id))
        before = one.link  # go on from what stands there, so that only the real breaks are named
    return problems


def _rows_against_seals(rows: Sequence[AuditRow], seals: Sequence[Seal], sealed_until: datetime) -> list[Problem]:
    by_id = {row.row_id: row for row in rows}
    problems = []
    for one in seals:
        row = by_id.get(one.row_id)
        if row is None:
            problems.append(Problem(Kind.REMOVED, "the sealed row is gone", one.sequence, one.row_id))
        elif one.algorithm in _HASHES and _row_digest(row, one.algorithm) != one.digest:
            problems.append(Problem(Kind.CHANGED, "the row isn't as sealed", one.sequence, one.row_id))
    sealed = {one.row_id for one in seals}
    for row in rows:
        if row.row_id not in sealed and row.recorded_at < sealed_until:
            problems.append(Problem(Kind.INSERTED, "an old row was never sealed", row_id=row.row_id))
    return problems


def _seals_against_heads(
    chain: str,
    seals: Sequence[Seal],
    heads: Sequence[SignedHead],
    public_keys: Mapping[str, Ed25519PublicKey],
) -> list[Problem]:
    links = {one.sequence: one.link for one in seals} | {0: _START}
    last = seals[-1].sequence if seals else 0
    problems = []
    for signed in heads:
        head = signed.head
        if head.chain != chain or not head_is_genuine(signed, public_keys):
            problems.append(Problem(Kind.BAD_HEAD, "no key of this chain signed the head", head.sequence))
        elif head.sequence > last:
            message = f"the chain ends at {last}, a head says that it reached {head.sequence}"
            problems.append(Problem(Kind.TRUNCATED, message, head.sequence))
        elif links.get(head.sequence) != head.link:
            problems.append(Problem(Kind.REWRITTEN, "the chain isn't the one signed here", head.sequence))
    return problems


def _row_digest(row: AuditRow, algorithm: str) -> str:
    recorded_at = row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return _hash(algorithm, framed("skills audit row", row.row_id, recorded_at) + canonical_json(row.content))


def _link(chain: str, sequence: int, row_id: str, digest: str, before: str, algorithm: str) -> str:
    parts = ("skills audit link", algorithm, chain, str(sequence), row_id, digest, before)
    return _hash(algorithm, framed(*parts))


def _hash(algorithm: str, content: bytes) -> str:
    digest = hashes.Hash(_HASHES[algorithm]())
    digest.update(content)
    return digest.finalize().hex()


def _head_json(head: Head, sealed_at: datetime) -> dict[str, Any]:
    return {
        "chain": head.chain,
        "sequence": head.sequence,
        "link": head.link,
        "sealed_at": sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def _head_bytes(head: Head, sealed_at: datetime) -> bytes:
    # The purpose stands in front: no other signature of the same key can pass for a head.
    return framed("skills audit head") + canonical_json(_head_json(head, sealed_at))
