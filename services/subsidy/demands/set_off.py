"""What a claim keeps of its own money for a demand (X-10): where the document reads so, for what it takes back itself
(INT-4), and where an officer enters it. Always an entry of its own.

Kept from then on, posted once when the claim is settled: the demand is recovered by so much, and the claim's budget
bears the amount without its being sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from services.subsidy.demands.discharges import (
    ReceivablePart,
    by_source,
    by_source_and_year,
    discharge,
    lock_demands_of,
    outstanding_parts,
    settle_where_met,
    tell_balance_changed,
)
from services.subsidy.demands.ledger_entries import bucket_of, check_unspent, demand_entry, spent_again
from services.subsidy.demands.opening import OpenedDemand
from services.subsidy.funding.claim_funding import live_funding
from services.subsidy.ledger.books import Bucket, budget_of, lock_open_year
from services.subsidy.ledger.postings import Entry, cite, entries_of_parts, post
from services.subsidy.models import Claim, Demand, Discharge, Offset, OffsetEnd
from services.subsidy.models.bank import SettledOffset
from services.subsidy.models.ledger import Kind
from services.subsidy.rules.funds import keep_back
from services.subsidy.rules.refunds import refills_from
from shared.batching import slices
from shared.contracts.subsidy.claims import FundPart
from shared.kernel.work import Work
from shared.money import ZERO, Money
from shared.store.bulk import SLICE, insert_all, lock_rows
from shared.store.types import new_id

AUTOMATIC = "automatic"
POSTED: tuple[Kind, Kind] = ("offset", "recovery")
UNDONE: tuple[Kind, Kind] = ("return", "reversal")
"""Kinds of entry of a set-off: in the claim's budget, and for the demand."""


@dataclass(frozen=True)
class SetOffWithParts:
    """A set-off with the parts of its demand that it ends. `borne`: once it was posted, by which sources and years."""

    offset: Offset
    demand: Demand
    parts: list[ReceivablePart] = field(default_factory=list)
    borne: list[FundPart] = field(default_factory=list)

    def since(self, first_year: int) -> list[tuple[str, int, Money]]:
        """What of it ends of this fiscal year and later ones: source, year, amount."""
        return [place for place in by_source_and_year(self.parts) if place[1] >= first_year]


def enter_own_set_offs(
    work: Work, claim: Claim, parts: Sequence[FundPart], opened: OpenedDemand | None
) -> Mapping[str, Money]:
    """Stores what is kept for the demand that the claim opened, and for those that its project's results opened before
    (INT-4, INT-88), and adds it to its `set_off`; the sums by source."""
    reading = work.policies.by_identity(claim.document).reading("clawback_offset")
    sending = {part.fund_source: part.amount for part in parts}
    kept: dict[str, Money] = {}
    for demand, asked in _own_demands(work, claim, opened, reading):
        amounts = keep_back(sending, [(part.fund_source, part.amount) for part in asked], reading)
        taken = [part._replace(amount=amount) for part, amount in zip(asked, amounts, strict=True) if amount]
        enter_set_off(work, claim, demand, taken)
        for source, amount in by_source(taken).items():
            kept[source] = kept.get(source, ZERO) + amount
            sending[source] -= amount
    return kept


def _own_demands(work: Work, claim: Claim, opened: OpenedDemand | None, reading: str) -> Iterator[OpenedDemand]:
    """What the claim opened; and where so read, what is outstanding of those who failed or left, the oldest first."""
    if opened is not None:
        yield opened
    if reading != AUTOMATIC or claim.kind != "final":
        return
    earlier = select(Demand).where(Demand.project_id == claim.project_id, Demand.cause == "outcome")
    ids = work.session.scalars(select(earlier.subquery().c.id)).all()
    lock_rows(work.session, Demand, Demand.id, set(ids))
    for demand in work.session.scalars(earlier.where(Demand.payee_id == claim.payee_id).order_by(Demand.number)).all():
        yield OpenedDemand(demand, outstanding_parts(work.session, [demand.id]))


def enter_set_off(work: Work, claim: Claim, demand: Demand, taken: Sequence[ReceivablePart]) -> None:
    """Enters the set-off of these parts of the demand against the claim; nothing for no parts."""
    if not taken:
        return
    amount = Money.sum(part.amount for part in taken)
    offset = Offset(
        id=new_id(),
        demand_id=demand.id,
        claim_id=claim.id,
        amount=amount,
        made_on=work.today,
        made_by=work.speaker.person,
    )
    work.add(offset)
    discharge(work, "offset", offset.id, taken)
    claim.set_off += amount


def post_set_offs(work: Work, claims: Sequence[Claim]) -> None:
    """Posts what these settled claims kept, each set-off once: borne by the claim's budget, recovered for the demand.

    A set-off that was posted stays so where the bank sends back the rest of the claim's money: it never left.
    """
    keeping = {claim.id: claim for claim in claims if claim.set_off}
    if not keeping:
        return
    lock_demands_of(work.session, list(keeping))
    years = {(row.claim_id, row.fund_source): row.fiscal_year for row in live_funding(work.session, list(keeping))}
    kept = [one for one in _offsets(work, keeping) if not one.borne]
    for one in kept:
        claim_id = one.offset.claim_id
        one.borne.extend(
            FundPart(source, years[claim_id, source], amount) for source, amount in by_source(one.parts).items()
        )
    rows = [{"offset_id": one.offset.id, "settled_on": work.today, **vars(part)} for one in kept for part in one.borne]
    insert_all(work.session, SettledOffset, rows)
    entries = [entry for one in kept for entry in _entries(work, keeping[one.offset.claim_id], one, *POSTED)]
    post(work, [*entries, *_refills(work, kept)])
    settle_where_met(work, [one.demand.id for one in kept])


