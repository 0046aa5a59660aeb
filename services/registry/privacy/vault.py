"""Registry's personal fields: sealed for their place, found by keyed digest, masked unless a purpose allows (X-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.identity import (
    DocumentKind,
    mask_id_number,
    mask_name,
    mask_phone,
    parse_document_number,
)
from shared.security.personal import LookupDigest, PersonalCipher, Place

_MASKS = {"name": mask_name, "number": mask_id_number, "phone": mask_phone}


@dataclass(frozen=True)
class Vault:
    """The two rings of registry: one seals, one finds."""

    cipher: PersonalCipher
    lookup: LookupDigest

    def seal(self, text: str, table: str, column: str, row_id: str) -> bytes:
        return self.cipher.encrypt(text, Place(table, column, row_id))

    def open(self, sealed: bytes, table: str, column: str, row_id: str) -> str:
        """Raises Unreadable where the bytes were changed or moved."""
        return self.cipher.decrypt(sealed, Place(table, column, row_id))

    def show(self, sealed: bytes | None, table: str, column: str, row_id: str, *, masked: bool) -> str | None:
        """A field as an answer shows it; None where nothing is on file."""
        if sealed is None:
            return None
        text = self.open(sealed, table, column, row_id)
        return _MASKS[column](text) if masked else text

    def digests(self, kind: str, number: str) -> tuple[tuple[str, str], ...]:
        """(key id, digest) of a normal number under every key of the ring, the active one first."""
        return tuple(self.lookup.digests(kind, number))


def parse_number(kind: str, text: str, today: date) -> str:
    """An identity document's number in its normal form. Raises BadNumber."""
    return parse_document_number(DocumentKind(kind), text, today)
