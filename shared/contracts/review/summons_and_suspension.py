"""What review answers about summonses: interview, report to the city, suspension, remedy (APP-26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import Decided
from shared.contracts.review.oversight import CITY, DISTRICT, Evidence
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import FileRef, Id, Label, Reason, Rows

Ground = Literal["not_to_plan", "loose_management", "high_attrition"]
SummonsState = Literal["summoned", "mending", "refused", "reported", "suspended", "remedied", "closed"]


@dataclass(frozen=True)
class SummonEmployer:
    """The district calls the employer's head to an interview."""

    project_id: Id
    grounds: Annotated[tuple[Ground, ...], Rows(3, min=1)]
    words: Reason
    meet_on: date
    place: Label


@dataclass(frozen=True)
class RecordInterview:
    """Minutes of the interview with the employer's superior. Who agrees to mend does so by `remedy_due_on`."""

    summons_id: Id
    held_on: date
    superior: Label
    superior_present: bool
    head_present: bool
    minutes: Reason
    outcome: Literal["agreed", "refused"]
    minutes_file: FileRef | None = None
    remedy_due_on: date | None = None


@dataclass(frozen=True)
class ReportRefusal:
    """To the city: the employer refuses to mend, or let the day for it pass."""

    summons_id: Id
    words: Reason


@dataclass(frozen=True)
class SuspendTraining:
    """By the city: training stands still and no money moves until the remedy is recorded and the city lifts it."""

    summons_id: Id
    from_on: date
    words: Reason


@dataclass(frozen=True)
class RecordRemedy:
    """What was put right, seen by the district."""

    summons_id: Id
    remedied_on: date
    remedy: Reason
    evidence: Evidence = ()


@dataclass(frozen=True)
class LiftSuspension:
    summons_id: Id
    words: Reason


@dataclass(frozen=True)
class SummonsAnswer:
    summons_id: str
    state: SummonsState
    decision: Decided | None = None


SUMMON_EMPLOYER = command("review.summon_employer", SummonEmployer, SummonsAnswer, DISTRICT, "A call to an interview.")
RECORD_INTERVIEW = command("review.record_interview", RecordInterview, SummonsAnswer, DISTRICT, "The minutes.")
REPORT_REFUSAL = command("review.report_refusal", ReportRefusal, SummonsAnswer, DISTRICT, "The city is told.")
SUSPEND_TRAINING = command("review.suspend_training", SuspendTraining, SummonsAnswer, CITY, "Training stands still.")
RECORD_REMEDY = command("review.record_remedy", RecordRemedy, SummonsAnswer, DISTRICT, "What was put right.")
LIFT_SUSPENSION = command("review.lift_suspension", LiftSuspension, SummonsAnswer, CITY, "Training goes on.")
