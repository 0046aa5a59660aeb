"""What else follows where money came back from somebody who earns nothing any more."""

from __future__ import annotations

from collections.abc import Sequence

from services.subsidy.models import Claim
from shared.bus.work import Work


def after_return(work: Work, claims: Sequence[Claim]) -> None:
    del work, claims
