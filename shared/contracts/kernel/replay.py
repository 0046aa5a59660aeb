"""Stored decisions under a document that isn't installed: what would change, and by how many yuan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from shared.contracts.common import PageSize, Position
from shared.contracts.schema.declare import of_every_service, query
from shared.contracts.schema.shapes import Json, Text
from shared.money import Money
from shared.security.speaker import Role

DOCUMENT_MAX = 200_000
"""Characters of a policy document that is sent to be tried; the longest one at hand has a tenth of them."""


@dataclass(frozen=True)
class ReplayDecisions:
    """`document`: the YAML text of a policy document, which is neither installed nor kept.

    `as_if_from`: the asker's assumption that its first values held since that day; null for none. `cursor`: the last
    decision already replayed, 0 for the beginning.
    """

    document: Annotated[str, Text(DOCUMENT_MAX)]
    as_if_from: date | None = None
    cursor: Position = 0
    limit: PageSize = 200


@dataclass(frozen=True)
class FindingSide:
    """What a rule finds under one of the two documents."""

    rule: str
    clause: str
    outcome: str


@dataclass(frozen=True)
class FindingFlip:
    """A rule function whose outcome changes; a side is null where that document doesn't ask it."""

    function: str
    before: FindingSide | None
    after: FindingSide | None


@dataclass(frozen=True)
class AmountChange:
    """An amount of decisions before and after, in yuan."""

    name: str
    before: Money
    after: Money


@dataclass(frozen=True)
class ReplayedDecision:
    """A decision that would change, or that can't be decided: then `after` is null and `reason` says why.

    `newest`: no later decision of that name is about the same subject; `answers`: name → [before, after].
    """

    decision_id: str
    name: str
    subject_id: str
    project_id: str | None
    business_date: date
    newest: bool
    before: str
    after: str | None
    flips: tuple[FindingFlip, ...]
    amounts: tuple[AmountChange, ...]
    answers: Json
    reason: str


@dataclass(frozen=True)
class ReplayTotal:
    """Of the decisions of one name on this page: how many there are of each kind, and the sums of their amounts.

    Sums hold the newest decision about each subject only: one that was made again is not money twice.
    """

    name: str
    same: int
    changed: int
    undecided: int
    amounts: tuple[AmountChange, ...]


@dataclass(frozen=True)
class ReplayPage:
    """`document`: the identity of the text; `others`: decisions of other programmes, passed over; `last`: the number
    of the newest decision, for progress. `cursor`: null at the end.
    """

    document: str
    totals: tuple[ReplayTotal, ...]
    changes: tuple[ReplayedDecision, ...]
    others: int
    last: int
    cursor: int | None


REPLAY_DECISIONS = of_every_service(
    query,
    "replay_decisions",
    ReplayDecisions,
    ReplayPage,
    (Role.CITY_OFFICER, Role.AUDITOR),
    "Decides stored facts under another document and shows what would change; changes nothing.",
)
