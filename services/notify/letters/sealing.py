"""Titles and bodies at rest: encrypted for their place, since an officer's reason may name anybody (X-4)."""

from __future__ import annotations

from dataclasses import dataclass

from services.notify.letters.rendering import Letter
from services.notify.models import MessageRow
from shared.security.personal import PersonalCipher, Place
from shared.store.database import Database
from shared.store.key_rotation import SealedColumn


@dataclass(frozen=True)
class Texts:
    """Seals a letter into a message's row and opens it again."""

    cipher: PersonalCipher

    def sealed(self, message_id: str, letter: Letter) -> tuple[bytes, bytes]:
        """Title and body as their columns keep them."""
        title = self.cipher.encrypt(letter.title, _place("title", message_id))
        return title, self.cipher.encrypt(letter.body, _place("body", message_id))

    def opened(self, row: MessageRow) -> Letter:
        """Raises Unreadable where the row was tampered with or its key isn't loaded."""
        title = self.cipher.decrypt(row.title, _place("title", row.message_id))
        return Letter(title, self.cipher.decrypt(row.body, _place("body", row.message_id)))

    def sealed_columns(self, database: Database) -> list[SealedColumn]:
        """Every text, for the rotation of the ring that seals it."""
        return [SealedColumn(database, self.cipher, MessageRow, name, "message_id") for name in ("title", "body")]


def _place(column: str, message_id: str) -> Place:
    return Place(MessageRow.__tablename__, column, message_id)
