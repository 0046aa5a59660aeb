"""What is on file elsewhere about everybody in the claims to be paid: asked page by page, before the transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.checks.matches import FoundMatch, MatchSubject, of_account, of_duplicate, of_standing
from services.subsidy.models import Claim, ClaimLine, CompletedRun, Project, ProjectEnrolment
from services.subsidy.rules.checks import kinds_compared
from shared.batching import slices
from shared.contracts.registry.registers import (
    ASK_SHARED_ACCOUNTS,
    ASK_STANDING,
    ORGANISATIONS_PER_CALL,
    AskSharedAccounts,
    AskStanding,
    StandingRow,
)
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.subsidy.checks import ConsultedSource
from shared.contracts.subsidy.payments import PreparePayment
from shared.contracts.training.enrolments import ASK_DUPLICATES, AskDuplicates
from shared.kernel.work import Asks
from shared.security.permissions import check_reach
from shared.store.bulk import STREAM

OWN_ENROLMENTS = "本系统学籍"
OWN_ACCOUNTS = "本系统单位账户"


class Trainee(NamedTuple):
    """One enrolment that a claim pays for, and the time, occupation and level of its training."""

    claim_id: str
    enrolment_id: str
    person_id: str
    trained_from: date
    trained_to: date
    occupation: str
    level: str

    @property
    def subject(self) -> MatchSubject:
        """Whom a match about this enrolment is about."""
        return MatchSubject(self.enrolment_id, None, self.trained_from, self.trained_to)


@dataclass
class Comparison:
    """What was heard about one claim's people and payee. `unread`: whose age no document on file tells."""

    persons: int = 0
    unread: set[str] = field(default_factory=set)
    found: list[FoundMatch] = field(default_factory=list)


@dataclass
class SourceAnswers:
    """What every source said, by claim. `consulted`: which were looked into for all of them together."""

    on: date
    consulted: set[ConsultedSource] = field(default_factory=set)
    claims: defaultdict[str, Comparison] = field(default_factory=lambda: defaultdict(Comparison))


def ask(asks: Asks, request: PreparePayment) -> SourceAnswers:
    """Everything that speaks against paying the asked claims. Raises NotFound before asking about another's claim.

    Claims under a document that compares nothing are left out: nothing is asked about them.
    """
    answers = SourceAnswers(asks.today)
    payees = _payees(asks, request.claim_ids)
    for page in _pages(asks, payees):
        _ask_training(asks, page, answers)
        _ask_registry(asks, page, answers)
    _ask_accounts(asks, payees, answers)
    return answers


def _payees(asks: Asks, claim_ids: Collection[str]) -> Mapping[str, str]:
    """Claim → payee, of the claims whose documents compare something."""
    with asks.reading() as session:
        claims = session.scalars(select(Claim).where(Claim.id.in_(claim_ids)).order_by(Claim.number)).all()
    for claim in claims:
        check_reach(asks.speaker, district=claim.district)
    return {claim.id: claim.payee_id for claim in claims if kinds_compared(asks.policies.by_identity(claim.document))}


def _pages(asks: Asks, claim_ids: Collection[str]) -> Iterator[list[Trainee]]:
    """Everybody in these claims, nobody twice on a page: registry answers by person."""
    page: list[Trainee] = []
    persons: set[str] = set()
    for one in _everybody(asks, claim_ids):
        if len(page) == ROWS_PER_CALL or one.person_id in persons:
            yield page
            page, persons = [], set()
        page.append(one)
        persons.add(one.person_id)
    if page:
        yield page


def _everybody(asks: Asks, claim_ids: Iterable[str]) -> Iterator[Trainee]:
    """Claim by claim; a session is never open while others are asked."""
    for claim_id in claim_ids:
        with asks.reading() as session:
            trainees = list(_trainees(session, claim_id, asks.today))
        yield from trainees


def _trainees(session: Session, claim_id: str, today: date) -> Iterator[Trainee]:
    """Training ends with its run, or goes on until today; it may still be to begin."""
    columns = (ClaimLine.enrolment_id, ProjectEnrolment.person_id, ProjectEnrolment.enrolled_on)
    wanted = (
        select(*columns, func.coalesce(CompletedRun.completed_on, today), Project.occupation, Project.level)
        .join(ProjectEnrolment, ProjectEnrolment.enrolment_id == ClaimLine.enrolment_id)
        .join(Project, Project.project_id == ClaimLine.project_id)
        .outerjoin(CompletedRun, CompletedRun.project_id == ClaimLine.project_id)
        .where(ClaimLine.claim_id == claim_id)
        .order_by(ClaimLine.number)
    )
    for enrolment_id, person_id, begun, ended, occupation, level in session.execute(wanted, execution_options=STREAM):
        yield Trainee(claim_id, enrolment_id, person_id, begun, max(begun, ended), occupation, level)


def _ask_training(asks: Asks, page: list[Trainee], answers: SourceAnswers) -> None:
    heard = asks.ask(ASK_DUPLICATES, AskDuplicates(tuple(one.enrolment_id for one in page)))
    for kind in ("certificate_twice", "certified_before", "enrolled_elsewhere"):
        answers.consulted.add(ConsultedSource(kind, OWN_ENROLMENTS, heard.as_of))
    by_enrolment = {one.enrolment_id: one for one in page}
    for duplicate in heard.duplicates:
        one = by_enrolment[duplicate.enrolment_id]
        found = of_duplicate(duplicate, one.subject, OWN_ENROLMENTS, heard.as_of)
        answers.claims[one.claim_id].found.append(found)


def _ask_registry(asks: Asks, page: list[Trainee], answers: SourceAnswers) -> None:
    rows = (StandingRow(one.person_id, one.trained_from, one.trained_to, one.occupation, one.level) for one in page)
    heard = asks.ask(ASK_STANDING, AskStanding(tuple(rows)))
    answers.consulted |= {ConsultedSource(one.kind, one.source, one.as_of) for one in heard.consulted}
    by_person = {one.person_id: one for one in page}
    for one in page:
        answers.claims[one.claim_id].persons += 1
    for person_id in heard.unread:
        answers.claims[by_person[person_id].claim_id].unread.add(person_id)
    for hit in heard.hits:
        one = by_person[hit.person_id]
        answers.claims[one.claim_id].found.append(of_standing(hit, one.subject))


def _ask_accounts(asks: Asks, payees: Mapping[str, str], answers: SourceAnswers) -> None:
    """Each payee once, and what was found for each of its claims."""
    others: dict[str, tuple[str, ...]] = {}
    for some in slices(sorted(set(payees.values())), ORGANISATIONS_PER_CALL):
        heard = asks.ask(ASK_SHARED_ACCOUNTS, AskSharedAccounts(tuple(some)))
        others.update((one.organisation_id, one.others) for one in heard.shared)
        answers.consulted.add(ConsultedSource("shared_account", OWN_ACCOUNTS, asks.today))
    for claim_id, payee_id in payees.items():
        for other in others.get(payee_id, ()):
            found = of_account(payee_id, other, OWN_ACCOUNTS, asks.today)
            answers.claims[claim_id].found.append(found)
