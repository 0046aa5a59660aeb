"""Shapes that several services use: answers per row, findings, decisions, what waits, histories, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from shared.contracts.schema.shapes import Code, District, Id, Label, Prose, Reason, Text, Whole
from shared.security.speaker import Role

Programme = Code
Level = Code
Occupation = Annotated[str, Text(64, pattern=r"[0-9A-Za-z._-]+", hint="请填写职业（工种）代码")]
DocumentIdentity = Annotated[str, Text(160, pattern=r"[a-z0-9-]+@[0-9a-f]{64}", hint="请填写政策文件标识")]
RowNumber = Annotated[int, Whole(0, 1_000_000)]
Year = Annotated[int, Whole(2000, 2100)]
PageSize = Annotated[int, Whole(1, 1000)]
Position = Annotated[int, Whole(0, 2**53)]
"""A place in a list that only grows; 0 is its beginning."""

# Roles that the services' methods are given to together; who may reach what is a question of jurisdiction besides.
OFFICERS = (Role.DISTRICT_OFFICER, Role.CITY_OFFICER)
PARTIES = (Role.EMPLOYER, Role.TRAINING_PROVIDER)
READERS = (*OFFICERS, *PARTIES, Role.FINANCE_OFFICER, Role.AUDITOR, Role.MACHINE)
INTERNAL = (Role.MACHINE,)


@dataclass(frozen=True)
class RowResult:
    """What became of one row of a list. `id`: what was made or already there; `message`: the reason and the cure."""

    row: int
    outcome: Literal["accepted", "unchanged", "refused"]
    id: str | None = None
    field: str | None = None
    message: str | None = None


@dataclass(frozen=True)
class RowResults:
    """One result per row, in the order of the request."""

    rows: tuple[RowResult, ...]


@dataclass(frozen=True)
class FindingShape:
    """What one rule found: `compared` as it was compared, `message` in Chinese with the cure."""

    rule: str
    clause: str
    outcome: str
    force: str
    compared: str
    message: str


@dataclass(frozen=True)
class Decided:
    """A stored decision in short. `subject_id`: whom or what it is about."""

    decision_id: str
    subject_id: str
    verdict: Literal["met", "needs_reason", "refused"]
    findings: tuple[FindingShape, ...]

    @classmethod
    def of(cls, decision_id: str, subject_id: str, decision: Mapping[str, Any]) -> Decided:
        """From a whole decision as it is stored (`shared/policy/decisions.py`)."""
        findings = tuple(FindingShape(**finding) for finding in decision["findings"])
        return cls(decision_id, subject_id, decision["verdict"], findings)


@dataclass(frozen=True)
class AcceptedReason:
    """An officer's recorded reason for accepting an unmet principle (原则上)."""

    rule: Label
    reason: Reason


@dataclass(frozen=True)
class Opinion:
    """A review step's words. `co_departments`: which took part (APP-1)."""

    text: Prose = ""
    co_departments: tuple[Label, ...] = ()


# --- what waits, what was: the same question to each service -----------------------------------------------------


@dataclass(frozen=True)
class ListWaiting:
    """What the speaker's role has to do next in this service, in reach, the oldest first."""

    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class WaitingItem:
    """`kind`: what is to be done, by code; `title`: the same in Chinese; `id`: the case, claim … that it is about."""

    kind: str
    id: str
    title: str
    project_id: str | None
    district: str | None
    since: date
    due_on: date | None = None


@dataclass(frozen=True)
class WaitingPage:
    items: tuple[WaitingItem, ...]
    cursor: str | None


@dataclass(frozen=True)
class GetHistory:
    """What happened to a project in this service, the oldest first."""

    project_id: Id
    cursor: Label | None = None
    limit: PageSize = 200


@dataclass(frozen=True)
class HistoryLine:
    """One act. `action`: by code; `title`: in Chinese; `of_id`: the case, claim, enrolment batch … that it changed."""

    at: datetime
    on: date
    action: str
    title: str
    by: str
    role: str
    of_id: str
    words: str = ""


@dataclass(frozen=True)
class HistoryPage:
    lines: tuple[HistoryLine, ...]
    cursor: str | None


@dataclass(frozen=True)
class GetFigures:
    """Figures of a programme in reach (APP-28), for calendar years, both included."""

    programme: Programme
    from_year: Year
    to_year: Year
    district: District | None = None


# --- deadlines: whoever sets one tells notify, which reminds (X-13) ----------------------------------------------


@dataclass(frozen=True)
class DeadlineSet:
    """Something is due. `name`: of the document's deadline, or of the service's own kind; `label`: in Chinese.

    The same `deadline_id` told again with another day moves it. `organisation_id`: of a party that is one.
    """

    deadline_id: Id
    name: Code
    label: Label
    programme: Programme
    document: DocumentIdentity
    district: District
    party: Literal["employer", "training_provider", "district_officer", "city_officer", "finance_officer"]
    organisation_id: Id | None
    subject_id: Id
    due_on: date


@dataclass(frozen=True)
class DeadlineClosed:
    """It was met, or is no longer asked: nobody is reminded of it any more."""

    deadline_id: Id
    outcome: Literal["met", "dropped"]
