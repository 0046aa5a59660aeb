"""What others read: projects and enrolments for officials, outcomes and earlier funding for the other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.decisions import decisions_about
from services.training.enrolments.eligibility import textbooks_filed_on
from services.training.learning.progress import Progress, credit_facts, progress_of
from services.training.learning.training_days import breaks_of
from services.training.learning.wages import months_underpaid
from services.training.models import LIVE, Admission, Assessment, Break, Certificate, CourseRun, Enrolment, Project
from services.training.projects.access import project_in_reach
from services.training.results.conduct import count_states, standing_of
from services.training.rules.certificates import best
from services.training.rules.completion import credits_so_far
from services.training.rules.days import months_trained
from shared.contracts.registry.eligibility import Funded
from shared.contracts.training.enrolments import AskFunded, EnrolmentPage, EnrolmentShape, FundedList, ListEnrolments
from shared.contracts.training.projects import GetProject, ProjectShape
from shared.contracts.training.results import AskOutcomes, CertificateShape, OutcomePage, OutcomeShape
from shared.kernel.work import Look
from shared.policy.document import Document

EXPLAINED_PER_PAGE = 200
"""Enrolments with all their decisions are long: more of them might not fit into a message."""


def get_project(look: Look, request: GetProject) -> ProjectShape:
    project = project_in_reach(look.session, look.speaker, request.project_id)
    counts = count_states(look.session, project.id)
    enrolled = standing_of(counts)
    run = look.session.scalar(select(CourseRun).where(CourseRun.project_id == project.id))
    last_day = look.session.scalar(select(func.max(Enrolment.ends_on)).where(Enrolment.project_id == project.id))
    return ProjectShape(
        project_id=project.id,
        programme=project.programme,
        document=project.document,
        district=project.district,
        employer_id=project.employer_id,
        provider_id=project.provider_id,
        occupation=project.occupation,
        occupation_class=project.occupation_class,
        level=project.level,
        term_years=project.term_years,
        state=project.state,  # type: ignore[arg-type] # a CHECK holds it to the three
        starts_on=run.starts_on if run else None,
        ends_on=(run.ended_on if run else None) or (last_day - timedelta(days=1) if last_day else None),
        admitted=_admitted(look.session, project),
        enrolled=enrolled,
        assessed=enrolled - counts.get("in_training", 0),
        certified=_certified(look.session, project),
        attrition=f"{counts.get('left', 0)}/{enrolled}",
        annulled=counts.get("annulled", 0),
    )


def _admitted(session: Session, project: Project) -> int:
    return session.scalar(select(func.count()).where(Admission.project_id == project.id)) or 0


def _certified(session: Session, project: Project) -> int:
    certified = (
        select(func.count(Certificate.enrolment_id.distinct()))
        .join(Enrolment, Enrolment.id == Certificate.enrolment_id)
        .where(Enrolment.project_id == project.id, Enrolment.state != "annulled")
    )
    return session.scalar(certified) or 0


def list_enrolments(look: Look, request: ListEnrolments) -> EnrolmentPage:
    """Everybody ever enrolled in the project, with progress and decisions; at most 200 a page."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    document = look.policies.by_identity(project.document)
    page, cursor = _page(look.session, project, request.cursor, min(request.limit, EXPLAINED_PER_PAGE))
    ids = [enrolment.id for enrolment in page]
    progress = progress_of(look.session, ids, look.today)
    certificates = _certificates(look.session, project, document, page)
    decisions = decisions_about(look.session, ids)
    breaks = breaks_of(look.session, ids)
    shapes = tuple(
        EnrolmentShape(
            enrolment_id=enrolment.id,
            person_id=enrolment.person_id,
            state=enrolment.state,  # type: ignore[arg-type] # a CHECK holds it to the five
            enrolled_on=enrolment.starts_on,
            classroom_hours=progress[enrolment.id].hours("classroom"),
            workplace_hours=progress[enrolment.id].hours("workplace"),
            credits=_credits(project, document, progress[enrolment.id]),
            certificate_number=certificates[enrolment.id].number if enrolment.id in certificates else None,
            decisions=tuple(decisions.get(enrolment.id, ())),
            on_break_until=next((each.until for each in breaks.get(enrolment.id, ()) if each.ended_on is None), None),
        )
        for enrolment in page
    )
    return EnrolmentPage(shapes, cursor)


