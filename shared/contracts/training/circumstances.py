"""Changes of circumstances (APP-14): breaks, returns and withdrawals, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import Programme, RowNumber, RowResults
from shared.contracts.schema.declare import command, event
from shared.contracts.schema.shapes import IDS_PER_EVENT, ROWS_PER_CALL, District, Id, Prose, Rows
from shared.contracts.training.enrolments import EnrolledPerson
from shared.security.speaker import Role

ChangeReason = Literal[
    "illness", "maternity", "conscription", "death", "changed_employer", "left_employer", "personal", "other"
]


@dataclass(frozen=True)
class CircumstanceRow:
    """A change of circumstances on the day it happened (APP-14). `until`: of a break, the day it is expected to end.

    `return`: `on` is the first day back. `withdrawal`: the enrolment ends with `on`, for good. `reason`: why the break
    or withdrawal. The same break with another `until` moves its expected end.
    """

    row: RowNumber
    enrolment_id: Id
    kind: Literal["break", "return", "withdrawal"]
    on: date
    until: date | None = None
    reason: ChangeReason | None = None
    words: Prose = ""


@dataclass(frozen=True)
class RecordCircumstances:
    project_id: Id
    rows: Annotated[tuple[CircumstanceRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class CircumstancesChanged:
    """At most 1000 enrolments an event, all changed alike; `annulled`: fraud was confirmed (APP-27)."""

    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    kind: Literal["break", "return", "withdrawal", "annulled"]
    enrolments: Annotated[tuple[EnrolledPerson, ...], Rows(IDS_PER_EVENT)]


RECORD_CIRCUMSTANCES = command(
    "training.record_circumstances",
    RecordCircumstances,
    RowResults,
    (Role.EMPLOYER,),
    "Breaks, returns and withdrawals, a result per row.",
)
CIRCUMSTANCES_CHANGED = event(
    "training.circumstances_changed",
    CircumstancesChanged,
    consumers=("notify",),
    about="Breaks, returns, withdrawals, or annulled enrolments.",
)
