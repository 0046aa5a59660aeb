"""What the subsidy rules are told: plain facts with JSON values, stored whole with every decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.schema.shapes import Whole
from shared.money import ZERO, Money

TermYears = Annotated[int, Whole(1, 10)]
Months = Annotated[int, Whole(0, 120)]
LeavingReason = Literal["none", "death", "illness", "conscription", "other"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """An occupational certificate. `level`: None for kinds that have none. `issuer_registered`: whether an
    employer that issues to its own people was registered for self-evaluation of that occupation and level
    on the day.
    """

    kind: str
    occupation: str
    level: str | None = None
    issued_on: date | None = None
    self_issued: bool = False
    issuer_registered: bool = False


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """One person's training as approved. `on`: submission of the project, whose values hold to the end (INT-16)."""

    on: date
    occupation: str
    occupation_class: str
    appraisable: bool
    level: str
    term_years: TermYears


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """How one person's training ended. `advance_paid`: what was really paid before and hasn't come back, not what
    could have been; `asked_back`: what of that other demands ask back, or asked back and gave up.

    `months_trained`: full months, needed only where a reading pays by months; `extension_months`: granted
    later. `enrolled_on`, `claimed_on`: the days between which the certificate must be issued (INT-33).
    """

    training: TrainingFacts
    result: Literal["passed", "failed", "left"]
    advance_paid: Money = ZERO
    asked_back: Money = ZERO
    certificate: Certificate | None = None
    enrolled_on: date | None = None
    claimed_on: date | None = None
    extension_months: Months = 0
    months_trained: Months | None = None
    leaving_reason: LeavingReason = "none"
