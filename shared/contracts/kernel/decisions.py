"""Stored decisions: read whole, and decided again from their facts (X-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.contracts.common import PageSize, Position
from shared.contracts.schema.declare import of_every_service, query
from shared.contracts.schema.shapes import Id, Json
from shared.security.speaker import Role

AUDITORS = (Role.OPERATOR, Role.AUDITOR)


@dataclass(frozen=True)
class VerifyDecisions:
    cursor: Position = 0
    limit: PageSize = 500


@dataclass(frozen=True)
class VerifiedDecisions:
    """`differing`: ids whose facts, decided again, no longer give what was decided; how a finding is worded doesn't
    count. `cursor`: null at the end.
    """

    verified: int
    differing: tuple[str, ...]
    cursor: int | None


@dataclass(frozen=True)
class ListDecisions:
    subject_id: Id
    limit: PageSize = 200


@dataclass(frozen=True)
class StoredDecision:
    id: str
    name: str
    document: str
    business_date: date
    decision: Json


@dataclass(frozen=True)
class DecisionPage:
    decisions: tuple[StoredDecision, ...]


VERIFY_DECISIONS = of_every_service(
    query,
    "verify_decisions",
    VerifyDecisions,
    VerifiedDecisions,
    AUDITORS,
    "Decides stored facts again and names what differs (X-6).",
)
LIST_DECISIONS = of_every_service(
    query,
    "list_decisions",
    ListDecisions,
    DecisionPage,
    (Role.CITY_OFFICER, *AUDITORS),
    "Every decision about one subject, whole.",
)
