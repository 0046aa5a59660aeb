"""What subsidy answers and tells about what is asked back for each enrolment; by demands: `receivables.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import (
    PageSize,
    Programme,
)
from shared.contracts.schema.declare import event, query
from shared.contracts.schema.shapes import District, Id, Whole
from shared.contracts.subsidy.claims import READERS, FundPart
from shared.money import ZERO, Money

ClawbackCause = Literal["result", "outcome", "fraud", "check"]


@dataclass(frozen=True)
class ClawbackShape:
    """What is asked back for one enrolment; a demand holds those opened together (`receivables.py`).

    `offset`: kept back from a claim (INT-4); `withdrawn`: its claim was voided; `settled`: ended in several ways.
    """

    clawback_id: str
    project_id: str
    claim_id: str
    enrolment_id: str
    payee_id: str
    amount: Money
    state: Literal["open", "repaid", "offset", "written_off", "withdrawn", "settled"]
    opened_on: date
    channel: tuple[FundPart, ...]
    rule: str
    clause: str
    cause: ClawbackCause = "result"
    outstanding: Money = ZERO
    demand_id: str = ""


@dataclass(frozen=True)
class ListClawbacks:
    project_id: Id | None = None
    cursor: Id | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class ClawbackPage:
    """`total`: what is outstanding of all receivables in reach, on this page or not."""

    clawbacks: tuple[ClawbackShape, ...]
    cursor: str | None
    total: Money


@dataclass(frozen=True)
class ClawbackTold:
    """A demand opened on account of one claim, for all its lines. `fraud`: all that was paid goes back (APP-27)."""

    claim_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    persons: Annotated[int, Whole(1, 1_000_000)]
    amount: Money
    cause: ClawbackCause = "result"
    demand_id: Id | None = None


LIST_CLAWBACKS = query("subsidy.list_clawbacks", ListClawbacks, ClawbackPage, READERS, "Money to be taken back.")
CLAWBACK_OPENED = event("subsidy.clawback_opened", ClawbackTold, consumers=("notify",), about="Money is due back.")
