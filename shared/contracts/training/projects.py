"""A project as training sees it, the beginning and the end of its run, and what is due in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.contracts.common import READERS, DeadlineClosed, DeadlineSet, Programme
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, Id, Reason
from shared.security.speaker import Role


@dataclass(frozen=True)
class CompleteRun:
    """Every enrolment has its result: the run is over and the final claim may come."""

    project_id: Id
    ended_on: date


@dataclass(frozen=True)
class SettleRun:
    """By the district, where the employer doesn't: whoever has no result is recorded as left on `ended_on`.

    `silent`: the term is over and nothing comes; `gone`: the employer exists no more, or can't be found.
    """

    project_id: Id
    ended_on: date
    ground: Literal["silent", "gone"]
    words: Reason


@dataclass(frozen=True)
class RunCompleted:
    project_id: str
    passed: int
    failed: int
    left: int


@dataclass(frozen=True)
class GetProject:
    project_id: Id


@dataclass(frozen=True)
class ProjectShape:
    """A project as training sees it. Figures count enrolments that stand, which those annulled for fraud don't."""

    project_id: str
    programme: str
    document: str
    district: str
    employer_id: str
    provider_id: str
    occupation: str
    occupation_class: str
    level: str
    term_years: int
    state: Literal["approved", "running", "completed"]
    starts_on: date | None
    ends_on: date | None
    admitted: int
    enrolled: int
    assessed: int
    certified: int
    attrition: str
    annulled: int = 0


@dataclass(frozen=True)
class RunTold:
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    on: date


COMPLETE_RUN = command("training.complete_run", CompleteRun, RunCompleted, (Role.EMPLOYER,), "The run is over.")
SETTLE_RUN = command(
    "training.settle_run",
    SettleRun,
    RunCompleted,
    (Role.DISTRICT_OFFICER,),
    "Ends the run of an employer who is silent or gone.",
)
GET_PROJECT = query("training.get_project", GetProject, ProjectShape, READERS, "A project as training sees it.")
COURSE_RUN_OPENED = event("training.course_run_opened", RunTold, consumers=("notify",), about="Training has started.")
COURSE_RUN_COMPLETED = event(
    "training.course_run_completed", RunTold, consumers=("subsidy", "notify"), about="Training is over."
)
DEADLINE_SET = event(
    "training.deadline_set", DeadlineSet, consumers=("notify",), about="Something is due.", public=False
)
DEADLINE_CLOSED = event(
    "training.deadline_closed", DeadlineClosed, consumers=("notify",), about="It is no longer due.", public=False
)
