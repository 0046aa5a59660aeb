"""Who took an earlier step in a claim, and so may take no later one (X-5)."""

from __future__ import annotations

from services.subsidy.models import Claim


def earlier_steps(claim: Claim) -> dict[str, str]:
    """Applying and approving, in Chinese, with the person of each; empty for a step that nobody took yet."""
    return {"申领": claim.applicant, "审核": claim.approver or ""}
