"""What is sealed and yet found: identity documents, bank accounts, people in other offices' registers (X-4).

Each has a table of digests, one row per key and sealed number; `digests.py` keeps them while keys change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    """Sealed numbers of a table. `label`: Chinese; `column`: of the sealed number.

    `digests`: their table, whose column `owner` refers to the row; `kind`: what goes into a row's digest besides the
    number; `beside`: the other columns of its digests.
    """

    label: str
    table: type[RegistryTable]
    column: str
    digests: type[RegistryTable]
    owner: str
    kind: Callable[[Any], str]
    beside: Callable[[Any], Mapping[str, str]]

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)


DOCUMENTS = Findable(
    label="证件",
    table=IdentityDocument,
    column="number",
    digests=Digest,
    owner="document_id",
    kind=lambda document: str(document.kind),
    beside=lambda document: {"kind": document.kind},
)
ACCOUNTS = Findable(
    label="银行账号",
    table=Organisation,
    column="bank_account",
    digests=AccountDigest,
    owner="organisation_id",
    kind=lambda _: ACCOUNT,
    beside=lambda _: {},
)
SUBJECTS = Findable(
    label="名册",
    table=RegisterSubject,
    column="number",
    digests=RegisterDigest,
    owner="subject_id",
    kind=lambda subject: str(subject.kind),
    beside=lambda subject: {"kind": subject.kind, "register_id": subject.register_id},
)
EVERYTHING = (DOCUMENTS, ACCOUNTS, SUBJECTS)
