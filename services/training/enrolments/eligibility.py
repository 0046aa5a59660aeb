"""What is on file about people who are to be enrolled: the facts of `training.enrolment`, loaded set by set."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.enrolments.annulment import confirmed_about
from services.training.mentors.guidance import CLASSROOM, NOBODY, WORKPLACE, Guides, guides_of
from services.training.models import (
    Admission,
    AgreementPerson,
    CooperationAgreementRow,
    Enrolment,
    Project,
    TextbookFiling,
    TrainingAgreementRow,
)
from services.training.projects.access import admitted
from services.training.projects.blocks import Suspensions, suspensions_of
from services.training.rules.enrolment import Agreement, EnrolmentFacts


@dataclass(frozen=True)
class OnFile:
    """Of one project and some of its people. `fraudulent`: of these, whoever fraud was confirmed about; `by_roster`:
    the rosters by which each of them was enrolled before."""

    project: Project
    admissions: Mapping[str, Admission]
    agreements: Mapping[str, Agreement]
    cooperation: Agreement | None
    guides: Mapping[str, Guides]
    textbooks_filed_on: date | None
    suspensions: Suspensions
    fraudulent: Collection[str]
    by_roster: Mapping[str, Collection[str]]

    def facts(self, person_id: str, today: date, starts_on: date, elsewhere: tuple[str, ...]) -> EnrolmentFacts:
        """Of one person, who is funded in the programmes `elsewhere` meanwhile. The real-name record and file are the
        enrolment itself, by the person's verified identity (APP-14)."""
        admission = self.admissions.get(person_id)
        guides = self.guides.get(person_id, NOBODY)
        return EnrolmentFacts(
            on=today,
            starts_on=starts_on,
            roster_approved=admission is not None and admission.approved_on <= starts_on,
            training_agreement=self.agreements.get(person_id),
            cooperation_agreement=self.cooperation,
            mentors=guides.on(WORKPLACE, today),
            instructors=guides.on(CLASSROOM, today),
            real_name_file=True,
            employer_rules=self.project.plan.employer_rules,
            textbooks_filed_on=self.textbooks_filed_on,
            suspended=self.suspensions.open or self.suspensions.covers(starts_on),
            fraud_confirmed=person_id in self.fraudulent,
            funded_elsewhere=elsewhere,
            roster_used=admission is not None and admission.case_id in self.by_roster.get(person_id, ()),
        )


def on_file(session: Session, project: Project, person_ids: Sequence[str]) -> OnFile:
    """Of these people, in a few statements however many they are."""
    return OnFile(
        project=project,
        admissions=admitted(session, project.id, tuple(person_ids)),
        agreements=_agreements(session, project.id, person_ids),
        cooperation=_cooperation(session, project.id),
        guides=guides_of(session, project.id, person_ids),
        textbooks_filed_on=textbooks_filed_on(session, project.id),
        suspensions=suspensions_of(session, project.id),
        fraudulent=confirmed_about(session, project.id, person_ids),
        by_roster=_rosters_used(session, project.id, person_ids),
    )


def _rosters_used(session: Session, project_id: str, person_ids: Sequence[str]) -> dict[str, set[str]]:
    used = select(Enrolment.person_id, Enrolment.roster_case).where(
        Enrolment.project_id == project_id, Enrolment.person_id.in_(person_ids), Enrolment.roster_case.is_not(None)
    )
    found: dict[str, set[str]] = {}
    for person_id, case_id in session.execute(used):
        found.setdefault(person_id, set()).add(str(case_id))
    return found


def textbooks_filed_on(session: Session, project_id: str) -> date | None:
    """The day of the first filing, None where there was none."""
    return session.scalar(select(func.min(TextbookFiling.filed_on)).where(TextbookFiling.project_id == project_id))


def _agreements(session: Session, project_id: str, person_ids: Sequence[str]) -> dict[str, Agreement]:
    """The latest one of each person: later rows replace earlier ones."""
    rows = session.execute(
        select(AgreementPerson.person_id, TrainingAgreementRow.items, TrainingAgreementRow.signed_on)
        .join(TrainingAgreementRow, TrainingAgreementRow.id == AgreementPerson.agreement_id)
        .where(TrainingAgreementRow.project_id == project_id, AgreementPerson.person_id.in_(person_ids))
        .order_by(TrainingAgreementRow.number)
    )
    return {person_id: Agreement(tuple(items), signed_on) for person_id, items, signed_on in rows}


def _cooperation(session: Session, project_id: str) -> Agreement | None:
    filed = select(CooperationAgreementRow).where(CooperationAgreementRow.project_id == project_id)
    latest = session.scalar(filed.order_by(CooperationAgreementRow.number.desc()).limit(1))
    return None if latest is None else Agreement(tuple(latest.items), latest.signed_on)
