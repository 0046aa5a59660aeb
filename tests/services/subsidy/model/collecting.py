"""Demands on the auditor's sheet: what comes back, what is kept of a claim's money, what is given up."""

from __future__ import annotations

from collections import Counter

from shared.money import Money, share
from tests.services.subsidy.model.asking import Asking
from tests.services.subsidy.model.papers import Claim, Demand, Part, Place, Repayment

Taken = list[tuple[Part, int]]
"""Amounts of parts of a demand, in fen."""


class Collecting(Asking):
    """Of one of a project's demands."""

    def notice(self, number: int, which: int) -> bool:
        """The payee is told; nothing moves."""
        demand = self.demand(number, which)
        return demand is not None and bool(demand.outstanding)

    def repay(self, number: int, which: int) -> bool:
        """In proportion to what is outstanding of each place; within it the oldest first."""
        demand = self.demand(number, which)
        if demand is None or not demand.outstanding:
            return False
        owed = dict(sorted(demand.by_place().items()))
        amount = 1 + which % demand.outstanding
        left = dict(zip(owed, (one.fen for one in share(Money(amount), list(owed.values()))), strict=True))
        if any(fen > self.fen[*place, "paid"] for place, fen in left.items() if place[1] >= self.open_year):
            return False  # the bank sent that money back: it is sent again first
        taken = [(part, part.take(left)) for part in demand.parts]
        self.projects[number].repayments.append(Repayment(demand, self._recover("come back", taken), taken))
        return True

    def reverse(self, number: int, which: int) -> bool:
        """Once, and only while what it let be spent again is there still."""
        repayments = self.projects[number].repayments
        one = repayments[which % len(repayments)] if repayments else None
        if one is None or one.reversed:
            return False
        refilled = {place: fen for place, fen in one.refilled.items() if place[1] >= self.open_year}
        if any(self.free(place) < fen for place, fen in refilled.items()):
            return False
        for place, fen in refilled.items():
            self.move("unrefill", place, fen)
        for part, fen in one.taken:
            part.outstanding += fen
            self.move("stand again", part.place, fen)
        one.reversed = True
        return True

    def propose(self, number: int, which: int) -> bool:
        """To give up all that is outstanding; another amount makes it another proposal."""
        demand = self.demand(number, which)
        if demand is None or not demand.outstanding or demand.proposed == demand.outstanding:
            return False
        demand.proposed, demand.approvals = demand.outstanding, 0
        return True

    def agree(self, number: int, which: int) -> bool:
        """One of two approvals; the second gives it up."""
        demand = self.demand(number, which)
        if demand is None or not demand.proposed or demand.proposed != demand.outstanding:
            return False
        demand.approvals += 1
        if demand.approvals == 2:
            for part in demand.parts:
                self.move("give up", part.place, part.outstanding)
                part.outstanding, part.given_up = 0, part.outstanding
            demand.proposed = 0
        return True

    def offset(self, number: int, which: int) -> bool:
        """What an approved claim would send is kept, source by source; it counts once that claim is settled."""
        demand = self.demand(number, which)
        project = self.projects[(number + which) % len(self.projects)]
        claim = project.now("approved")
        if demand is None or claim is None or project.holds(claim) or claim.in_state("paid"):
            return False
        left = claim.sends()
        taken = [(part, part.take_of_source(left)) for part in demand.parts]
        if not any(fen for _, fen in taken):
            return False
        claim.kept += [(part, fen) for part, fen in taken if fen]
        if not any(claim.sends().values()):
            claim.state = "closed"
            self.settle_kept(claim)
        return True

    def demand(self, number: int, which: int) -> Demand | None:
        own = [one for one in self.demands if one.project is self.projects[number]]
        return own[which % len(own)] if own else None

    def settle_kept(self, claim: Claim) -> None:
        """What a settled claim kept is borne by its budget and recovered for the demand; what the bank took back of a
        demand's money isn't out any more, and can't be spent again."""
        years, out = dict(claim.parts.keys()), Counter(self.out())
        kept = [
            [(part, fen) for part, fen in claim.kept if any(part is own for own in one.parts)] for one in self.demands
        ]
        is_out = [self._takes(out, taken) for taken in kept]
        for part, fen in claim.kept:
            self.move("bear", (part.place[0], years[part.place[0]]), fen)
        for taken, refills in zip(kept, is_out, strict=True):
            self._recover("recover", taken, refills)

    def out(self) -> dict[Place, int]:
        """What has been paid and hasn't come back."""
        return {(source, year): fen for (source, year, account), fen in self.fen.items() if account == "paid"}

    def _takes(self, out: Counter[Place], taken: Taken) -> bool:
        """Whether so much is out in open years; counts it off."""
        wanted = Counter[Place]()
        for part, fen in taken:
            wanted[part.place] += fen if part.place[1] >= self.open_year else 0
        if any(out[place] < fen for place, fen in wanted.items()):
            return False
        out.subtract(wanted)
        return True

    def _recover(self, how: str, taken: Taken, refills: bool = True) -> Counter[Place]:
        """What of it may be spent again: that of open years."""
        refilled = Counter[Place]()
        for part, fen in taken:
            self.move(how, part.place, fen)
            if refills and part.place[1] >= self.open_year:
                self.move("refill", part.place, fen)
                refilled[part.place] += fen
        return refilled
