"""Whatever moves the money of one project waits until the one before it has committed: rows locked in one order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, Project
from shared.store.database import execute_count


def lock_project(session: Session, project_id: str) -> bool:
    """Holds the project's row until this transaction ends: claims, payments, blocks and fraud come one by one.

    False where the project isn't known here. A transaction that locks several takes them in order of id.
    """
    locking = update(Project).where(Project.project_id == project_id).values(turns=Project.turns + 1)
    return execute_count(session, locking) == 1


def lock_claim(session: Session, claim: Claim) -> None:
    """Holds a claim's row until this transaction ends, after its project's, and looks at it as it is then."""
    execute_count(session, update(Claim).where(Claim.id == claim.id).values(turns=Claim.turns + 1))
    session.refresh(claim)


def lock_projects_of(session: Session, claims: Sequence[Claim]) -> set[str]:
    """Holds the row of every project of these claims until the transaction ends; which projects they are."""
    projects = {claim.project_id for claim in claims}
    for project_id in sorted(projects):
        lock_project(session, project_id)
    return projects
