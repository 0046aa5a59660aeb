"""Who stands in an edition of a register: each once, sealed, found by digests under every key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import RegisterDigest, RegisterSubject
from services.registry.parties.identity_documents import DIGESTS_PER_QUERY, Keyed
from services.registry.privacy.lookup_digests import check_all_found
from services.registry.privacy.searchable_fields import SUBJECTS
from services.registry.privacy.vault import Vault
from shared.batching import slices
from shared.store.bulk import insert_absent, insert_all
from shared.store.types import new_id


@dataclass(frozen=True)
class Line:
    """A sound row in normal form. `place`: of the row in the request; `digests`: of the number, under every key."""

    place: int
    kind: str
    number: str
    digests: tuple[Keyed, ...]
    from_on: date
    to_on: date
    remark: str


def subjects_of(session: Session, register_id: str, lines: Sequence[Line], vault: Vault) -> dict[Keyed, str]:
    """Subject ids by each line's first digest: those of the edition already, and new ones. Raises Unavailable while
    somebody of a register can't be found under these keys.
    """
    found = _found(session, register_id, lines)
    subjects: dict[Keyed, str] = {}
    new: list[dict[str, Any]] = []
    digests: dict[Keyed, dict[str, str]] = {}
    for line in lines:
        subject_id = next((found[keyed] for keyed in line.digests if keyed in found), None)
        if subject_id is None:
            subject_id = new_id()
            sealed = vault.seal(line.number, RegisterSubject.number, subject_id)
            new.append({"id": subject_id, "register_id": register_id, "kind": line.kind, "number": sealed})
        for keyed in line.digests:
            if keyed not in found:
                found[keyed] = subject_id
                digests[keyed] = {"kind": line.kind, "register_id": register_id, "subject_id": subject_id}
        subjects[line.digests[0]] = subject_id
    insert_all(session, RegisterSubject, new)
    rows = [{"key_id": key_id, "digest": digest} | digests[key_id, digest] for key_id, digest in sorted(digests)]
    insert_absent(session, RegisterDigest, rows)
    return subjects


def _found(session: Session, register_id: str, lines: Sequence[Line]) -> dict[Keyed, str]:
    """Subjects of this edition by the digests that the lines are sought under."""
    sought = {keyed for line in lines for keyed in line.digests}
    if sought:
        check_all_found(session, {key_id for key_id, _ in sought}, SUBJECTS)
    found: dict[Keyed, str] = {}
    for part in slices(sorted({digest for _, digest in sought}), DIGESTS_PER_QUERY):
        rows = session.execute(
            select(RegisterDigest.key_id, RegisterDigest.digest, RegisterDigest.subject_id).where(
                RegisterDigest.register_id == register_id, RegisterDigest.digest.in_(part)
            )
        )
        found |= {(key_id, digest): subject_id for key_id, digest, subject_id in rows}
    return found
