"""What was claimed before: the live lines of a project, who may therefore be claimed for now, and what came back.

A voided claim decided nothing, but what was repaid for it did come back, and what was given up stays given up: a later
final claim neither counts that as paid nor asks for it again (X-10).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from services.subsidy.demands.discharges import net_discharged
from services.subsidy.lifecycle.claim import APPROVED, SETTLED
from services.subsidy.models import Claim, ClaimLine, Clawback, Discharge
from shared.contracts.subsidy.claims import ClaimKind
from shared.contracts.training.results import WITHOUT_PASS, OutcomeShape
from shared.errors import Conflict
from shared.money import ZERO, Money
from shared.store.bulk import STREAM


@dataclass(frozen=True, slots=True)
class PriorLine:
    """A live line of an enrolment, in a claim of that state, submitted on that day."""

    state: str
    submitted_on: date
    amount: Money
    clawback: Money


Lines = Mapping[str, PriorLine]
"""The lines of one enrolment, by kind."""

NONE: Lines = {}


@dataclass(frozen=True, slots=True)
class Recovered:
    """Of one enrolment, beside its live lines: what came back for a voided claim, and what else is asked for."""

    returned: Money = ZERO
    asked: Money = ZERO


NOTHING = Recovered()


class PriorClaims:
    """The live lines of a project, and what was asked back beside them, by enrolment."""

    def __init__(self, session: Session, project_id: str) -> None:
        self._lines: dict[str, dict[str, PriorLine]] = {}
        columns = (ClaimLine.enrolment_id, ClaimLine.kind, Claim.state, Claim.submitted_on)
        wanted = (
            select(*columns, ClaimLine.amount, ClaimLine.clawback)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .where(ClaimLine.project_id == project_id, ClaimLine.live)
        )
        for enrolment_id, kind, state, submitted_on, amount, clawback in session.execute(
            wanted, execution_options=STREAM
        ):
            line = PriorLine(state, submitted_on, amount, clawback)
            self._lines.setdefault(enrolment_id, {})[kind] = line
        self._back = _asked_back(session, project_id)

    def of(self, enrolment_id: str) -> Lines:
        """Of one enrolment; empty where nothing was claimed for it."""
        return self._lines.get(enrolment_id, NONE)

    def paid(self, enrolment_id: str) -> Money:
        """What was claimed for an enrolment so far, less what was found due back and what came back for nothing."""
        claimed = Money.sum(line.amount - line.clawback for line in self.of(enrolment_id).values())
        return claimed - self._back.get(enrolment_id, NOTHING).returned

    def asked_back(self, enrolment_id: str) -> Money:
        """What of that is asked for by demands other than those of its live lines, or was and is given up."""
        return self._back.get(enrolment_id, NOTHING).asked

    def advances_decided(self, chosen: Sequence[OutcomeShape]) -> bool:
        """Whether each of them was approved an advance."""
        return all(line is not None and line.state in APPROVED for line in self._each(chosen, "advance"))

    def last_final(self, chosen: Sequence[OutcomeShape]) -> date | None:
        """The last day on which one of them was finally claimed for."""
        finals = self._each(chosen, "final")
        return max((line.submitted_on for line in finals if line is not None), default=None)

    def check_settled(self, kind: str, chosen: Sequence[OutcomeShape]) -> None:
        """What was paid is known only once the advance is settled; a final claim before that could pay twice.

        Raises Conflict for a final claim with such an advance.
        """
        advances = self._each(chosen, "advance")
        if kind == "final" and any(line is not None and line.state not in SETTLED for line in advances):
            raise Conflict("首次补贴尚在审核或拨付中，请待其拨付完成后再申领剩余补贴")

    def _each(self, chosen: Sequence[OutcomeShape], kind: ClaimKind) -> list[PriorLine | None]:
        return [self.of(one.enrolment_id).get(kind) for one in chosen]


def _asked_back(session: Session, project_id: str) -> dict[str, Recovered]:
    """What demands ask for that no live line says: those of voided claims, and those that other causes opened."""
    beside = (Clawback.project_id == project_id, or_(Clawback.cause != "result", ~Claim.live))
    opened = (
        select(Clawback.enrolment_id, func.sum(Clawback.amount))
        .join(Claim, Claim.id == Clawback.claim_id)
        .where(*beside)
        .group_by(Clawback.enrolment_id)
    )
    asked: dict[str, Money] = dict(session.execute(opened).all())
    returned = dict.fromkeys(asked, ZERO)
    way = case((Discharge.way == "withdrawal", "withdrawn"), (Discharge.way == "write_off", "given_up"), else_="back")
    ended = (
        select(Clawback.enrolment_id, Clawback.cause, way, net_discharged())
        .join(Discharge, Discharge.clawback_id == Clawback.id)
        .join(Claim, Claim.id == Clawback.claim_id)
        .where(*beside)
        .group_by(Clawback.enrolment_id, Clawback.cause, way)
    )
    for enrolment_id, cause, ended_by, amount in session.execute(ended):
        is_returned = ended_by == "back" and cause in ("result", "outcome")
        if is_returned:
            returned[enrolment_id] += amount
        if is_returned or ended_by == "withdrawn":
            asked[enrolment_id] -= amount
    return {key: Recovered(returned[key], amount) for key, amount in asked.items()}


def check_still_settled(session: Session, claim: Claim) -> None:
    """What a claim counts as paid must have been: money that the bank sent back is sent again first (APP-20).

    Raises Conflict where an earlier claim for somebody in this one isn't settled any more.
    """
    mine = select(ClaimLine.enrolment_id).where(ClaimLine.claim_id == claim.id)
    earlier = (
        select(Claim.id)
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(ClaimLine.enrolment_id.in_(mine), ClaimLine.live, Claim.number < claim.number)
        .where(Claim.state.not_in(SETTLED))
    )
    unsettled = session.scalars(earlier.distinct().order_by(Claim.id)).all()
    if unsettled:
        raise Conflict(
            "本次申领按此前补贴已拨付计算，而此前的申领已被银行退回、尚未重新拨付；请先重新拨付，再审核本次申领",
            claims=list(unsettled),
        )


def _for_advance(lines: Lines, outcome: OutcomeShape) -> bool:
    """Nobody who failed or left is paid for in advance (APP-20)."""
    return not lines and outcome.result not in WITHOUT_PASS


def _for_final(lines: Lines, _: OutcomeShape) -> bool:
    return "final" not in lines


def _for_supplementary(lines: Lines, outcome: OutcomeShape) -> bool:
    """Settled, and certified after the final claim: once (INT-33)."""
    final = lines.get("final")
    if final is None or final.state not in SETTLED or "supplementary" in lines or outcome.certificate is None:
        return False
    return outcome.certificate.issued_on > final.submitted_on


CLAIMABLE: Mapping[str, Callable[[Lines, OutcomeShape], bool]] = {
    "advance": _for_advance,
    "final": _for_final,
    "supplementary": _for_supplementary,
}
"""Who may be claimed for, by kind of claim: an advance needs that nothing was claimed, a final claim no final one."""
