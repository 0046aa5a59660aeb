"""What subsidy answers and tells about claims, and why each yuan was paid or refused; and the roles that it serves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.common import (
    OFFICERS,
    Decided,
    FindingShape,
    GetHistory,
    HistoryPage,
    ListWaiting,
    Opinion,
    PageSize,
    Programme,
    WaitingPage,
)
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, Id, Json, Label, Prose
from shared.money import ZERO, Money
from shared.security.speaker import Role

FINANCE = (Role.FINANCE_OFFICER,)
READERS = (*OFFICERS, *FINANCE, Role.EMPLOYER, Role.AUDITOR, Role.CITY_FINANCE_OFFICER, Role.MACHINE)
OVERSEERS = (*OFFICERS, *FINANCE, Role.CITY_FINANCE_OFFICER, Role.AUDITOR)
ClaimState = Literal["submitted", "returned", "rejected", "approved", "in_payment", "paid", "closed", "voided"]
ClaimKind = Literal["advance", "final", "supplementary"]
PaymentState = Literal["prepared", "instructed", "unknown", "paid", "rejected", "returned", "voided"]


@dataclass(frozen=True)
class FundManagement:
    """What the employer declares and keeps (APP-22)."""

    education_budget: bool
    fund_rules: bool
    separate_account: bool
    funded_register: bool


@dataclass(frozen=True)
class SubmitClaim:
    """By the employer: the advance after enrolment, the final claim after assessment (APP-20).

    `supplementary`: for certificates issued after the final claim, where the document allows it (INT-33).
    """

    project_id: Id
    kind: ClaimKind
    management: FundManagement
    advance_waived: bool = False


@dataclass(frozen=True)
class DecideClaim:
    """By the district: approving reserves the money, source by source."""

    claim_id: Id
    outcome: Literal["approve", "return", "reject"]
    opinion: Opinion


@dataclass(frozen=True)
class SettleProject:
    """By the district, where the employer of a run that is over never claims (INT-88)."""

    project_id: Id


@dataclass(frozen=True)
class ProjectSettled:
    """`persons`: who failed or left in all; `asked_back`: yuan for which demands were opened now."""

    project_id: str
    persons: int
    asked_back: Money


@dataclass(frozen=True)
class GetClaim:
    claim_id: Id


@dataclass(frozen=True)
class FundPart:
    """An amount of one fund source in one fiscal year."""

    fund_source: str
    fiscal_year: int
    amount: Money


@dataclass(frozen=True)
class ClaimShape:
    """A claim. `amount`: what it pays; `entitlement`, `clawback`: sums over its enrolments (final claims).

    `missing`: what the budget could not bear when approval was last tried; the claim is then still `submitted`.
    `set_off`: the part of `amount` that isn't sent but kept for what the claim takes back (INT-4); `funding`: the rest.
    """

    claim_id: str
    project_id: str
    programme: str
    document: str
    district: str
    employer_id: str
    kind: ClaimKind
    state: ClaimState
    submitted_on: date
    decided_on: date | None
    paid_on: date | None
    persons: int
    amount: Money
    entitlement: Money
    clawback: Money
    funding: tuple[FundPart, ...]
    decision: Decided
    missing: Money = ZERO
    opinion: Prose = ""
    set_off: Money = ZERO


@dataclass(frozen=True)
class ListClaims:
    """Claims in the speaker's reach. `waiting_for_me`: those that the speaker's role has to deal with next.

    Every filter that is given narrows; days of submission count from `submitted_from` to `submitted_to`, both included.
    """

    waiting_for_me: bool = False
    state: ClaimState | None = None
    project_id: Id | None = None
    programme: Programme | None = None
    kind: ClaimKind | None = None
    employer_id: Id | None = None
    district: District | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class ClaimPage:
    claims: tuple[ClaimShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class ExplainClaim:
    """Line by line, with the whole decision behind each amount."""

    claim_id: Id
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class ClaimLine:
    line_id: str
    enrolment_id: str
    person_id: str
    amount: Money
    clawback: Money
    decision_id: str
    decision: Json


@dataclass(frozen=True)
class ClaimExplained:
    claim_id: str
    lines: tuple[ClaimLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class ListUnpaid:
    """Approved claims that aren't paid, the oldest approval first (APP-38)."""

    programme: Programme | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class UnpaidClaim:
    """`age_days`: since its approval; `finding`: what the document says about it, null where no clause does."""

    claim_id: str
    project_id: str
    programme: str
    district: str
    employer_id: str
    kind: ClaimKind
    state: ClaimState
    amount: Money
    approved_on: date
    age_days: int
    finding: FindingShape | None


@dataclass(frozen=True)
class UnpaidPage:
    claims: tuple[UnpaidClaim, ...]
    cursor: str | None


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClaimTold:
    """`state`: what it became; amounts in yuan; `set_off`: how much of `amount` is kept for what it takes back."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    kind: ClaimKind
    state: ClaimState
    amount: Money
    clawback: Money
    set_off: Money = ZERO


SUBMIT_CLAIM = command("subsidy.submit_claim", SubmitClaim, ClaimShape, (Role.EMPLOYER,), "An employer's claim.")
DECIDE_CLAIM = command(
    "subsidy.decide_claim", DecideClaim, ClaimShape, (Role.DISTRICT_OFFICER,), "The district's decision on a claim."
)
SETTLE_PROJECT = command(
    "subsidy.settle_project",
    SettleProject,
    ProjectSettled,
    (Role.DISTRICT_OFFICER,),
    "Asks back what is due where nobody claims.",
)
GET_CLAIM = query("subsidy.get_claim", GetClaim, ClaimShape, READERS, "A claim with its decision and funding.")
LIST_CLAIMS = query("subsidy.list_claims", ListClaims, ClaimPage, READERS, "Claims in reach, and what waits for me.")
EXPLAIN_CLAIM = query(
    "subsidy.explain_claim", ExplainClaim, ClaimExplained, READERS, "Why each yuan, clause by clause."
)
LIST_UNPAID = query("subsidy.list_unpaid", ListUnpaid, UnpaidPage, OVERSEERS, "Approved and not paid: how long.")
LIST_WAITING = query("subsidy.list_waiting", ListWaiting, WaitingPage, READERS, "What waits for the speaker.")
GET_HISTORY = query("subsidy.get_history", GetHistory, HistoryPage, READERS, "What happened to a project's money.")

CLAIM_SUBMITTED = event("subsidy.claim_submitted", ClaimTold, consumers=("notify",), about="A claim waits.")
CLAIM_DECIDED = event(
    "subsidy.claim_decided", ClaimTold, consumers=("notify",), about="A claim was decided, or voided."
)
