"""What a project's district settles where the employer never claims: whoever failed or left is asked back (INT-88)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.subsidy.claims.ended_enrolments import enforce_ended, store_ended
from services.subsidy.claims.training_outcomes import TrainingOutcomes, ask_about
from services.subsidy.models import Clawback, EndedEnrolment, Project
from shared.contracts.subsidy.claims import ProjectSettled, SettleProject
from shared.contracts.training import results
from shared.errors import Conflict
from shared.kernel.work import Asks, Work
from shared.money import ZERO, Money
from shared.security.permissions import check_place, not_found
from shared.store.by_name import shape_of


def ask(asks: Asks, request: SettleProject) -> TrainingOutcomes:
    """Every page of the project's outcomes. Raises NotFound as `training_outcomes.ask_about` does."""
    return ask_about(asks, request.project_id)


def settle_project(work: Work, request: SettleProject, known: TrainingOutcomes) -> ProjectSettled:
    """Opens what is due back of all who failed or left and whom no final claim decides; again, it changes nothing.

    Raises Conflict while the run is open: `training.settle_run` ends it.
    """
    project = work.session.get(Project, request.project_id)
    if project is None:
        raise not_found()
    check_place(work.speaker, project.district)
    if not known.training_completed:
        raise Conflict("培训尚未结束，不能办理结算；单位失联或已不存在的，请先办理培训结算")
    store_ended(work, project.project_id, [_ended(one) for one in known.enrolments if _is_without_pass(one)])
    before = _asked(work.session, project)  # under the lock: what somebody else opened isn't counted as ours
    enforce_ended(work, project.project_id)
    work.note(f"project:{project.project_id}")
    persons = select(func.count()).where(EndedEnrolment.project_id == project.project_id)
    return ProjectSettled(
        project_id=project.project_id,
        persons=work.session.scalar(persons) or 0,
        asked_back=_asked(work.session, project) - before,
    )


def _is_without_pass(one: results.OutcomeShape) -> bool:
    return one.result in results.WITHOUT_PASS and not one.annulled


def _ended(one: results.OutcomeShape) -> results.EndedEnrolment:
    return shape_of(results.EndedEnrolment, one, ended_on=one.assessed_on)


def _asked(session: Session, project: Project) -> Money:
    """By all demands of the project, whatever became of them."""
    asked = select(func.sum(Clawback.amount)).where(Clawback.project_id == project.project_id)
    return session.scalar(asked) or ZERO
