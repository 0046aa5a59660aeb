"""What training records about how people learn, and what is read of all of it: conduct, lists, figures, histories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    PARTIES,
    READERS,
    Decided,
    FindingShape,
    GetFigures,
    GetHistory,
    HistoryPage,
    Level,
    ListWaiting,
    Occupation,
    PageSize,
    Programme,
    RowNumber,
    RowResults,
    WaitingPage,
)
from shared.contracts.registry.evidence import Month
from shared.contracts.schema.declare import command, query
from shared.contracts.schema.shapes import ROWS_PER_CALL, District, FileRef, Id, Prose, Rows, Text
from shared.money import Money
from shared.security.speaker import Role

# --- wages, pictures, incentives ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class WageOfMonth:
    """What one apprentice was paid for the month."""

    row: RowNumber
    enrolment_id: Id
    wage: Money


@dataclass(frozen=True)
class RecordWages:
    """Wages of one month (APP-25), always taken as fact; a later row for the same month corrects the earlier one."""

    project_id: Id
    month: Month
    rows: Annotated[tuple[WageOfMonth, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class MediaRow:
    """A photo or video of training (APP-33), by the reference of its file, which the sender uploaded before."""

    row: RowNumber
    kind: Literal["photo", "video"]
    on: date
    file: FileRef
    caption: Annotated[str, Text(200, min=0)] = ""


@dataclass(frozen=True)
class RecordMedia:
    project_id: Id
    rows: Annotated[tuple[MediaRow, ...], Rows(ROWS_PER_CALL, min=1)]


IncentiveKind = Literal["scholarship", "mentor_appointment", "mentor_allowance"]


@dataclass(frozen=True)
class IncentiveRow:
    """A scholarship, a mentor's appointment or allowance (APP-32). `to_id`: the enrolment or teacher it is for."""

    row: RowNumber
    kind: IncentiveKind
    on: date
    to_id: Id
    amount: Money | None = None
    words: Prose = ""


@dataclass(frozen=True)
class RecordIncentives:
    project_id: Id
    rows: Annotated[tuple[IncentiveRow, ...], Rows(ROWS_PER_CALL, min=1)]


# --- how a project is run ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GetConduct:
    project_id: Id


@dataclass(frozen=True)
class ConductShape:
    """A project's conduct today (APP-33, APP-35). Hours are class hours over all enrolments; shares exact fractions.

    `attendance`: attended over planned; `attrition`: left over enrolled; `media`: photos and videos kept;
    `findings`: as it would be decided today; `decision`: as it was when the run was completed.
    """

    project_id: str
    planned_hours: int
    attended_hours: int
    attendance: str
    enrolled: int
    left: int
    attrition: str
    media: int
    incentives: tuple[str, ...]
    findings: tuple[FindingShape, ...]
    decision: Decided | None


# --- figures (APP-28) --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FiguresLine:
    """One district, occupation, level and calendar year of enrolment. `person_times`: enrolments; `persons`: people.

    Annulled enrolments count nowhere; a certificate counts whose enrolment stands.
    """

    district: str
    occupation: str
    level: str
    year: int
    person_times: int
    persons: int
    in_training: int
    passed: int
    failed: int
    left: int
    certified: int


@dataclass(frozen=True)
class FiguresTotal:
    """Of all lines; `persons` are counted once however many lines they stand in. `high_level`: an exact fraction."""

    high_level: str
    person_times: int
    persons: int
    in_training: int
    passed: int
    failed: int
    left: int
    certified: int


@dataclass(frozen=True)
class Figures:
    """`target`: the plan's target against its own years (INT-41), for those who see the whole of it."""

    lines: tuple[FiguresLine, ...]
    total: FiguresTotal
    target: tuple[FindingShape, ...]


# --- lists -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListProjects:
    """Approved projects in the speaker's reach; days are those on which training started, both included."""

    state: Literal["approved", "running", "completed"] | None = None
    programme: Programme | None = None
    district: District | None = None
    employer_id: Id | None = None
    provider_id: Id | None = None
    occupation: Occupation | None = None
    level: Level | None = None
    started_from: date | None = None
    started_to: date | None = None
    blocked: bool | None = None
    cursor: Id | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class ProjectLine:
    project_id: str
    programme: str
    district: str
    employer_id: str
    provider_id: str
    occupation: str
    level: str
    state: Literal["approved", "running", "completed"]
    approved_on: date
    starts_on: date | None
    enrolled: int
    blocked: bool


@dataclass(frozen=True)
class ProjectPage:
    projects: tuple[ProjectLine, ...]
    cursor: str | None


RECORD_WAGES = command(
    "training.record_wages", RecordWages, RowResults, (Role.EMPLOYER,), "Wages of a month, a result per row."
)
RECORD_MEDIA = command("training.record_media", RecordMedia, RowResults, PARTIES, "Photos and videos, by reference.")
RECORD_INCENTIVES = command(
    "training.record_incentives", RecordIncentives, RowResults, (Role.EMPLOYER,), "Scholarships, mentors' allowances."
)
GET_CONDUCT = query("training.get_conduct", GetConduct, ConductShape, READERS, "How a project is run.")
GET_FIGURES = query("training.get_figures", GetFigures, Figures, READERS, "People in training, by year and district.")
LIST_PROJECTS = query("training.list_projects", ListProjects, ProjectPage, READERS, "Approved projects in reach.")
LIST_WAITING = query("training.list_waiting", ListWaiting, WaitingPage, READERS, "What waits for the speaker.")
GET_HISTORY = query("training.get_history", GetHistory, HistoryPage, READERS, "What happened to a project.")
