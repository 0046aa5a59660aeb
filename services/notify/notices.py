"""The table: at which event, who is told, by which template. One line each; nothing else decides it.

A line with `when` holds only where the event's data are so. Where two lines mean the same party (an enterprise that
trains its own people), the first one counts: nobody gets two messages about one event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.notify.recipients import Party
from shared.contracts import registry, review, subsidy, training
from shared.contracts.declare import EventType


@dataclass(frozen=True)
class Notice:
    """`template`: a file of `templates/`, without its ending; `when`: a condition on the event's data."""

    event: EventType[Any]
    party: Party
    template: str
    when: Callable[[Any], bool] = lambda _: True


def _waits_for_provider(case: review.CaseTold) -> bool:
    return case.station is None


def _is_project(case: review.CaseTold) -> bool:
    """A roster is the employer's alone; a project is the provider's application, too."""
    return case.kind == "project"


def _became(state: subsidy.ClaimState) -> Callable[[subsidy.ClaimTold], bool]:
    return lambda claim: claim.state == state


def _is_to_be_paid(claim: subsidy.ClaimTold) -> bool:
    return claim.state == "approved" and bool(claim.amount)


def _ends_without_payment(claim: subsidy.ClaimTold) -> bool:
    return claim.state == "closed" or (claim.state == "approved" and not claim.amount)


NOTICES: tuple[Notice, ...] = (
    Notice(registry.CATALOGUE_PUBLISHED, Party.EVERY_DISTRICT, "catalogue_published"),
    Notice(review.CASE_SUBMITTED, Party.STATION, "case_waiting"),
    Notice(review.CASE_SUBMITTED, Party.PROVIDER, "case_to_join", _waits_for_provider),
    Notice(review.CASE_RETURNED, Party.EMPLOYER, "case_returned"),
    Notice(review.CASE_RETURNED, Party.PROVIDER, "case_returned_to_employer", _is_project),
    Notice(review.CASE_REJECTED, Party.EMPLOYER, "case_rejected"),
    Notice(review.CASE_REJECTED, Party.PROVIDER, "case_rejected", _is_project),
    Notice(review.PROJECT_APPROVED, Party.EMPLOYER, "project_approved"),
    Notice(review.PROJECT_APPROVED, Party.PROVIDER, "project_approved_provider"),
    Notice(review.PROJECT_APPROVED, Party.DISTRICT_OFFICE, "project_approved_district"),
    Notice(review.ROSTER_APPROVED, Party.EMPLOYER, "roster_approved"),
    Notice(review.ROSTER_APPROVED, Party.PROVIDER, "roster_approved_provider"),
    Notice(training.COURSE_RUN_OPENED, Party.PROVIDER, "run_opened"),
    Notice(training.COURSE_RUN_OPENED, Party.DISTRICT_OFFICE, "run_opened_district"),
    Notice(training.ENROLMENTS_ESTABLISHED, Party.EMPLOYER, "enrolments_established"),
    Notice(training.LEARNERS_ASSESSED, Party.EMPLOYER, "learners_assessed"),
    Notice(training.COURSE_RUN_COMPLETED, Party.EMPLOYER, "run_completed"),
    Notice(training.COURSE_RUN_COMPLETED, Party.PROVIDER, "run_completed_provider"),
    Notice(training.COURSE_RUN_COMPLETED, Party.DISTRICT_OFFICE, "run_completed_district"),
    Notice(subsidy.CLAIM_SUBMITTED, Party.DISTRICT_OFFICE, "claim_waiting"),
    Notice(subsidy.CLAIM_DECIDED, Party.EMPLOYER, "claim_approved", _is_to_be_paid),
    Notice(subsidy.CLAIM_DECIDED, Party.EMPLOYER, "claim_closed", _ends_without_payment),
    Notice(subsidy.CLAIM_DECIDED, Party.EMPLOYER, "claim_returned", _became("returned")),
    Notice(subsidy.CLAIM_DECIDED, Party.EMPLOYER, "claim_rejected", _became("rejected")),
    Notice(subsidy.CLAIM_DECIDED, Party.DISTRICT_FINANCE, "claim_to_pay", _is_to_be_paid),
    Notice(subsidy.PAYMENT_INSTRUCTED, Party.EMPLOYER, "payment_instructed"),
    Notice(subsidy.PAYMENT_INSTRUCTED, Party.DISTRICT_FINANCE, "payment_to_confirm"),
    Notice(subsidy.PAYMENT_CONFIRMED, Party.EMPLOYER, "payment_confirmed"),
    Notice(subsidy.CLAWBACK_OPENED, Party.EMPLOYER, "clawback_opened"),
    Notice(subsidy.CLAWBACK_OPENED, Party.DISTRICT_FINANCE, "clawback_to_collect"),
    Notice(subsidy.BUDGET_EXHAUSTED, Party.DISTRICT_FINANCE, "budget_exhausted"),
    Notice(subsidy.BUDGET_EXHAUSTED, Party.CITY_FINANCE, "budget_exhausted"),
    Notice(subsidy.BUDGET_EXHAUSTED, Party.DISTRICT_OFFICE, "budget_exhausted_district"),
)

EVENTS: tuple[EventType[Any], ...] = tuple({line.event.name: line.event for line in NOTICES}.values())
"""Every event of the table, once."""


def notices_of(name: str, data: Any) -> tuple[Notice, ...]:
    """The lines that hold for one event. `name`: "<owner>.<event>", as its envelope has it."""
    return tuple(line for line in NOTICES if f"{line.event.owner}.{line.event.name}" == name and line.when(data))
