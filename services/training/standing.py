"""What is on file about people who are to be enrolled: the facts of `training.enrolment`, loaded set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.models import (
    Admission,
    AgreementPerson,
    CooperationAgreementRow,
    MentorAssignment,
    Project,
    TextbookFiling,
    TrainingAgreementRow,
)
from services.training.projects import admitted
from services.training.rules.enrolment import Agreement, EnrolmentFacts


@dataclass(frozen=True)
class Standing:
    """Of one project and some of its people. `mentors`: distinct eligible workplace mentors and instructors."""

    project: Project
    admissions: Mapping[str, Admission]
    agreements: Mapping[str, Agreement]
    cooperation: Agreement | None
    mentors: Mapping[str, tuple[int, int]]
    textbooks_filed_on: date | None

    def facts(self, person_id: str, today: date, starts_on: date) -> EnrolmentFacts:
        """The real-name record and file are the enrolment itself, by the person's verified identity (APP-14)."""
        admission = self.admissions.get(person_id)
        workplace_mentors, instructors = self.mentors.get(person_id, (0, 0))
        return EnrolmentFacts(
            on=today,
            starts_on=starts_on,
            roster_approved=admission is not None and admission.approved_on <= starts_on,
            training_agreement=self.agreements.get(person_id),
            cooperation_agreement=self.cooperation,
            mentors=workplace_mentors,
            instructors=instructors,
            real_name_file=True,
            employer_rules=self.project.plan.employer_rules,
            textbooks_filed_on=self.textbooks_filed_on,
        )


def standing(session: Session, project: Project, person_ids: Sequence[str]) -> Standing:
    return Standing(
        project=project,
        admissions=admitted(session, project.id, tuple(person_ids)),
        agreements=_agreements(session, project.id, person_ids),
        cooperation=_cooperation(session, project.id),
        mentors=_mentors(session, project.id, person_ids),
        textbooks_filed_on=textbooks_filed_on(session, project.id),
    )


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
    latest = session.scalar(
        select(CooperationAgreementRow)
        .where(CooperationAgreementRow.project_id == project_id)
        .order_by(CooperationAgreementRow.number.desc())
        .limit(1)
    )
    return None if latest is None else Agreement(tuple(latest.items), latest.signed_on)


def _mentors(session: Session, project_id: str, person_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    rows = session.execute(
        select(
            MentorAssignment.person_id,
            func.count(MentorAssignment.workplace_mentor_id.distinct()),
            func.count(MentorAssignment.instructor_id.distinct()),
        )
        .where(MentorAssignment.project_id == project_id, MentorAssignment.person_id.in_(person_ids))
        .group_by(MentorAssignment.person_id)
    )
    return {person_id: (workplace_mentors, instructors) for person_id, workplace_mentors, instructors in rows}
