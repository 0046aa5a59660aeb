"""Registry's personal fields: sealed for their place, found by keyed digest, masked unless a purpose allows (X-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from shared.identity import DocumentKind, mask_id_number, mask_name, mask_phone, parse_document_number
from shared.security.personal import LookupDigest, PersonalCipher, Place

Column = InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None]

_MASKS = {"name": mask_name, "number": mask_id_number, "phone": mask_phone}


@dataclass(frozen=True)
class Vault:
    """The two rings of registry: one seals, one finds."""

    cipher: PersonalCipher
    lookup: LookupDigest

    def seal(self, text: str, column: Column, row_id: str) -> bytes:
        """What the column of a row keeps of a text."""
        return self.cipher.encrypt(text, _place(column, row_id))

    def open(self, row: Any, column: Column) -> str:
        """The text in a column of a row. Raises Unreadable where the bytes were changed or moved."""
        return self.cipher.decrypt(getattr(row, column.key), _place(column, row.id))

    def show(self, row: Any, column: Column, *, masked: bool) -> str | None:
        """A column of a row as an answer shows it; None where nothing is on file, or no row."""
        if row is None or getattr(row, column.key) is None:
            return None
        text = self.open(row, column)
        return _MASKS[column.key](text) if masked else text

    def digests(self, kind: str, number: str) -> tuple[tuple[str, str], ...]:
        """(key id, digest) of a normal number under every key of the ring, the active one first."""
        return tuple(self.lookup.digests(kind, number))


def parse_number(kind: str, text: str, today: date) -> str:
    """An identity document's number in its normal form. Raises BadNumber."""
    return parse_document_number(DocumentKind(kind), text, today)


def _place(column: Column, row_id: str) -> Place:
    return Place(column.class_.__tablename__, column.key, row_id)
