"""What training says about a project's people, asked page by page before a claim is decided."""

from __future__ import annotations

from dataclasses import dataclass

from services.subsidy.models import Project
from shared.contracts.subsidy.claims import SubmitClaim
from shared.contracts.training.results import ASK_OUTCOMES, AskOutcomes, OutcomeShape
from shared.cooperative import yield_control
from shared.kernel.work import Asks
from shared.security.permissions import check_reach, not_found


@dataclass(frozen=True)
class TrainingOutcomes:
    """All that training says about a project: every enrolment with its outcome, in the order of their ids."""

    training_completed: bool
    textbooks_filed: bool
    enrolments: tuple[OutcomeShape, ...]


def ask(asks: Asks, request: SubmitClaim) -> TrainingOutcomes:
    """Of the project that a claim is for."""
    return ask_about(asks, request.project_id)


def ask_about(asks: Asks, project_id: str) -> TrainingOutcomes:
    """Every page of the project's outcomes. Raises NotFound before anything is asked about another's project."""
    with asks.reading() as session:
        project = session.get(Project, project_id)
    if project is None:
        raise not_found()
    check_reach(asks.speaker, district=project.district, organisations=[project.employer_id])
    completed = filed = True
    found: dict[str, OutcomeShape] = {}
    cursor: str | None = None
    while True:
        page = asks.ask(ASK_OUTCOMES, AskOutcomes(project_id, cursor))
        completed, filed = completed and page.training_completed, filed and page.textbooks_filed
        found.update((one.enrolment_id, one) for one in page.enrolments)
        cursor = page.cursor
        if cursor is None:
            return TrainingOutcomes(completed, filed, tuple(found[key] for key in sorted(found)))
        yield_control()
