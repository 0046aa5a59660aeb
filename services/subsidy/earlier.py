"""What was claimed before: the live lines of a project, and who may therefore be claimed for now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.subsidy.models import Claim, ClaimLine
from services.subsidy.moves import APPROVED, SETTLED
from services.subsidy.sets import STREAM
from shared.contracts.training import OutcomeShape
from shared.errors import Conflict
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Earlier:
    """A live line of an enrolment, in a claim of that state, submitted on that day."""

    state: str
    submitted_on: date
    amount: Money
    clawback: Money


Lines = Mapping[str, Earlier]
"""The lines of one enrolment, by kind."""

NONE: Lines = {}


class Before:
    """The live lines of a project, by enrolment."""

    def __init__(self, session: Session, project_id: str) -> None:
        self._lines: dict[str, dict[str, Earlier]] = {}
        columns = (ClaimLine.enrolment_id, ClaimLine.kind, Claim.state, Claim.submitted_on)
        wanted = (
            select(*columns, ClaimLine.amount, ClaimLine.clawback)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(ClaimLine.project_id == project_id, ClaimLine.live)
        )
        for enrolment_id, kind, state, submitted_on, amount, clawback in session.execute(
            wanted, execution_options=STREAM
        ):
            line = Earlier(state, submitted_on, amount, clawback)
            self._lines.setdefault(enrolment_id, {})[kind] = line

    def of(self, enrolment_id: str) -> Lines:
        return self._lines.get(enrolment_id, NONE)

    def paid(self, enrolment_id: str) -> Money:
        """What was claimed for an enrolment so far, less what was found due back."""
        return Money.sum(line.amount - line.clawback for line in self.of(enrolment_id).values())

    def advances_decided(self, chosen: Sequence[OutcomeShape]) -> bool:
        lines = [self.of(one.enrolment_id).get("advance") for one in chosen]
        return all(line is not None and line.state in APPROVED for line in lines)

    def last_final(self, chosen: Sequence[OutcomeShape]) -> date | None:
        """The last day on which one of them was finally claimed for."""
        finals = [self.of(one.enrolment_id).get("final") for one in chosen]
        return max((line.submitted_on for line in finals if line is not None), default=None)

    def check_settled(self, kind: str, chosen: Sequence[OutcomeShape]) -> None:
        """What was paid is known only once the advance is settled; a final claim before that could pay twice."""
        lines = [self.of(one.enrolment_id).get("advance") for one in chosen]
        if kind == "final" and any(line is not None and line.state not in SETTLED for line in lines):
            raise Conflict("首次补贴尚在审核或拨付中，请待其拨付完成后再申领剩余补贴")


def _for_advance(lines: Lines, _: OutcomeShape) -> bool:
    return not lines


def _for_final(lines: Lines, _: OutcomeShape) -> bool:
    return "final" not in lines


def _for_supplementary(lines: Lines, outcome: OutcomeShape) -> bool:
    """Settled, and certified after the final claim: once (INT-33)."""
    final = lines.get("final")
    if final is None or final.state not in SETTLED or "supplementary" in lines or outcome.certificate is None:
        return False
    return outcome.certificate.issued_on > final.submitted_on


OPEN: Mapping[str, Callable[[Lines, OutcomeShape], bool]] = {
    "advance": _for_advance,
    "final": _for_final,
    "supplementary": _for_supplementary,
}
"""Who may be claimed for, by kind of claim: an advance needs that nothing was claimed, a final claim no final one."""
