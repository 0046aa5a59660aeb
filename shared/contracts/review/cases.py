"""What review answers and tells about cases, projects and rosters: one whole, lists, events (APP-24).

What is done to them, from the application to the last review step: `applications.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    READERS,
    DeadlineClosed,
    DeadlineSet,
    Decided,
    DocumentIdentity,
    GetHistory,
    HistoryPage,
    Level,
    ListWaiting,
    Occupation,
    PageSize,
    Programme,
    WaitingPage,
)
from shared.contracts.schema.declare import event, query
from shared.contracts.schema.shapes import (
    IDS_PER_EVENT,
    Code,
    District,
    FileRef,
    Id,
    Label,
    Prose,
    Reason,
    Rows,
    Text,
    Whole,
)

Hours = Annotated[int, Whole(0, 100_000)]
Consent = Literal["given", "no_superior", "missing"]
CaseKind = Literal["project", "roster"]
CaseState = Literal["awaiting_provider", "in_review", "returned", "approved", "rejected", "withdrawn"]


@dataclass(frozen=True)
class ProjectPlan:
    """What an employer applies for. Credits: the split agreed beforehand (APP-15); hours: general, theory, practice."""

    occupation: Occupation
    level: Level
    term_years: Annotated[int, Whole(1, 10)]
    starts_on: date
    head_count: Annotated[int, Whole(1, 100_000)]
    standard: Annotated[str, Text(200, min=0)]
    classroom_credits: Annotated[int, Whole(0, 10_000)]
    workplace_credits: Annotated[int, Whole(0, 10_000)]
    general_hours: Hours
    theory_hours: Hours
    practice_hours: Hours
    special_case_reason: Prose = ""
    form: Literal["own", "joint", "entrusted"] = "own"
    form_filed: bool = True
    entrusted_employer_id: Id | None = None
    coordinated_by: Annotated[str, Text(200, min=0)] = ""
    entrusting_agreement: FileRef | None = None
    employer_rules: tuple[Code, ...] = ()


@dataclass(frozen=True)
class RefusedPerson:
    person_id: Id
    reason: Reason


@dataclass(frozen=True)
class CaseStep:
    """One line of a case's history."""

    number: int
    station: str | None
    move: str
    by: str
    role: str
    on: date
    opinion: str
    co_departments: tuple[str, ...]


@dataclass(frozen=True)
class EarlierDecision:
    """A decision that was made again since, with other findings: at each review step the evidence of its day counts.

    `name`: such as `registry.employer`; `decided_on`: null from before days were kept.
    """

    name: str
    round: int
    decided_on: date | None
    decision: Decided


@dataclass(frozen=True)
class CaseShape:
    """A case whole: its plan or its people, its decisions with all findings, its history.

    Decisions about the people of a roster come in pages: `cursor` asks for the next one, null at the end. `decisions`:
    those that count; `earlier_decisions`: what was found before and differs, about the same.
    """

    case_id: str
    kind: CaseKind
    programme: str
    document: str
    state: CaseState
    station: str | None
    district: str
    employer_id: str
    provider_id: str
    project_id: str
    submitted_on: date
    approved_on: date | None
    occupation_class: str | None
    plan: ProjectPlan
    decisions: tuple[Decided, ...]
    history: tuple[CaseStep, ...]
    persons_accepted: tuple[str, ...]
    persons_refused: tuple[RefusedPerson, ...] = ()
    cursor: str | None = None
    earlier_decisions: tuple[EarlierDecision, ...] = ()


@dataclass(frozen=True)
class GetCase:
    """`cursor`, `limit`: which page of the decisions about a roster's people."""

    case_id: Id
    cursor: Id | None = None
    limit: PageSize = 1000


@dataclass(frozen=True)
class ListCases:
    """Cases in the speaker's reach, and for an officer the projects of providers of the district (INT-22).

    `waiting_for_me`: only those whose present station is the speaker's.

    `blocked`: only cases whose project has, or hasn't, a standing block (X-11). Days are those of
    submission, both included.
    """

    waiting_for_me: bool = False
    kind: CaseKind | None = None
    state: CaseState | None = None
    programme: Programme | None = None
    station: Label | None = None
    district: District | None = None
    employer_id: Id | None = None
    provider_id: Id | None = None
    project_id: Id | None = None
    occupation: Occupation | None = None
    level: Level | None = None
    submitted_from: date | None = None
    submitted_to: date | None = None
    blocked: bool | None = None
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class CaseLine:
    case_id: str
    kind: CaseKind
    programme: str
    state: CaseState
    station: str | None
    district: str
    employer_id: str
    submitted_on: date


@dataclass(frozen=True)
class CasePage:
    cases: tuple[CaseLine, ...]
    cursor: str | None


# --- events ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CaseTold:
    """`station`: id of the review step where it now waits, of a withdrawn case where it waited, null when nobody
    reviews it. `reason`: the clauses that stand in the way; an officer's own words stay on the case.
    """

    case_id: Id
    kind: CaseKind
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    project_id: Id
    station: Label | None = None
    reason: Prose = ""


@dataclass(frozen=True)
class ProjectApproved:
    """An approved project with all that training and subsidy need of it, as fixed at approval (INT-1, INT-24)."""

    project_id: Id
    programme: Programme
    document: DocumentIdentity
    district: District
    employer_id: Id
    provider_id: Id
    provider_kind: Code
    submitted_on: date
    approved_on: date
    occupation: Occupation
    occupation_class: Code
    plan: ProjectPlan
    cooperation_agreement: bool


@dataclass(frozen=True)
class RosterApproved:
    """People accepted by the district: at most 1000 an event; `part` of `parts` events of one roster."""

    case_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    approved_on: date
    part: Annotated[int, Whole(1, 1000)]
    parts: Annotated[int, Whole(1, 1000)]
    person_ids: Annotated[tuple[Id, ...], Rows(IDS_PER_EVENT)]


GET_CASE = query("review.get_case", GetCase, CaseShape, READERS, "A case whole.")
LIST_CASES = query("review.list_cases", ListCases, CasePage, READERS, "Cases in reach, and what waits for me.")

LIST_WAITING = query("review.list_waiting", ListWaiting, WaitingPage, READERS, "What waits for the speaker.")
GET_HISTORY = query("review.get_history", GetHistory, HistoryPage, READERS, "What happened to a project.")

CASE_SUBMITTED = event("review.case_submitted", CaseTold, consumers=("notify",), about="A case waits at a station.")
CASE_RETURNED = event("review.case_returned", CaseTold, consumers=("notify",), about="A case went back for revision.")
CASE_REJECTED = event("review.case_rejected", CaseTold, consumers=("notify",), about="A case was refused.")
CASE_WITHDRAWN = event("review.case_withdrawn", CaseTold, consumers=("notify",), about="The employer took it back.")
DEADLINE_SET = event("review.deadline_set", DeadlineSet, consumers=("notify",), about="Something is due.", public=False)
DEADLINE_CLOSED = event(
    "review.deadline_closed", DeadlineClosed, consumers=("notify",), about="It is no longer due.", public=False
)
PROJECT_APPROVED = event(
    "review.project_approved",
    ProjectApproved,
    consumers=("training", "subsidy", "notify"),
    about="A project passed every station.",
)
ROSTER_APPROVED = event(
    "review.roster_approved",
    RosterApproved,
    consumers=("training", "notify"),
    about="People passed the district's review of the roster.",
)