def _credits(project: Project, document: Document, progress: Progress) -> int:
    return credits_so_far(credit_facts(project, progress), document)


def ask_outcomes(look: Look, request: AskOutcomes) -> OutcomePage:
    """For subsidy: what became of each enrolment. `appraisable` is false while nobody is assessed."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    document = look.policies.by_identity(project.document)
    page, cursor = _page(look.session, project, request.cursor, request.limit)
    certificates = _certificates(look.session, project, document, page)
    ids = [enrolment.id for enrolment in page]
    results = {
        row.enrolment_id: row
        for row in look.session.scalars(select(Assessment).where(Assessment.enrolment_id.in_(ids)))
    }
    breaks = breaks_of(look.session, ids)
    underpaid = months_underpaid(look.session, ids)
    outcomes = tuple(
        _outcome(
            look,
            enrolment,
            results.get(enrolment.id),
            certificates.get(enrolment.id),
            breaks.get(enrolment.id, ()),
            underpaid.get(enrolment.id, 0),
        )
        for enrolment in page
    )
    filed = textbooks_filed_on(look.session, project.id) is not None
    return OutcomePage(project.id, project.state == "completed", filed, outcomes, cursor)


def _outcome(
    look: Look,
    enrolment: Enrolment,
    result: Assessment | None,
    certificate: Certificate | None,
    breaks: Sequence[Break],
    underpaid: int,
) -> OutcomeShape:
    until = result.assessed_on if result else look.today
    return OutcomeShape(
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        enrolled_on=enrolment.starts_on,
        result=result.result if result else None,  # type: ignore[arg-type] # read from a contract's field
        assessed_on=result.assessed_on if result else None,
        appraisable=result.appraisable if result else False,
        months_trained=months_trained(enrolment.starts_on, until, breaks),
        leaving_reason=result.leaving_reason if result else "none",  # type: ignore[arg-type] # likewise
        certificate=_certificate_shape(certificate) if certificate else None,
        months_underpaid=underpaid,
        annulled=enrolment.state == "annulled",
    )


def _certificate_shape(certificate: Certificate) -> CertificateShape:
    return CertificateShape(
        kind=certificate.kind,
        occupation=certificate.occupation,
        number=certificate.number,
        issued_on=certificate.issued_on,
        level=certificate.level,
        self_issued=certificate.self_issued,
        issuer_registered=certificate.issuer_registered,
    )


def _page(session: Session, project: Project, cursor: str | None, limit: int) -> tuple[Sequence[Enrolment], str | None]:
    """Enrolments in order of their ids; the cursor is the last one's, None on the last page."""
    found = session.scalars(
        select(Enrolment)
        .where(Enrolment.project_id == project.id, Enrolment.id > (cursor or ""))
        .order_by(Enrolment.id)
        .limit(limit + 1)
    ).all()
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def _certificates(
    session: Session, project: Project, document: Document, page: Sequence[Enrolment]
) -> Mapping[str, Certificate]:
    """By enrolment, the certificate that stands for the training."""
    held: dict[str, list[Certificate]] = {}
    for certificate in session.scalars(
        select(Certificate).where(Certificate.enrolment_id.in_([enrolment.id for enrolment in page]))
    ):
        held.setdefault(certificate.enrolment_id, []).append(certificate)
    chosen = {
        enrolment.id: best(
            held.get(enrolment.id, ()), project.occupation, enrolment.starts_on, document.certificate_levels
        )
        for enrolment in page
    }
    return {enrolment_id: certificate for enrolment_id, certificate in chosen.items() if certificate}


def ask_funded(look: Look, request: AskFunded) -> FundedList:
    """Who failed, left or was annulled pays the advance back: only those in training or passed were funded (INT-37)."""
    rows = look.session.execute(
        select(Enrolment.person_id, Project.occupation, Project.level)
        .join(Project, Project.id == Enrolment.project_id)
        .where(
            Enrolment.programme == request.programme,
            Enrolment.person_id.in_(request.person_ids),
            Enrolment.funded,
            Enrolment.state.in_(LIVE),
        )
        .distinct()
        .order_by(Enrolment.person_id, Project.occupation, Project.level)
    )
    return FundedList(tuple(Funded(person_id, occupation, level) for person_id, occupation, level in rows))
