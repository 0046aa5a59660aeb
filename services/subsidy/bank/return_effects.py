"""What else follows where money came back from somebody who earns nothing any more (APP-27).

Nothing is paid again: the claim is voided, its commitment released, and what was asked back on account of that money is
no longer asked for. A demand for what a result found too much stands: the money is sent again first, and a set-off can
keep it.
"""

from __future__ import annotations

from collections.abc import Iterable

from services.subsidy.exclusions.enforcement import enforce_exclusions, projects_with_exclusions
from services.subsidy.models import Claim
from shared.kernel.work import Work


def enforce_after_return(work: Work, claims: Iterable[Claim]) -> None:
    """Needs the payments and claims as they stand after the return."""
    projects = {claim.project_id for claim in claims}
    for project_id in sorted(projects_with_exclusions(work.session, projects)):
        enforce_exclusions(work, project_id)
