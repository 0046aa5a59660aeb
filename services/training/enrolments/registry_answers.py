"""What registry says of those who are to be enrolled, asked before the transaction: who is eligible, what they earn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from services.training.decisions import said
from services.training.enrolments.prior_enrolments import funded_before
from services.training.learning.minimum_wage import MonthMinimum, ask_minimum_wage, compares_wages
from services.training.models import LIVE, Enrolment, Project
from services.training.projects.access import admitted, own_project
from shared.batching import slices
from shared.calendar import MONTHS_A_YEAR, last_day
from shared.contracts.common import Decided
from shared.contracts.registry.eligibility import (
    DECIDE_APPRENTICES,
    DECISIONS_PER_CALL,
    DecideApprentices,
    Funded,
)
from shared.contracts.registry.evidence import ASK_WAGES, AskWages
from shared.contracts.training.enrolments import EstablishEnrolments
from shared.kernel.work import Asks
from shared.money import Money
from shared.policy.document import Document
from shared.policy.findings import Force, Outcome

NOT_ASKED = "该人员的资格尚未按今日的凭证核定，请重新提交"
NO_WAGE = "没有该人员的工资记录，请先登记用工信息再建立学籍"


@dataclass(frozen=True)
class RegistryAnswers:
    """`minimum`, `wages`: for APP-25, of the month in which training starts. `eligible`: on today's evidence (APP-2,
    INT-87), None where the document decides at the roster only."""

    minimum: MonthMinimum
    wages: Mapping[str, Money | None]
    eligible: Mapping[str, Decided] | None

    def eligibility_fault(self, person_id: str) -> str | None:
        """Why an admitted person can't be enrolled today; None where nothing stands against it."""
        if self.eligible is None:
            return None
        decided = self.eligible.get(person_id)
        if decided is None:
            return NOT_ASKED
        if decided.verdict != "refused":
            return None
        return said(one for one in decided.findings if (one.outcome, one.force) == (Outcome.UNMET, Force.MUST))

    def eligibility_decision(self, person_id: str) -> str | None:
        """The id of registry's decision that the enrolment rests on."""
        decided = (self.eligible or {}).get(person_id)
        return decided.decision_id if decided else None


def ask_registry(asks: Asks, request: EstablishEnrolments) -> RegistryAnswers:
    """About those on the roster; nobody is asked for what the document has no rule about."""
    with asks.reading() as session:
        project = own_project(session, asks.speaker, request.project_id)
        people = sorted(admitted(session, project.id, tuple({row.person_id for row in request.rows})))
        here = select(Enrolment.person_id).where(Enrolment.project_id == project.id, Enrolment.state.in_(LIVE))
        enrolled = set(session.scalars(here.where(Enrolment.person_id.in_(people))))
        waiting = [person for person in people if person not in enrolled]
        funded = funded_before(session, project.programme, waiting)
    document = asks.policies.by_identity(project.document)
    minimum, wages = _ask_wages(asks, project, document, people, request.starts_on.replace(day=1))
    if document.reading("eligibility_decided") != "roster_and_enrolment":
        return RegistryAnswers(minimum, wages, None)
    return RegistryAnswers(minimum, wages, _ask_eligible(asks, project, waiting, funded, request.starts_on))


def _ask_wages(
    asks: Asks, project: Project, document: Document, people: Collection[str], month_on: date
) -> tuple[MonthMinimum, Mapping[str, Money | None]]:
    if not people or not compares_wages(document):  # who is admitted a moment later is refused for want of a wage
        return MonthMinimum(month_on, None, asked=compares_wages(document)), {}
    minimum = ask_minimum_wage(asks, document, month_on)
    answer = asks.ask(ASK_WAGES, AskWages(project.employer_id, tuple(people)))
    return minimum, {wage.person_id: wage.monthly_wage for wage in answer.wages}


def _ask_eligible(
    asks: Asks, project: Project, people: list[str], funded: Collection[Funded], starts_on: date
) -> Mapping[str, Decided]:
    """A list in one question, as far as an answer holds it. An earlier start doesn't bring back evidence that ended."""
    ends_on = last_day(starts_on, project.term_years * MONTHS_A_YEAR)
    return {
        decided.subject_id: decided
        for part in slices(people, DECISIONS_PER_CALL)
        for decided in asks.ask(
            DECIDE_APPRENTICES,
            DecideApprentices(
                document=project.document,
                on=asks.today,
                employer_id=project.employer_id,
                enrolment_on=max(starts_on, asks.today),
                training_ends_on=ends_on,
                occupation=project.occupation,
                level=project.level,
                person_ids=tuple(part),
                funded=tuple(one for one in funded if one.person_id in set(part)),
                stage="enrolment",
            ),
        ).people
    }
