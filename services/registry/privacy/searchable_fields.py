"""What is sealed and yet found: identity documents, bank accounts, people in other offices' registers (X-4).

Each has a table of digests, one row per key and sealed number; `lookup_digests.py` keeps them while keys change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import InstrumentedAttribute

from services.registry.models import (
    AccountDigest,
    Digest,
    IdentityDocument,
    Organisation,
    RegisterDigest,
    RegisterSubject,
    RegistryTable,
)

ACCOUNT = "bank_account"
"""Keeps an account's digest apart from those of identity documents, whose kinds are their own."""


@dataclass(frozen=True)
class Findable:
    """Sealed numbers in a column. `label`: Chinese; `digests`: their table, whose column `owner` refers to the row.

    `kind`: what goes into a digest besides the number, None for the row's own `kind`; `beside`: the columns that a
    digest has from its row.
    """

    label: str
    column: InstrumentedAttribute[Any]
    digests: type[RegistryTable]
    owner: str
    kind: str | None = None
    beside: tuple[str, ...] = ()

    @property
    def table(self) -> type[RegistryTable]:
        """Whose column it is."""
        return cast("type[RegistryTable]", self.column.class_)

    @property
    def name(self) -> str:
        """Of that table in the database."""
        return str(self.table.__tablename__)

    def kind_of(self, row: Any) -> str:
        """What goes into the digest of a row besides its number."""
        return self.kind or str(row.kind)


DOCUMENTS = Findable("证件", IdentityDocument.number, Digest, "document_id", beside=("kind",))
ACCOUNTS = Findable("银行账号", Organisation.bank_account, AccountDigest, "organisation_id", kind=ACCOUNT)
SUBJECTS = Findable("名册", RegisterSubject.number, RegisterDigest, "subject_id", beside=("kind", "register_id"))
EVERYTHING = (DOCUMENTS, ACCOUNTS, SUBJECTS)
