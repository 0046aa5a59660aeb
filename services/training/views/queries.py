"""What others read: projects and enrolments for officials, outcomes and earlier funding for the other services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.training.decisions import decisions_about
from services.training.enrolments.eligibility import textbooks_filed_on
from services.training.enrolments.prior_enrolments import funded_before
from services.training.learning.minimum_wage import compares_wages
from services.training.learning.progress import credit_facts, progress_of
from services.training.learning.training_days import breaks_of
from services.training.learning.wages import months_compared, months_underpaid
from services.training.lookup import results_of
from services.training.models import Admission, Assessment, Break, Certificate, CourseRun, Enrolment, Project
from services.training.projects.access import project_in_reach
from services.training.results.assessment_halves import SIDES, halves_of
from services.training.results.conduct import count_states, count_valid
from services.training.results.plan_departures import departures_of
from services.training.rules.certificates import best
from services.training.rules.completion import credits_so_far
from services.training.rules.days import months_of_wages, months_trained
from shared.batching import grouped
from shared.contracts.training.enrolments import (
    AskFunded,
    AssessmentHalfShape,
    DepartureShape,
    EnrolmentPage,
    EnrolmentShape,
    FundedList,
    ListEnrolments,
)
from shared.contracts.training.projects import GetProject, ProjectShape
from shared.contracts.training.results import AskOutcomes, CertificateShape, OutcomePage, OutcomeShape
from shared.kernel.work import Look
from shared.policy.document import Document
from shared.store.by_name import shape_of
from shared.store.cursors import PageOf, read_page

EXPLAINED_PER_PAGE = 200
"""Enrolments with all their decisions are long: more of them might not fit into a message."""


_NO_RESULT = Assessment(result=None, assessed_on=None, appraisable=False, leaving_reason="none")
"""Of whoever still trains."""


def get_project(look: Look, request: GetProject) -> ProjectShape:
    """For everybody in reach: the project with the figures of today."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    counts = count_states(look.session, project.id)
    enrolled = count_valid(counts)
    run = look.session.scalar(select(CourseRun).where(CourseRun.project_id == project.id))
    last_day = look.session.scalar(select(func.max(Enrolment.ends_on)).where(Enrolment.project_id == project.id))
    return shape_of(
        ProjectShape,
        project,
        project_id=project.id,
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
    asked = PageOf(request.cursor, min(request.limit, EXPLAINED_PER_PAGE))
    shown, cursor = read_page(look.session, _enrolled(project), asked, Enrolment.id)
    ids = [enrolment.id for enrolment in shown]
    progress = progress_of(look.session, ids, look.today)
    certificates = _certificates(look.session, project, document, shown)
    decisions = decisions_about(look.session, ids)
    breaks = breaks_of(look.session, ids)
    halves = halves_of(look.session, ids)
    departures = departures_of(look.session, ids)
    shapes = tuple(
        shape_of(
            EnrolmentShape,
            enrolment,
            enrolment_id=enrolment.id,
            enrolled_on=enrolment.starts_on,
            classroom_hours=progress[enrolment.id].hours("classroom"),
            workplace_hours=progress[enrolment.id].hours("workplace"),
            credits=credits_so_far(credit_facts(project, progress[enrolment.id]), document),
            certificate_number=certificates[enrolment.id].number if enrolment.id in certificates else None,
            decisions=tuple(decisions.get(enrolment.id, ())),
            on_break_until=next((each.until for each in breaks.get(enrolment.id, ()) if each.ended_on is None), None),
            assessments=tuple(
                shape_of(AssessmentHalfShape, half)
                for side in SIDES
                if (half := halves.get((enrolment.id, side))) is not None
            ),
            departure=shape_of(DepartureShape, departures[enrolment.id]) if enrolment.id in departures else None,
        )
        for enrolment in shown
    )
    return EnrolmentPage(shapes, cursor)


def ask_outcomes(look: Look, request: AskOutcomes) -> OutcomePage:
    """For subsidy: what became of each enrolment. `appraisable` is false while nobody is assessed."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    document = look.policies.by_identity(project.document)
    shown, cursor = read_page(look.session, _enrolled(project), request, Enrolment.id)
    certificates = _certificates(look.session, project, document, shown)
    ids = [enrolment.id for enrolment in shown]
    results = results_of(look.session, ids)
    breaks = breaks_of(look.session, ids)
    underpaid = months_underpaid(look.session, ids)
    compared = months_compared(look.session, ids) if compares_wages(document) else None
    departures = departures_of(look.session, ids)
    outcomes = tuple(
        _outcome(
            look,
            enrolment,
            results.get(enrolment.id),
            certificates.get(enrolment.id),
            breaks.get(enrolment.id, ()),
            months_underpaid=underpaid.get(enrolment.id, 0),
            compared=None if compared is None else compared.get(enrolment.id, set()),
            departed=enrolment.id in departures and departures[enrolment.id].taken_up_by is None,
        )
        for enrolment in shown
    )
    filed = textbooks_filed_on(look.session, project.id) is not None
    return OutcomePage(project.id, project.state == "completed", filed, outcomes, cursor)


def _outcome(
    look: Look,
    enrolment: Enrolment,
    result: Assessment | None,
    certificate: Certificate | None,
    breaks: Sequence[Break],
    *,
    compared: set[date] | None,
    **known: int | bool,
) -> OutcomeShape:
    """`compared`: the months whose wage was; None where the document compares none. `known`: told as it is."""
    until = result.assessed_on if result else look.today
    due = [] if compared is None else months_of_wages(enrolment.starts_on, until, look.today, breaks)
    return shape_of(
        OutcomeShape,
        result or _NO_RESULT,
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        enrolled_on=enrolment.starts_on,
        months_trained=months_trained(enrolment.starts_on, until, breaks),
        certificate=shape_of(CertificateShape, certificate) if certificate else None,
        months_unrecorded=len([month for month in due if compared is not None and month not in compared]),
        **known,
        annulled=enrolment.state == "annulled",
    )


def _enrolled(project: Project) -> Select[Enrolment]:
    """Everybody ever enrolled in the project."""
    return select(Enrolment).where(Enrolment.project_id == project.id)


def _certificates(
    session: Session, project: Project, document: Document, enrolments: Sequence[Enrolment]
) -> Mapping[str, Certificate]:
    """By enrolment, the certificate that stands for the training."""
    wanted = select(Certificate).where(Certificate.enrolment_id.in_([enrolment.id for enrolment in enrolments]))
    held = grouped((certificate.enrolment_id, certificate) for certificate in session.scalars(wanted))
    chosen = {
        enrolment.id: best(
            held.get(enrolment.id, ()), project.occupation, enrolment.starts_on, document.certificate_levels
        )
        for enrolment in enrolments
    }
    return {enrolment_id: certificate for enrolment_id, certificate in chosen.items() if certificate}


def ask_funded(look: Look, request: AskFunded) -> FundedList:
    """For review: what people are or were funded for (INT-37)."""
    return FundedList(funded_before(look.session, request.programme, request.person_ids))
