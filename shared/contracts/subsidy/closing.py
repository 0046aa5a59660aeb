"""What subsidy answers and tells about budgets that run out, and about closing months and years (X-9, INT-75).

A month or year of one programme and district is closed after its window for corrections. Until then a payment or
repayment is booked into the month in which the bank moved it; afterwards into the month in which it is recorded. A
closed year bears nothing new: what is committed and not paid is carried to the year in which it falls due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import PageSize, Programme, Year
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import Code, District, Id, Label, Text, Whole
from shared.contracts.subsidy.budgets_and_ledger import BudgetShape
from shared.contracts.subsidy.claims import FINANCE, OVERSEERS, ClaimKind
from shared.money import Money

Period = Annotated[str, Text(7, min=4, pattern=r"20\d{2}(-(0[1-9]|1[0-2]))?", hint="期间应写作 2024 或 2024-06")]
ObstacleKind = Literal["window", "earlier_period", "open_month", "in_payment", "short"]

# --- budgets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReduceAppropriation:
    """An appropriation is taken back or was entered too high; never below what is committed and paid."""

    programme: Programme
    district: District
    fund_source: Code
    fiscal_year: Year
    amount: Money
    reference: Label


@dataclass(frozen=True)
class ListShortfalls:
    """Claims that the budget couldn't bear when they were last decided, in the order of their submission."""

    programme: Programme | None = None
    district: District | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class ShortClaim:
    """`missing`: yuan that no source of that year could bear; `together`: with those before it in the same budget."""

    claim_id: str
    project_id: str
    programme: str
    district: str
    employer_id: str
    kind: ClaimKind
    fiscal_year: int
    submitted_on: date
    amount: Money
    missing: Money
    together: Money


@dataclass(frozen=True)
class ShortBudget:
    """What the waiting claims of a programme, district and year need beyond what its sources have free now."""

    programme: str
    district: str
    fiscal_year: int
    claims: int
    wanted: Money
    available: Money
    to_raise: Money


@dataclass(frozen=True)
class ShortfallPage:
    claims: tuple[ShortClaim, ...]
    budgets: tuple[ShortBudget, ...]
    cursor: str | None


# --- closing -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PreviewClosing:
    """What closing would change, for whom and how much; touches nothing. `cursor`: of the lines."""

    programme: Programme
    district: District
    period: Period
    cursor: Label | None = None
    limit: PageSize = 500


@dataclass(frozen=True)
class Obstacle:
    """Why the period can't be closed yet, and what to do. `of_id`: the payment, period or fund source it is about."""

    kind: ObstacleKind
    of_id: str
    message: str


@dataclass(frozen=True)
class ClosingLine:
    """One change. `carried`: a commitment that goes from the closed year to the next; `lapsed`: an appropriation that
    nobody used; `frozen`: an account's balance as the closed period keeps it (no payee). And what doesn't change:
    `waiting`, a payment of before the month's end whose result isn't known, which doesn't keep the month open."""

    what: Literal["carried", "lapsed", "frozen", "waiting"]
    claim_id: str | None
    payee_id: str | None
    fund_source: str
    from_year: int
    to_year: int | None
    account: str | None
    amount: Money


@dataclass(frozen=True)
class ClosingPreview:
    """`digest`: of all that closing would change; it is closed only as it was previewed. `may_close_from`: the first
    day after the window for corrections."""

    programme: str
    district: str
    period: str
    may_close_from: date
    obstacles: tuple[Obstacle, ...]
    lines: tuple[ClosingLine, ...]
    carried: Money
    lapsed: Money
    digest: str
    cursor: str | None


@dataclass(frozen=True)
class ClosePeriod:
    """Closes a month or year as previewed; months and years one after the other. Refused while anything stands."""

    programme: Programme
    district: District
    period: Period
    digest: Annotated[str, Text(64, pattern=r"[0-9a-f]{64}", hint="请先预览结账，再填写预览返回的摘要")]


@dataclass(frozen=True)
class ClosingShape:
    closing_id: str
    programme: str
    district: str
    period: str
    closed_on: date
    closed_by: str
    carried: Money
    lapsed: Money
    digest: str
    budgets: tuple[BudgetShape, ...]


@dataclass(frozen=True)
class ListClosings:
    """Closed periods in reach, the newest first. `budgets`: as they stood when the period was closed."""

    programme: Programme | None = None
    district: District | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class ClosingPage:
    closings: tuple[ClosingShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class PeriodClosed:
    closing_id: Id
    programme: Programme
    district: District
    period: Period
    carried: Money
    lapsed: Money
    claims: Annotated[int, Whole(0, 1_000_000)]
    on: date


REDUCE_APPROPRIATION = command(
    "subsidy.reduce_appropriation", ReduceAppropriation, BudgetShape, FINANCE, "Money taken back from a budget."
)
LIST_SHORTFALLS = query(
    "subsidy.list_shortfalls", ListShortfalls, ShortfallPage, OVERSEERS, "What the budgets can't bear."
)
PREVIEW_CLOSING = query(
    "subsidy.preview_closing", PreviewClosing, ClosingPreview, OVERSEERS, "What closing a period would change."
)
CLOSE_PERIOD = command("subsidy.close_period", ClosePeriod, ClosingShape, FINANCE, "A month or year is closed.")
LIST_CLOSINGS = query("subsidy.list_closings", ListClosings, ClosingPage, OVERSEERS, "Closed periods.")

PERIOD_CLOSED = event("subsidy.period_closed", PeriodClosed, consumers=("notify",), about="A period is closed.")
