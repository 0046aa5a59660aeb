"""Shapes that several services use: answers per row, findings, decisions, pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from shared.contracts.shapes import Code, Label, Prose, Reason, Text, Whole
from shared.security.speaker import Role

Programme = Code
Level = Code
Occupation = Annotated[str, Text(64, pattern=r"[0-9A-Za-z._-]+", hint="请填写职业（工种）代码")]
DocumentIdentity = Annotated[str, Text(160, pattern=r"[a-z0-9-]+@[0-9a-f]{64}", hint="请填写政策文件标识")]
RowNumber = Annotated[int, Whole(0, 1_000_000)]
Year = Annotated[int, Whole(2000, 2100)]
PageSize = Annotated[int, Whole(1, 1000)]

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
