"""The table: at which event, who is told, by which template. One line each; nothing else decides it.

A line with `when` holds only where the event's data are so. Where two lines mean the same party (an enterprise that
trains its own people), the first one counts: nobody gets two messages about one event.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.notify.recipients.recipients import Party
from shared.contracts.registry import catalogues
from shared.contracts.review import cases, notices, oversight
from shared.contracts.schema.declare import EventType
from shared.contracts.subsidy import bank, budgets_and_ledger, checks, claims, clawbacks, closing, payments, receivables
from shared.contracts.training import circumstances, enrolments, projects, results


@dataclass(frozen=True)
class Notice:
    """`template`: a file of `templates/`, without its ending; `when`: a condition on the event's data."""

    event: EventType[Any]
    party: Party
    template: str
    when: Callable[[Any], bool] = lambda _: True


def _waits_for_provider(case: cases.CaseTold) -> bool:
    return case.station is None


def _is_project(case: cases.CaseTold) -> bool:
    """A roster is the employer's alone; a project is the provider's application, too."""
    return case.kind == "project"


def _is_suspension(block: oversight.BlockTold) -> bool:
    return block.kind == "suspension"


def _is_no_notice(block: oversight.BlockTold) -> bool:
    """Of a public notice the parties and the district read as such, what it stops included."""
    return block.kind != "public_notice"


def _stops_money_only(block: oversight.BlockTold) -> bool:
    return block.kind != "suspension" and _is_no_notice(block)


def _is_first_part(fraud: oversight.FraudConfirmed) -> bool:
    """Hundreds of people are told of in parts, their parties once."""
    return fraud.part == 1


def _is_told_by_the_employer(change: circumstances.CircumstancesChanged) -> bool:
    """Of annulled enrolments the parties read where fraud is confirmed."""
    return change.kind != "annulled"


def _became(state: claims.ClaimState) -> Callable[[claims.ClaimTold], bool]:
    return lambda claim: claim.state == state


def _is_to_be_paid(claim: claims.ClaimTold) -> bool:
    return claim.state == "approved" and bool(claim.amount)


def _ends_without_payment(claim: claims.ClaimTold) -> bool:
    return claim.state == "closed" or (claim.state == "approved" and not claim.amount)


def _is_free_again(hits: checks.HitsDecided) -> bool:
    """Of upheld hits the employer reads that its claim is void, and finance what is to be collected."""
    return hits.outcome == "clear" and not hits.left


