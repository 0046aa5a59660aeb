"""Class hours, and the credits that are recognised or awarded besides (APP-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import PARTIES, RowNumber, RowResults
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import ROWS_PER_CALL, FileRef, Id, Prose, Reason, Rows, Text, Whole
from shared.security.speaker import Role


@dataclass(frozen=True)
class CreditRow:
    """Class hours received on a day. `part`: where the credits count; `content`: what was taught (APP-7).

    `reason`: why one person has more in a day than the document has as a rule (INT-91).
    """

    row: RowNumber
    enrolment_id: Id
    on: date
    part: Literal["classroom", "workplace"]
    content: Literal["general", "theory", "practice"]
    mode: Literal["classroom", "online", "on_the_job"]
    class_hours: Annotated[int, Whole(1, 10_000)]
    topic: Annotated[str, Text(200, min=0)] = ""
    media: FileRef | None = None
    reason: Prose = ""


@dataclass(frozen=True)
class RecordCredits:
    project_id: Id
    rows: Annotated[tuple[CreditRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ExtraCreditRow:
    """Recognised from elsewhere or awarded; counts once a district officer approved it (APP-15).

    `from_enrolment_id`: the person's enrolment with an earlier employer, where the credits were earned (INT-31).
    """

    row: RowNumber
    enrolment_id: Id
    kind: Literal["recognised", "bonus"]
    credits: Annotated[int, Whole(1, 1000)]
    reason: Reason
    from_enrolment_id: Id | None = None


@dataclass(frozen=True)
class RecordExtraCredits:
    project_id: Id
    rows: Annotated[tuple[ExtraCreditRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class ApproveExtraCredits:
    project_id: Id
    ids: Annotated[tuple[Id, ...], Rows(ROWS_PER_CALL, min=1)]


RECORD_CREDITS = command("training.record_credits", RecordCredits, RowResults, PARTIES, "Hours, a result per row.")
RECORD_EXTRA_CREDITS = command(
    "training.record_extra_credits", RecordExtraCredits, RowResults, PARTIES, "Recognised or bonus credits, proposed."
)
APPROVE_EXTRA_CREDITS = command(
    "training.approve_extra_credits",
    ApproveExtraCredits,
    RowResults,
    (Role.DISTRICT_OFFICER,),
    "Proposed credits count.",
)
