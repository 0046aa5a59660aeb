"""Identity documents: read, found by digest, added in bulk. Two calls that add the same document end with one person.

The primary key of `digests` decides that: whoever commits second finds it taken, and the kernel does the use case
again, which then finds the person. While a key ring is being rotated every document is written under each of its
keys, so that services with the old and the new active key find the same people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.models import Digest, IdentityDocument, Person
from services.registry.privacy.lookup_digests import check_all_found
from services.registry.privacy.searchable_fields import DOCUMENTS
from services.registry.privacy.vault import Vault, parse_number
from shared.batching import slices
from shared.contracts.registry.people import PersonRow
from shared.contracts.row_answers import RowAnswers
from shared.identity import BadNumber, normalise_name, parse_phone
from shared.store.bulk import insert_absent, insert_all
from shared.store.types import new_id

DIGESTS_PER_QUERY = 5000

Keyed = tuple[str, str]
"""(key id, digest)."""


@dataclass(frozen=True)
class Candidate:
    """A row in normal form. `place`: of the row in the request; `digests`: of the number, under every key."""

    place: int
    name: str
    kind: str
    number: str
    phone: str | None
    digests: tuple[Keyed, ...]

    @property
    def sought(self) -> list[tuple[str, Keyed]]:
        """What a look-up is asked for, to find the document under any key."""
        return [(self.kind, keyed) for keyed in self.digests]


@dataclass(frozen=True)
class Known:
    """A document on file and whose it is."""

    document_id: str
    person_id: str


Written = tuple[str, tuple[Keyed, ...], Known]
"""(kind, digests under every key, document)."""


def candidates(answers: RowAnswers[PersonRow], today: date, vault: Vault) -> list[Candidate]:
    """The rows whose fields are sound; the others are refused, and so is the second of two equal documents."""
    sound: dict[Keyed, Candidate] = {}
    for place, row in answers.waiting():
        candidate = _candidate(place, row, answers, today, vault)
        if candidate is None:
            continue
        first = sound.setdefault(candidate.digests[0], candidate)
        if first is not candidate:
            earlier = answers.rows[first.place].row
            answers.refuse(place, "document_number", f"与第 {earlier} 行证件号码重复，请删除其中一行")
    return list(sound.values())


def find_documents(session: Session, sought: Sequence[tuple[str, Keyed]]) -> dict[Keyed, Known]:
    """The documents of (kind, (key id, digest)), each under the very key that it was written with.

    Raises Unavailable while some document can't be found under any of these keys.
    """
    wanted = set(sought)
    if wanted:
        check_all_found(session, {key_id for _, (key_id, _) in wanted}, DOCUMENTS)
    ordered = sorted({digest for _, (_, digest) in wanted})
    found: dict[Keyed, Known] = {}
    for part in slices(ordered, DIGESTS_PER_QUERY):
        rows = session.execute(
            select(Digest.kind, Digest.key_id, Digest.digest, IdentityDocument.id, IdentityDocument.person_id)
            .join(IdentityDocument, IdentityDocument.id == Digest.document_id)
            .where(Digest.digest.in_(part))
        )
        for kind, key_id, digest, document_id, person_id in rows:
            if (kind, (key_id, digest)) in wanted:
                found[(key_id, digest)] = Known(document_id, person_id)
    return found


def store_strangers(session: Session, strangers: Sequence[Candidate], at: datetime, vault: Vault) -> dict[int, Known]:
    """New people with one document each, by place."""
    made = {one.place: Known(new_id(), new_id()) for one in strangers}
    people = []
    documents = []
    for one in strangers:
        new = made[one.place]
        name = vault.seal(one.name, Person.name, new.person_id)
        people.append({"id": new.person_id, "name": name, "registered_at": at})
        documents.append(document_row(new, one.kind, one.number, at, vault))
    insert_all(session, Person, people)
    insert_all(session, IdentityDocument, documents)
    return made


def document_row(document: Known, kind: str, number: str, at: datetime, vault: Vault) -> dict[str, object]:
    """What is stored of one identity document."""
    return {
        "id": document.document_id,
        "person_id": document.person_id,
        "kind": kind,
        "number": vault.seal(number, IdentityDocument.number, document.document_id),
        "registered_at": at,
    }


def store_digests(session: Session, documents: Sequence[Written], found: Mapping[Keyed, Known]) -> None:
    """Every digest that the look-up `found` nothing for. A second look-up would hide a lost race: see `insert_absent`.

    All writers go in one order, so that two of them never wait for each other.
    """
    rows = [
        {"key_id": key_id, "kind": kind, "digest": digest, "document_id": document.document_id}
        for kind, digests, document in documents
        for key_id, digest in digests
        if (key_id, digest) not in found
    ]
    insert_absent(session, Digest, sorted(rows, key=lambda row: (row["key_id"], row["digest"])))


def _candidate(
    place: int, row: PersonRow, answers: RowAnswers[PersonRow], today: date, vault: Vault
) -> Candidate | None:
    name = normalise_name(row.name)
    if not name:
        answers.refuse(place, "name", "姓名不能为空，请填写")
        return None
    field = "document_number"
    try:
        number = parse_number(row.document_kind, row.document_number, today)
        field = "phone"
        phone = parse_phone(row.phone) if row.phone else None
    except BadNumber as fault:
        answers.refuse(place, field, str(fault))
        return None
    digests = vault.digests(row.document_kind, number)
    return Candidate(place, name, row.document_kind, number, phone, digests)
