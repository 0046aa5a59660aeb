"""What the proof works out: amounts by bucket and account, and the sentences about what doesn't fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, true

from services.subsidy.ledger.books import Bucket
from services.subsidy.models import Appropriation, Books, Budget, Claim, Clawback, Closing, Demand, Posting, Reduction
from shared.money import Money
from shared.security.speaker import Speaker
from shared.store.access_filter import in_reach

BucketAccount = tuple[Bucket, str]


@dataclass
class ExpectedBook:
    """Amounts in fen by bucket and account, and the sentences about what doesn't fit."""

    amounts: Counter[BucketAccount] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    fen_off: int = 0

    def move(self, bucket: Bucket, debit: str, credit: str, amount: Money) -> None:
        """As a posting would; ledger/postings.py says what each account stands for."""
        self.amounts[bucket, debit] += amount.fen
        self.amounts[bucket, credit] -= amount.fen

    def total(self, account: str) -> Money:
        """Debits less credits of an account over all buckets, in yuan."""
        return Money(sum(fen for (_, name), fen in self.amounts.items() if name == account))

    def compare(self, what: str, found: Money, expected: Money) -> None:
        """Notes a difference. `what`: Chinese, ids and codes only."""
        if found != expected:
            self.fen_off += abs(found.fen - expected.fen)
            self.differences.append(f"{what}：现为 {found}，应为 {expected}")

    def differ(self, sentence: str) -> None:
        """Notes a difference that isn't one of money; it counts as one fen."""
        self.fen_off += 1
        self.differences.append(sentence)


Placed = type[Appropriation | Books | Budget | Claim | Clawback | Closing | Demand | Posting | Reduction]
"""A table whose rows belong to a district."""


@dataclass(frozen=True)
class Within:
    """Narrows a table with a district to the reach of a speaker; None: everything."""

    speaker: Speaker | None

    def __call__(self, table: Placed) -> ColumnElement[bool]:
        return true() if self.speaker is None else in_reach(self.speaker, table.district)


def amounts_of(stored: Mapping[str, Any]) -> dict[str, Money]:
    """The amounts of a stored decision, without reading the rest of it."""
    return {name: Money.parse(amount) for name, amount in stored["amounts"].items()}
