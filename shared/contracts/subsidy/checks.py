"""What subsidy answers and tells about checks before payment: what is on file elsewhere about people and payees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    Decided,
    PageSize,
    Programme,
    RowResults,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, Id, Label, Reason, Rows, Whole
from shared.contracts.subsidy.claims import OVERSEERS
from shared.security.speaker import Role

HitKind = Literal[
    "deceased",
    "student",
    "insured_elsewhere",
    "funded_elsewhere",
    "past_retirement_age",
    "certified_before",
    "certificate_twice",
    "enrolled_elsewhere",
    "shared_account",
]
HitState = Literal["open", "cleared", "upheld"]
HITS_PER_CALL = 1000


@dataclass(frozen=True)
class ListHits:
    """What comparing found, the oldest first: a hit holds its claim until an officer decided it."""

    programme: Programme | None = None
    claim_id: Id | None = None
    state: HitState | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class HitShape:
    """One thing found about an enrolment of a claim, or about its payee (`shared_account`: no enrolment).

    `source`, `as_of`: the register or file in which it stands, and the day of that; `since`: of what is found there.
    `rule`, `clause`: what of the document it speaks against; `decision`: of that, once the officer decided; `words`,
    `basis`: the officer's.
    """

    hit_id: str
    claim_id: str
    project_id: str
    district: str
    kind: HitKind
    enrolment_id: str | None
    payee_id: str | None
    source: str
    as_of: date
    since: date | None
    remark: str | None
    found_on: date
    state: HitState
    decided_on: date | None
    decided_by: str | None
    words: str
    basis: str
    decision: Decided | None
    rule: str = ""
    clause: str = ""


@dataclass(frozen=True)
class HitPage:
    hits: tuple[HitShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class DecideHits:
    """By the district, for hits of one or many claims. `clear`: no obstacle, the money may go; `uphold`: the enrolment
    earns nothing, the unpaid claim is voided, what was paid is asked back on the entered `basis` (X-15)."""

    hit_ids: Annotated[tuple[Id, ...], Rows(HITS_PER_CALL, min=1)]
    outcome: Literal["clear", "uphold"]
    words: Reason
    basis: Label | None = None


@dataclass(frozen=True)
class GetChecks:
    claim_id: Id


@dataclass(frozen=True)
class ConsultedSource:
    """What was looked into, and as of which day."""

    kind: str
    source: str
    as_of: date


@dataclass(frozen=True)
class CheckShape:
    """One comparison of a claim, kept as evidence. `persons`: compared; `unread`: whose age no document tells;
    `without_source`: kinds that the document asks for and no register on file could tell about."""

    check_id: str
    checked_on: date
    checked_by: str
    persons: int
    unread: int
    consulted: tuple[ConsultedSource, ...]
    hits: int
    without_source: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckList:
    """Comparisons of a claim, the oldest first."""

    checks: tuple[CheckShape, ...]


@dataclass(frozen=True)
class ClaimHeld:
    """Comparing before payment found something: the district has to decide `hits` of them."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    hits: Annotated[int, Whole(1, 1_000_000)]
    on: date


@dataclass(frozen=True)
class HitsDecided:
    """The district decided hits of a claim. `left`: how many hold it still. Its words are asked of subsidy."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    outcome: Literal["clear", "uphold"]
    hit_ids: Annotated[tuple[Id, ...], Rows(HITS_PER_CALL, min=1)]
    left: Annotated[int, Whole(0, 1_000_000)]
    on: date


LIST_HITS = query("subsidy.list_hits", ListHits, HitPage, OVERSEERS, "What comparing before payment found.")
DECIDE_HITS = command(
    "subsidy.decide_hits", DecideHits, RowResults, (Role.DISTRICT_OFFICER,), "Hits are cleared or upheld."
)
GET_CHECKS = query("subsidy.get_checks", GetChecks, CheckList, OVERSEERS, "What a claim was compared with, and when.")
CLAIM_HELD = event("subsidy.claim_held", ClaimHeld, consumers=("notify",), about="Hits are to be decided.")
HITS_DECIDED = event(
    "subsidy.hits_decided", HitsDecided, consumers=("notify",), about="Hits of a claim were cleared or upheld."
)