def drop_set_offs(work: Work, claim: Claim) -> None:
    """A claim that is voided keeps nothing: what it was to keep, or kept, is outstanding again.

    Needs the demands' turns. Raises Conflict where what came back by a posted set-off is spent again already.
    """
    entries: list[Entry] = []
    dropped = _offsets(work, [claim.id])
    for one in dropped:
        discharge(work, "reversal", one.offset.id, one.parts)
        one.demand.settled_on = None
        first = _refilled_from(work, one)
        _end(work, [one], "dropped", first)
        if one.borne:
            entries += _entries(work, claim, one, *UNDONE)
        if first is not None:
            check_unspent(work, one.demand, one.since(first))
            entries += [demand_entry(one.demand, "unrefill", *place, one.offset.id) for place in one.since(first)]
    post(work, entries)
    claim.set_off = ZERO
    for one in dropped:
        tell_balance_changed(work, one.demand)


def is_refill_spent(work: Work, claim: Claim) -> bool:
    """Whether what came back by its posted set-offs is spent again, so that they can't be dropped before money is
    appropriated. Needs the turn of the books."""
    kept = _offsets(work, [claim.id])
    refilled = [
        part
        for one in kept
        if (first := _refilled_from(work, one)) is not None
        for part in one.parts
        if part.fiscal_year >= first
    ]
    return bool(refilled) and bool(spent_again(work.session, kept[0].demand, by_source_and_year(refilled)))


def _refills(work: Work, kept: Sequence[SetOffWithParts]) -> Iterator[Entry]:
    """What is recovered may be spent again where its year is open (INT-76); says so of each set-off.

    Where the bank has sent back what that year paid, there is nothing that could be spent again.
    """
    refilled: Counter[Bucket] = Counter()
    for one in kept:
        reading = work.policies.by_identity(one.demand.document).reading("returned_money")
        open_year = lock_open_year(work.session, one.demand.programme, one.demand.district)
        first = refills_from(open_year, reading)
        if first is not None and not _is_out(work, one, first, refilled):
            first = None
        _end(work, [one], "settled", first)
        if first is not None:
            yield from (demand_entry(one.demand, "refill", *place, one.offset.id) for place in one.since(first))


def _is_out(work: Work, kept: SetOffWithParts, first: int, refilled: Counter[Bucket]) -> bool:
    """Whether the years have paid, and not got back, as much as would be free again; counts what is."""
    taking = {bucket_of(kept.demand, source, year): amount.fen for source, year, amount in kept.since(first)}
    if any(budget_of(work.session, bucket).paid.fen - refilled[bucket] < fen for bucket, fen in taking.items()):
        return False
    refilled.update(taking)
    return True


def _refilled_from(work: Work, kept: SetOffWithParts) -> int | None:
    """The first fiscal year that is open still and whose money a posted set-off let be spent again."""
    end = work.session.get(OffsetEnd, (kept.offset.id, "settled"))
    if end is None or end.refills_from is None:
        return None
    return max(end.refills_from, lock_open_year(work.session, kept.demand.programme, kept.demand.district))


def _end(work: Work, kept: Sequence[SetOffWithParts], outcome: str, refills: int | None = None) -> None:
    by = {"outcome": outcome, "refills_from": refills, "ended_on": work.today, "ended_by": work.speaker.person}
    work.session.add_all(OffsetEnd(offset_id=one.offset.id, **by) for one in kept)
    work.session.flush()


def _entries(work: Work, claim: Claim, kept: SetOffWithParts, of_claim: Kind, of_demand: Kind) -> Iterator[Entry]:
    """What the claim's budget bears, and what comes of the demand, each by a kind of entry."""
    cited = cite(work.policies.by_identity(claim.document), "subsidy.recovery_channel")
    yield from entries_of_parts(claim, of_claim, kept.borne, kept.offset.id, cited)
    for place in by_source_and_year(kept.parts):
        yield demand_entry(kept.demand, of_demand, *place, kept.offset.id)


def _offsets(work: Work, claim_ids: Collection[str]) -> list[SetOffWithParts]:
    """What the claims keep: for which demand, of which of its parts, and who bore it where it was posted."""
    wanted = select(Offset, Demand).join(Demand, Demand.id == Offset.demand_id).order_by(Demand.number)
    found: dict[str, SetOffWithParts] = {}
    for some in slices(sorted(claim_ids), SLICE):
        for offset, demand in work.session.execute(wanted.where(Offset.claim_id.in_(some))):
            found[offset.id] = SetOffWithParts(offset, demand)
    part = (Discharge.clawback_id, Discharge.fund_source, Discharge.fiscal_year, Discharge.amount)
    borne = (SettledOffset.fund_source, SettledOffset.fiscal_year, SettledOffset.amount)
    for some in slices(sorted(found), SLICE):
        rows = select(Discharge.fact_id, *part).where(Discharge.way == "offset", Discharge.fact_id.in_(some))
        for row in work.session.execute(rows.order_by(Discharge.number)):
            found[row[0]].parts.append(ReceivablePart(*row[1:]))
        settled = select(SettledOffset.offset_id, *borne).where(SettledOffset.offset_id.in_(some))
        for bore in work.session.execute(settled.order_by(SettledOffset.fund_source)):
            found[bore[0]].borne.append(FundPart(*bore[1:]))
    return list(found.values())
