"""What review answers about applications: an employer's project and rosters, submitted, mended, reviewed, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from shared.contracts.common import OFFICERS, AcceptedReason, Opinion, Programme, RowNumber, RowResult
from shared.contracts.review.cases import CaseState, Consent, ProjectPlan, RefusedPerson
from shared.contracts.schema.declare import command
from shared.contracts.schema.shapes import ROWS_PER_CALL, Id, Reason, Rows
from shared.security.speaker import Role


@dataclass(frozen=True)
class SubmitProject:
    """By the employer, with its superior unit's consent or the declaration that it has none. The first application:
    its day fixes the governing document (X-7)."""

    programme: Programme
    provider_id: Id
    plan: ProjectPlan
    superior_consent: Consent


@dataclass(frozen=True)
class JoinProject:
    """By the provider, with its own superior unit's consent: only then the district sees the case."""

    case_id: Id
    superior_consent: Consent
    cooperation_agreement: bool


@dataclass(frozen=True)
class ResubmitProject:
    """By the employer after a return, with the plan as it now stands."""

    case_id: Id
    plan: ProjectPlan
    superior_consent: Consent


@dataclass(frozen=True)
class ReviewCase:
    """One step at the case's present station. Findings that are only principles may be accepted with a reason.

    `persons_refused`: on a roster, people that the officer refuses although no rule does, each with a reason.
    """

    case_id: Id
    outcome: Literal["approve", "return", "reject"]
    opinion: Opinion
    accepted: tuple[AcceptedReason, ...] = ()
    persons_refused: Annotated[tuple[RefusedPerson, ...], Rows(ROWS_PER_CALL)] = ()


@dataclass(frozen=True)
class RosterRow:
    row: RowNumber
    person_id: Id


@dataclass(frozen=True)
class SubmitRoster:
    """Apprentices sign up for an approved project: by the employer, one roster case each time."""

    project_id: Id
    rows: Annotated[tuple[RosterRow, ...], Rows(ROWS_PER_CALL, min=1)]


@dataclass(frozen=True)
class WithdrawCase:
    """By the employer, before the case is decided; a withdrawn roster frees its people."""

    case_id: Id
    reason: Reason


@dataclass(frozen=True)
class CaseAnswer:
    """Where a case now stands. `rows`: of a roster just submitted, what became of each row."""

    case_id: str
    state: CaseState
    station: str | None
    document: str
    rows: tuple[RowResult, ...] = ()


SUBMIT_PROJECT = command(
    "review.submit_project", SubmitProject, CaseAnswer, (Role.EMPLOYER,), "An employer applies for a project."
)
JOIN_PROJECT = command(
    "review.join_project", JoinProject, CaseAnswer, (Role.TRAINING_PROVIDER,), "The provider applies along with it."
)
RESUBMIT_PROJECT = command(
    "review.resubmit_project", ResubmitProject, CaseAnswer, (Role.EMPLOYER,), "A returned project, mended."
)
SUBMIT_ROSTER = command(
    "review.submit_roster", SubmitRoster, CaseAnswer, (Role.EMPLOYER,), "Apprentices sign up for a project."
)
WITHDRAW_CASE = command(
    "review.withdraw_case", WithdrawCase, CaseAnswer, (Role.EMPLOYER,), "An employer takes its case back."
)
REVIEW_CASE = command("review.review_case", ReviewCase, CaseAnswer, OFFICERS, "One review step at the present station.")
