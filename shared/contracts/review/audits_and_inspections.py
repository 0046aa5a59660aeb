"""What review answers about third-party audits, evaluations that they may veto (APP-23), and inspections (APP-37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import OFFICERS, PARTIES, Decided
from shared.contracts.review.oversight import CITY, Blocked, Evidence
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import FileRef, Id, Label, Prose, Reason, Rows


@dataclass(frozen=True)
class RecordAudit:
    """The result of the third-party audit that the city commissioned; a failed one blocks payment."""

    project_id: Id
    auditor: Label
    audited_on: date
    opinion: Literal["passed", "failed"]
    issues: Prose = ""
    report: FileRef | None = None


@dataclass(frozen=True)
class SettleAudit:
    """What the failed audit found has been put right; the evaluation stays vetoed until a later audit passes."""

    audit_id: Id
    remedy: Reason
    evidence: Evidence = ()


@dataclass(frozen=True)
class EvaluateProject:
    """A performance evaluation of city or district; a failed audit vetoes a passing conclusion."""

    project_id: Id
    proposed: Literal["passed", "failed"]
    indicators: Reason


@dataclass(frozen=True)
class Evaluated:
    evaluation_id: str
    decision: Decided


@dataclass(frozen=True)
class RecordInspection:
    """Both parties are sent the result at once and confirm that they have it."""

    project_id: Id
    way: Literal["video", "on_site", "joint"]
    held_on: date
    inspectors: Annotated[tuple[Label, ...], Rows(50, min=1)]
    result: Literal["in_order", "to_mend"]
    found: Reason
    co_departments: Annotated[tuple[Label, ...], Rows(20)] = ()
    media: Evidence = ()


@dataclass(frozen=True)
class InspectionRecorded:
    """`decision`: whether both were told, as far as they have confirmed it (APP-37)."""

    inspection_id: str
    decision: Decided


@dataclass(frozen=True)
class AcknowledgeInspection:
    inspection_id: Id


RECORD_AUDIT = command("review.record_audit", RecordAudit, Blocked, CITY, "A third-party audit's result.")
SETTLE_AUDIT = command("review.settle_audit", SettleAudit, Blocked, CITY, "What a failed audit found was put right.")
EVALUATE_PROJECT = command("review.evaluate_project", EvaluateProject, Evaluated, OFFICERS, "A performance evaluation.")
RECORD_INSPECTION = command(
    "review.record_inspection", RecordInspection, InspectionRecorded, OFFICERS, "An inspection and what it found."
)
ACKNOWLEDGE_INSPECTION = command(
    "review.acknowledge_inspection", AcknowledgeInspection, InspectionRecorded, PARTIES, "A party has the result."
)
