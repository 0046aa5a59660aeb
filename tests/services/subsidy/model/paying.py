"""Payment on the auditor's sheet: batches, what the bank says, and what a closed year leaves to the next."""

from __future__ import annotations

from collections import Counter

from tests.services.subsidy.driver import SOURCES
from tests.services.subsidy.model.collecting import Collecting
from tests.services.subsidy.model.papers import FITS, ON_ITS_WAY, RESERVED, Claim, Place, Project


class Paying(Collecting):
    """Of a project's newest claim."""

    def prepare(self, number: int, _: int) -> bool:
        """What registers know of somebody is found now; that, or a block, keeps the claim out."""
        project = self.projects[number]
        claim = project.now("approved")
        if claim is None:
            return False
        project.find(claim)
        if project.holds(claim):
            return False
        claim.payments |= dict.fromkeys(claim.unpaid(), "prepared")
        claim.state = "prepared"
        return True

    def instruct(self, number: int, _: int) -> bool:
        project = self.projects[number]
        claim = project.now("prepared")
        if claim is None:
            return False
        held = project.holds(claim)
        claim.state = "approved" if held else "instructed"
        claim.become("prepared", "voided" if held else "instructed")
        return not held

    def confirm(self, number: int, which: int) -> bool | None:
        """Typed from the treasury's receipt."""
        return self._bank(number, which, "paid")

    def pay(self, number: int, which: int) -> bool | None:
        return self._bank(number, which, "paid")

    def refuse(self, number: int, which: int) -> bool | None:
        return self._bank(number, which, "rejected")

    def wonder(self, number: int, which: int) -> bool | None:
        return self._bank(number, which, "unknown")

    def send_back(self, number: int, which: int) -> bool | None:
        return self._bank(number, which, "returned")

    def misstate(self, _: int, __: int) -> bool:
        """A line with another amount."""
        return False

    def close_year(self, _: int, __: int) -> bool:
        """What it reserved and didn't pay is carried to the next, which must have it; the rest lapses."""
        year = self.open_year
        claims = [claim for project in self.projects for claim in project.claims if claim.state in RESERVED]
        half = [claim for claim in claims if claim.kept and claim.in_state("paid")]
        if not self.year_may_close() or half or any(claim.in_state(*ON_ITS_WAY) for claim in claims):
            return False
        carried = Counter[str]()
        for claim in claims:
            carried.update(claim.unpaid_of(year))
        if any(self.free((source, year + 1)) < fen for source, fen in carried.items()):
            return False
        for source in SOURCES:
            self._carry((source, year), year + 1, carried[source])
            self.move("lapse", (source, year), self.free((source, year)))
        for claim in claims:
            claim.carry(year, year + 1)
        self.open_year += 1
        return True

    def _bank(self, number: int, which: int, outcome: str) -> bool | None:
        project = self.projects[number]
        claim = project.claims[-1] if project.claims else None
        source = claim.named(which) if claim else None
        if claim is None or source is None or (claim.payments[source], outcome) not in FITS:
            return False
        if outcome == "returned" and claim.kept:
            return None  # another story: a set-off that counted already
        place, fen = next((place, claim.sends()[source]) for place in claim.parts if place[0] == source)
        if outcome == "returned" and (self._has_repaid(project, claim) or self.fen[*place, "paid"] < fen):
            return False  # the payee has sent some of the same money back already
        late = outcome == "returned" and place[1] < self.open_year
        if late and self.free((source, self.open_year)) < fen:
            return False  # the first open year has to bear what comes back from a closed one
        claim.payments[source] = outcome
        if outcome in ("paid", "returned"):
            self.move("pay" if outcome == "paid" else "return", place, fen)
        if late:
            self._carry(place, self.open_year, fen)
            self.move("lapse", place, fen)
            claim.carry(place[1], self.open_year)
        claim.settle()
        if claim.state == "paid":
            self.settle_kept(claim)
        if claim.in_state("paid"):
            self.take_back(project, project.barred & claim.due.keys())
        if outcome == "returned":
            self.bar(project, project.barred)
        return True

    def _has_repaid(self, project: Project, claim: Claim) -> bool:
        """Something came back of what was asked of its people for another reason than a result."""
        demands = [one for one in self.demands if one.project is project and one.of is None]
        parts = [part for one in demands for part in one.parts if part.person in claim.due]
        return sum(part.asked - part.outstanding - part.given_up for part in parts) > 0

    def _carry(self, place: Place, to_year: int, fen: int) -> None:
        self.move("carry out", place, fen)
        self.move("carry in", (place[0], to_year), fen)
