"""Money due back, named by the channel that paid it (X-10), asked for by one demand: for a result, fraud or a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select

from services.subsidy.demands.discharges import (
    ReceivablePart,
    asked_for,
    by_source_and_year,
    discharge,
    outstanding_parts,
    settle_where_met,
    tell_balance_changed,
)
from services.subsidy.demands.ledger_entries import demand_entry
from services.subsidy.events import claim_ids
from services.subsidy.funding.payment_channels import Channel, SourceYear, channels
from services.subsidy.ledger.postings import Cited, cite, post
from services.subsidy.models import Claim, ClaimLine, Clawback, ClawbackPart, Demand
from services.subsidy.rules.funds import RecoveryFacts
from shared.batching import slices
from shared.contracts.subsidy.clawbacks import CLAWBACK_OPENED, ClawbackCause, ClawbackTold
from shared.errors import InvalidRequest
from shared.kernel.work import Work
from shared.money import ZERO, Money, share
from shared.policy.decisions import Decision, decide
from shared.policy.document import Document
from shared.store.bulk import SLICE, insert_all, lock_rows
from shared.store.by_name import shape_of
from shared.store.types import new_id


@dataclass(frozen=True, slots=True)
class ClawbackDue:
    """What is to be taken back of one enrolment, and how it was paid."""

    enrolment_id: str
    amount: Money
    channel: Channel


class OpenedDemand(NamedTuple):
    """A demand and all parts of what it asks for, the oldest first."""

    demand: Demand
    parts: list[ReceivablePart]


def open_demand_for_result(work: Work, claim: Claim) -> OpenedDemand | None:
    """One demand for the lines of a final claim that were advanced more than they are entitled to; None for none."""
    if not claim.clawback:
        return None
    lines = select(ClaimLine.enrolment_id, ClaimLine.clawback).where(ClaimLine.claim_id == claim.id)
    owing = work.session.execute(lines.where(ClaimLine.clawback > ZERO).order_by(ClaimLine.number)).all()
    wanted = {enrolment_id for enrolment_id, _ in owing}
    paid_by = channels(work.session, claim.project_id, wanted, ("advance",))
    for enrolment_id, place, fen in asked_for(work.session, sorted(wanted)):
        paid_by[enrolment_id].fen[place] -= fen
    cited = cite(work.policies.by_identity(claim.document), "subsidy.result")
    return open_demand(work, claim, "result", [ClawbackDue(key, amount, paid_by[key]) for key, amount in owing], cited)


def open_demand(
    work: Work, claim: Claim, cause: ClawbackCause, dues: Sequence[ClawbackDue], cited: Cited, basis: str = ""
) -> OpenedDemand | None:
    """Stores and posts what is asked back of one claim for one cause, and tells it: one demand; None for no dues.

    `cited`: the rule and clause that it rests on; `basis`: the officer's, in words. Raises InvalidRequest where a check
    found money undue and the document has no clause and nobody gave a basis (X-15).
    """
    if not dues:
        return None
    document = work.policies.by_identity(claim.document)
    if cause == "check" and not (cited.clause or basis):
        raise InvalidRequest.of(("basis", "政策文件没有可引用的追回条款，请填写追回依据"))
    demand = _demand(work, claim, cause, dues, cited, basis)
    opening = _Opening(work, claim, demand, document)
    parts = [part for some in slices(dues, SLICE) for part in opening.open(some)]
    told = shape_of(ClawbackTold, demand, demand_id=demand.id)
    work.tell(CLAWBACK_OPENED, claim.id, told, district=claim.district)
    return OpenedDemand(demand, parts)


def withdraw_demands_of(work: Work, claim: Claim) -> None:
    """A voided claim decided nothing: what is still outstanding of what it found due back is no longer asked for.

    What came back stays, and a later claim knows it (`claims/prior_claims.py`). Needs the demands' turns.
    """
    wanted = select(Demand).where(Demand.claim_id == claim.id, Demand.cause == "result").order_by(Demand.number)
    for demand in work.session.scalars(wanted).all():
        parts = outstanding_parts(work.session, [demand.id])
        discharge(work, "withdrawal", claim.id, parts)
        post(work, [demand_entry(demand, "withdrawal", *place, demand.id) for place in by_source_and_year(parts)])
        settle_where_met(work, [demand.id], "dropped")


def withdraw_returned(work: Work, returned: Iterable[tuple[str, SourceYear, int]]) -> None:
    """So much of what is outstanding of each enrolment and place is no longer asked for: the bank sent it back."""
    left = Counter({(enrolment_id, *place): fen for enrolment_id, place, fen in returned})
    if not left:
        return
    meant = Clawback.enrolment_id.in_({enrolment_id for enrolment_id, *_ in left})
    enrolments = dict(work.session.execute(select(Clawback.id, Clawback.enrolment_id).where(meant)).all())
    ids = set(work.session.scalars(select(Clawback.demand_id).where(meant)))
    lock_rows(work.session, Demand, Demand.id, ids)
    for demand in work.session.scalars(select(Demand).where(Demand.id.in_(ids)).order_by(Demand.number)).all():
        parts = []
        for part in outstanding_parts(work.session, [demand.id]):
            key = (enrolments.get(part.clawback_id, ""), part.fund_source, part.fiscal_year)
            fen = min(part.amount.fen, left[key])
            left[key] -= fen
            parts.append(part._replace(amount=Money(fen)))
        parts = [part for part in parts if part.amount]
        if parts:
            fact_id = new_id()
            discharge(work, "withdrawal", fact_id, parts)
            post(work, [demand_entry(demand, "withdrawal", *place, fact_id) for place in by_source_and_year(parts)])
            tell_balance_changed(work, demand, "dropped")


def _demand(
    work: Work, claim: Claim, cause: ClawbackCause, dues: Sequence[ClawbackDue], cited: Cited, basis: str
) -> Demand:
    demand = Demand(
        id=new_id(),
        **claim_ids(claim),
        document=claim.document,
        payee_id=dues[0].channel.payee_id,
        cause=cause,
        rule=cited.rule,
        clause=cited.clause,
        basis=basis,
        persons=len(dues),
        amount=Money.sum(due.amount for due in dues),
        opened_on=work.today,
    )
    return work.add(demand)


@dataclass(frozen=True)
class _Opening:
    """What one demand asks for, written slice by slice."""

    work: Work
    claim: Claim
    demand: Demand
    document: Document

    def open(self, dues: Sequence[ClawbackDue]) -> list[ReceivablePart]:
        decisions = list(self._decide(dues))
        kept = iter(self.work.store_decisions([(due.enrolment_id, one) for due, one in decisions if one is not None]))
        rows, parts = [], []
        for due, decision in decisions:
            row = self._row(due, next(kept) if decision is not None else None)
            rows.append(row)
            parts += [ReceivablePart(str(row["id"]), *part) for part in _amounts(due, decision)]
        insert_all(self.work.session, Clawback, rows)
        insert_all(self.work.session, ClawbackPart, ({**part._asdict(), "ended": ZERO} for part in parts))
        post(self.work, (demand_entry(self.demand, "clawback", *part[1:], part.clawback_id) for part in parts))
        return parts

    def _decide(self, dues: Sequence[ClawbackDue]) -> Iterator[tuple[ClawbackDue, Decision | None]]:
        """A document without a clause on recovery isn't made to cite one (X-15)."""
        for due in dues:
            if "subsidy.recovery" not in self.document.decisions:
                yield due, None
                continue
            facts = RecoveryFacts(due.amount, due.channel.parts(), fraud=self.demand.cause == "fraud")
            yield due, decide("subsidy.recovery", facts, self.document)

    def _row(self, due: ClawbackDue, decision_id: str | None) -> dict[str, object]:
        return {
            "id": new_id(),
            "demand_id": self.demand.id,
            **claim_ids(self.claim),
            **{name: getattr(self.demand, name) for name in ("cause", "rule", "clause", "opened_on")},
            "enrolment_id": due.enrolment_id,
            "payee_id": due.channel.payee_id,
            "amount": due.amount,
            "decision_id": decision_id,
        }


def _amounts(due: ClawbackDue, decision: Decision | None) -> list[tuple[str, int, Money]]:
    """What goes back to each part of the channel; in proportion all the same where no clause decides it."""
    paid = due.channel.parts()
    if decision is None:
        amounts = share(due.amount, [part.amount.fen for part in paid])
    else:
        amounts = [decision.amounts[part.name] for part in paid]
    return [(part.source, part.fiscal_year, amount) for part, amount in zip(paid, amounts, strict=True) if amount]
