"""The history of a project in training: one line for each act, kept in its transaction."""

from __future__ import annotations

from services.training.models import Act
from shared.kernel.work import Work


def log_activity(work: Work, project_id: str, action: str, count: int = 1, of_id: str | None = None) -> None:
    """Writes the act into the project's history and notes it for the audit. `count`: rows that it changed.

    A list command that changed nothing is no act: it is audited only.
    """
    work.note(f"project:{project_id}", *([f"{action}:{of_id}"] if of_id else []))
    if not count:
        return
    work.add(
        Act(
            project_id=project_id,
            action=action,
            of_id=of_id or project_id,
            count=count,
            person=work.speaker.person,
            role=work.speaker.acting_role.value,
            acted_on=work.today,
            acted_at=work.at,
        )
    )