NOTICES: tuple[Notice, ...] = (
    Notice(catalogues.CATALOGUE_PUBLISHED, Party.EVERY_DISTRICT, "catalogue_published"),
    Notice(cases.CASE_SUBMITTED, Party.STATION, "case_waiting"),
    Notice(cases.CASE_SUBMITTED, Party.PROVIDER, "case_to_join", _waits_for_provider),
    Notice(cases.CASE_RETURNED, Party.EMPLOYER, "case_returned"),
    Notice(cases.CASE_RETURNED, Party.PROVIDER, "case_returned_to_employer", _is_project),
    Notice(cases.CASE_REJECTED, Party.EMPLOYER, "case_rejected"),
    Notice(cases.CASE_REJECTED, Party.PROVIDER, "case_rejected", _is_project),
    Notice(cases.CASE_WITHDRAWN, Party.DISTRICT_OFFICE, "case_withdrawn"),
    Notice(cases.CASE_WITHDRAWN, Party.STATION, "case_withdrawn"),
    Notice(cases.CASE_WITHDRAWN, Party.PROVIDER, "case_withdrawn_provider", _is_project),
    Notice(cases.PROJECT_APPROVED, Party.EMPLOYER, "project_approved"),
    Notice(cases.PROJECT_APPROVED, Party.PROVIDER, "project_approved_provider"),
    Notice(cases.PROJECT_APPROVED, Party.DISTRICT_OFFICE, "project_approved_district"),
    Notice(cases.ROSTER_APPROVED, Party.EMPLOYER, "roster_approved"),
    Notice(cases.ROSTER_APPROVED, Party.PROVIDER, "roster_approved_provider"),
    Notice(oversight.OBJECTION_LODGED, Party.DISTRICT_OFFICE, "objection_to_answer"),
    Notice(oversight.CASE_BLOCKED, Party.EMPLOYER, "training_suspended", _is_suspension),
    Notice(oversight.CASE_BLOCKED, Party.PROVIDER, "training_suspended_provider", _is_suspension),
    Notice(oversight.CASE_BLOCKED, Party.EMPLOYER, "payment_blocked", _stops_money_only),
    Notice(oversight.CASE_BLOCKED, Party.DISTRICT_OFFICE, "payment_blocked_district", _is_no_notice),
    Notice(oversight.CASE_BLOCKED, Party.DISTRICT_FINANCE, "payment_blocked_finance"),
    Notice(oversight.CASE_UNBLOCKED, Party.EMPLOYER, "training_resumed", _is_suspension),
    Notice(oversight.CASE_UNBLOCKED, Party.PROVIDER, "training_resumed_provider", _is_suspension),
    Notice(oversight.CASE_UNBLOCKED, Party.EMPLOYER, "payment_unblocked", _stops_money_only),
    Notice(oversight.CASE_UNBLOCKED, Party.DISTRICT_OFFICE, "payment_unblocked_district", _is_no_notice),
    Notice(oversight.CASE_UNBLOCKED, Party.DISTRICT_FINANCE, "payment_unblocked_finance"),
    Notice(notices.NOTICE_OPENED, Party.EMPLOYER, "notice_opened"),
    Notice(notices.NOTICE_OPENED, Party.PROVIDER, "notice_opened"),
    Notice(notices.NOTICE_OPENED, Party.DISTRICT_OFFICE, "notice_opened_district"),
    Notice(notices.NOTICE_CLOSED, Party.EMPLOYER, "notice_closed"),
    Notice(notices.NOTICE_CLOSED, Party.PROVIDER, "notice_closed"),
    Notice(notices.NOTICE_CLOSED, Party.DISTRICT_OFFICE, "notice_closed_district"),
    Notice(oversight.PROJECT_EVALUATED, Party.EMPLOYER, "project_evaluated"),
    Notice(oversight.PROJECT_EVALUATED, Party.PROVIDER, "project_evaluated"),
    Notice(oversight.PROJECT_EVALUATED, Party.DISTRICT_OFFICE, "project_evaluated_district"),
    Notice(oversight.INSPECTION_RECORDED, Party.EMPLOYER, "inspection_recorded"),
    Notice(oversight.INSPECTION_RECORDED, Party.PROVIDER, "inspection_recorded"),
    Notice(oversight.EMPLOYER_SUMMONED, Party.EMPLOYER, "employer_summoned"),
    Notice(oversight.REFUSAL_REPORTED, Party.CITY_OFFICE, "refusal_reported"),
    Notice(oversight.REMEDY_RECORDED, Party.CITY_OFFICE, "remedy_recorded"),
    Notice(oversight.REMEDY_RECORDED, Party.EMPLOYER, "remedy_recorded_employer"),
    Notice(oversight.FRAUD_CONFIRMED, Party.EMPLOYER, "fraud_confirmed", _is_first_part),
    Notice(oversight.FRAUD_CONFIRMED, Party.PROVIDER, "fraud_confirmed_provider", _is_first_part),
    Notice(oversight.FRAUD_CONFIRMED, Party.DISTRICT_OFFICE, "fraud_confirmed_district", _is_first_part),
    Notice(oversight.FRAUD_CONFIRMED, Party.DISTRICT_FINANCE, "fraud_to_collect", _is_first_part),
    Notice(oversight.FRAUD_CONFIRMED, Party.CITY_OFFICE, "fraud_confirmed_district", _is_first_part),
    Notice(projects.COURSE_RUN_OPENED, Party.PROVIDER, "run_opened"),
    Notice(projects.COURSE_RUN_OPENED, Party.DISTRICT_OFFICE, "run_opened_district"),
    Notice(enrolments.ENROLMENTS_ESTABLISHED, Party.EMPLOYER, "enrolments_established"),
    Notice(circumstances.CIRCUMSTANCES_CHANGED, Party.PROVIDER, "circumstances_changed", _is_told_by_the_employer),
    Notice(
        circumstances.CIRCUMSTANCES_CHANGED, Party.DISTRICT_OFFICE, "circumstances_changed", _is_told_by_the_employer
    ),
    Notice(results.LEARNERS_ASSESSED, Party.EMPLOYER, "learners_assessed"),
    Notice(projects.COURSE_RUN_COMPLETED, Party.EMPLOYER, "run_completed"),
    Notice(projects.COURSE_RUN_COMPLETED, Party.PROVIDER, "run_completed_provider"),
    Notice(projects.COURSE_RUN_COMPLETED, Party.DISTRICT_OFFICE, "run_completed_district"),
    Notice(claims.CLAIM_SUBMITTED, Party.DISTRICT_OFFICE, "claim_waiting"),
    Notice(claims.CLAIM_DECIDED, Party.EMPLOYER, "claim_approved", _is_to_be_paid),
    Notice(claims.CLAIM_DECIDED, Party.EMPLOYER, "claim_closed", _ends_without_payment),
    Notice(claims.CLAIM_DECIDED, Party.EMPLOYER, "claim_returned", _became("returned")),
    Notice(claims.CLAIM_DECIDED, Party.EMPLOYER, "claim_rejected", _became("rejected")),
    Notice(claims.CLAIM_DECIDED, Party.EMPLOYER, "claim_voided", _became("voided")),
    Notice(claims.CLAIM_DECIDED, Party.DISTRICT_FINANCE, "claim_to_pay", _is_to_be_paid),
    Notice(checks.CLAIM_HELD, Party.DISTRICT_OFFICE, "claim_held"),
    Notice(checks.HITS_DECIDED, Party.DISTRICT_FINANCE, "hits_cleared", _is_free_again),
    Notice(payments.PAYMENT_INSTRUCTED, Party.EMPLOYER, "payment_instructed"),
    Notice(payments.PAYMENT_INSTRUCTED, Party.DISTRICT_FINANCE, "payment_to_confirm"),
    Notice(bank.PAYMENT_FAILED, Party.EMPLOYER, "payment_failed"),
    Notice(bank.PAYMENT_FAILED, Party.DISTRICT_FINANCE, "payment_to_repeat"),
    Notice(payments.PAYMENT_CONFIRMED, Party.EMPLOYER, "payment_confirmed"),
    Notice(clawbacks.CLAWBACK_OPENED, Party.EMPLOYER, "clawback_opened"),
    Notice(clawbacks.CLAWBACK_OPENED, Party.DISTRICT_FINANCE, "clawback_to_collect"),
    Notice(receivables.CLAWBACK_NOTICED, Party.PAYEE, "clawback_noticed"),
    Notice(receivables.CLAWBACK_NOTICED, Party.EMPLOYER, "clawback_noticed"),
    Notice(receivables.CLAWBACK_REDUCED, Party.PAYEE, "clawback_reduced"),
    Notice(receivables.CLAWBACK_SETTLED, Party.PAYEE, "clawback_settled"),
    Notice(receivables.CLAWBACK_SETTLED, Party.DISTRICT_FINANCE, "clawback_settled_finance"),
    Notice(budgets_and_ledger.BUDGET_EXHAUSTED, Party.DISTRICT_FINANCE, "budget_exhausted"),
    Notice(budgets_and_ledger.BUDGET_EXHAUSTED, Party.CITY_FINANCE, "budget_exhausted"),
    Notice(budgets_and_ledger.BUDGET_EXHAUSTED, Party.DISTRICT_OFFICE, "budget_exhausted_district"),
    Notice(closing.PERIOD_CLOSED, Party.DISTRICT_FINANCE, "period_closed"),
    Notice(closing.PERIOD_CLOSED, Party.CITY_FINANCE, "period_closed"),
)

EVENTS: tuple[EventType[Any], ...] = tuple({line.event.name: line.event for line in NOTICES}.values())
"""Every event of the table, once."""


def notices_of(name: str, data: Any) -> tuple[Notice, ...]:
    """The lines that hold for one event. `name`: "<owner>.<event>", as its envelope has it."""
    return tuple(line for line in NOTICES if f"{line.event.owner}.{line.event.name}" == name and line.when(data))
