"""How a project is run: attendance, attrition, pictures, incentives (APP-32, 33, 35), shown and decided at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.training.decisions import decisions_about
from services.training.learning.media_and_incentives import incentives_of
from services.training.learning.pictures import is_here
from services.training.models import CreditHours, Enrolment, Media, Project
from services.training.projects.access import project_in_reach
from services.training.rules.programme import ConductFacts
from shared.contracts.common import FindingShape
from shared.contracts.training.learning import ConductShape, GetConduct
from shared.kernel.work import Look
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.by_name import shape_of

DECISION = "training.conduct"


def count_states(session: Session, project_id: str) -> dict[str, int]:
    """Enrolments of a project by state."""
    rows = session.execute(
        select(Enrolment.state, func.count()).where(Enrolment.project_id == project_id).group_by(Enrolment.state)
    )
    return {state: int(number) for state, number in rows}


def count_valid(counts: Mapping[str, int]) -> int:
    """How many enrolments stand: all but those annulled."""
    return sum(number for state, number in counts.items() if state != "annulled")


def decide_conduct(session: Session, project: Project, document: Document, on: date) -> Decision:
    """Of all enrolments of the project, as they stand now."""
    return decide(DECISION, _facts(session, project, on), document)


def _facts(session: Session, project: Project, on: date) -> ConductFacts:
    counts = count_states(session, project.id)
    enrolled = count_valid(counts)
    plan = project.plan
    return ConductFacts(
        on=on,
        planned_hours=enrolled * (plan.general_hours + plan.theory_hours + plan.practice_hours),
        attended_hours=_attended(session, project.id),
        enrolled=enrolled,
        left=counts.get("left", 0),
        media=_media(session, project.id),
    )


def _attended(session: Session, project_id: str) -> int:
    hours = (
        select(func.coalesce(func.sum(CreditHours.class_hours), 0))
        .join(Enrolment, Enrolment.id == CreditHours.enrolment_id)
        .where(Enrolment.project_id == project_id, Enrolment.state != "annulled")
    )
    return int(session.scalar(hours) or 0)


def _media(session: Session, project_id: str) -> int:
    """Files that are here, of the project itself and those named with hours; one that is both counts once."""
    own = (
        select(Media.file)
        .join(Project, Project.id == Media.project_id)
        .where(Media.project_id == project_id, is_here(Media.file))
    )
    with_hours = (
        select(CreditHours.media)
        .join(Enrolment, Enrolment.id == CreditHours.enrolment_id)
        .join(Project, Project.id == Enrolment.project_id)
        .where(Enrolment.project_id == project_id, is_here(CreditHours.media))
    )
    return session.scalar(select(func.count()).select_from(own.union(with_hours).subquery())) or 0


def get_conduct(look: Look, request: GetConduct) -> ConductShape:
    """For everybody in reach: as it stands today, and as it was decided when the run was completed."""
    project = project_in_reach(look.session, look.speaker, request.project_id)
    facts = _facts(look.session, project, look.today)
    today = decide(DECISION, facts, look.policies.by_identity(project.document))
    kept = decisions_about(look.session, [project.id]).get(project.id, ())
    return shape_of(
        ConductShape,
        facts,
        project_id=project.id,
        attendance=f"{facts.attended_hours}/{facts.planned_hours}",
        attrition=f"{facts.left}/{facts.enrolled}",
        incentives=incentives_of(look.session, project.id),
        findings=tuple(FindingShape(**finding.to_json()) for finding in today.findings),
        decision=kept[-1] if kept else None,
    )
