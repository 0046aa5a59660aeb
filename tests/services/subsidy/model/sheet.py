"""What an auditor would keep on paper: fen by account, and what has to be known to say what each act moves.

A method is an act of a story, about project `number`. It moves what the act should move, and answers whether anything
happens at all; the service has to agree on both. Nothing is taken from the service: its accounts are written down here
a second time, and a claim's life, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from tests.services.subsidy.model.collecting import Collecting
from tests.services.subsidy.model.papers import (
    ADVANCE,
    FITS,
    ON_ITS_WAY,
    PROJECTS,
    RESERVED,
    SETTLED,
    TOLD,
    Claim,
    Demand,
    Part,
    Place,
    Project,
)
from tests.services.subsidy.road import SOURCES


class Sheet(Collecting):
    """The whole model."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self.projects = [Project(number + 1) for number in range(PROJECTS)]
        self.demands: list[Demand] = []

    # --- claims ------------------------------------------------------------------------------------------------------

    def advance(self, number: int, _: int) -> bool:
        project = self.projects[number]
        people = project.without_live("advance", "final")
        return project.claim("advance", dict.fromkeys(people, ADVANCE), {})

    def final(self, number: int, _: int) -> bool:
        """The first of a project is due as much again, of the others the advance is asked back."""
        project = self.projects[number]
        people = project.without_live("final")
        if any(project.live(one, "advance") not in SETTLED for one in people):
            return False
        has = {one: self._got(project, one).total() for one in people}
        should = {one: 2 * ADVANCE if one == 0 else 0 for one in people}
        due = {one: max(0, should[one] - has[one]) for one in people}
        return project.claim("final", due, {one: max(0, has[one] - should[one]) for one in people})

    def approve(self, number: int, _: int) -> bool:
        project = self.projects[number]
        claim = project.now("submitted")
        if claim is None or project.stopped:
            return False
        parts, missing = {}, sum(claim.due.values())
        for source in SOURCES:
            parts[source] = min(missing, self.free((source, self.today.year)))
            missing -= parts[source]
        if missing:
            return False  # heard, and told that it is not enough: nothing moves
        claim.bear({(source, self.today.year): fen for source, fen in parts.items() if fen})
        for place, fen in claim.parts.items():
            self.move("commit", place, fen)
        self._ask(project, claim, {one: claim.share_of_back(one, project.claims) for one in claim.back})
        claim.state = "approved" if claim.parts else "closed"
        return True

    def return_(self, number: int, _: int) -> bool:
        return self.projects[number].become("submitted", "returned")

    def reject(self, number: int, _: int) -> bool:
        return self.projects[number].become("submitted", "rejected")

    # --- payment -----------------------------------------------------------------------------------------------------

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
            self._take_back(project, project.barred & claim.due.keys())
        if outcome == "returned":
            self._bar(project, project.barred)
        return True

    # --- what stands in the way --------------------------------------------------------------------------------------

    def block(self, number: int, which: int) -> bool:
        self.projects[number].opened.add(which % 2)
        return True

    def lift(self, number: int, which: int) -> bool:
        """May be heard before the block that it lifts."""
        self.projects[number].lifted.add(which % 2)
        return True

    def register(self, number: int, which: int) -> bool:
        project = self.projects[number]
        project.known.add(which % project.people)
        return True

    def clear(self, number: int, _: int) -> bool:
        project = self.projects[number]
        held, project.hits = bool(project.hits), set()
        return held

    def uphold(self, number: int, _: int) -> bool:
        project = self.projects[number]
        people, project.hits = project.hits, set()
        self._bar(project, people)
        return bool(people)

    def fraud(self, number: int, _: int) -> bool:
        """The whole project, confirmed; again, it changes nothing."""
        project = self.projects[number]
        self._bar(project, range(project.people))
        return True

    # --- closing -----------------------------------------------------------------------------------------------------

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

    def _has_repaid(self, project: Project, claim: Claim) -> bool:
        """Something ended of what was asked of its people for another reason than a result."""
        demands = [one for one in self.demands if one.project is project and one.of is None]
        parts = [part for one in demands for part in one.parts if part.person in claim.due]
        return sum(part.asked - part.outstanding for part in parts) > 0

    def _carry(self, place: Place, to_year: int, fen: int) -> None:
        self.move("carry out", place, fen)
        self.move("carry in", (place[0], to_year), fen)

    # --- what is asked back ------------------------------------------------------------------------------------------

    def _bar(self, project: Project, people: Collection[int]) -> None:
        project.barred |= set(people)
        for claim in project.claims:
            stays = claim.state in SETTLED or claim.in_state(*TOLD)
            if claim.is_live and not stays and project.barred & claim.due.keys():
                self._void(claim)
        self._take_back(project, people)

    def _void(self, claim: Claim) -> None:
        for part, fen in claim.kept:
            part.outstanding += fen
        claim.kept = []
        for place, fen in claim.parts.items():
            self.move("release", place, fen)
        for demand in self.demands:
            if demand.of is claim:
                for part in demand.parts:
                    self.move("withdraw", part.place, part.outstanding) if part.outstanding else None
                    part.asked -= part.outstanding
                    part.outstanding = 0
        claim.state = "voided"

    def _take_back(self, project: Project, people: Collection[int]) -> None:
        """What arrived for them and isn't asked back yet, each by the claim that paid him last; what was asked back
        and is with the bank again isn't asked for any more."""
        left = {one: self._got(project, one) for one in sorted(people)}
        for one, got in left.items():
            self._withdraw(project, one, -got)
        for claim in project.claims:
            last = [one for one in left if project.last_paid(one) is claim]
            self._ask(project, None, {one: +left[one] for one in last})

    def _withdraw(self, project: Project, person: int, too_much: Counter[Place]) -> None:
        for demand in self.demands:
            for part in demand.parts if demand.project is project else ():
                if part.person == person:
                    fen = part.take(too_much)
                    part.asked -= fen
                    self.move("withdraw", part.place, fen)

    def _got(self, project: Project, person: int) -> Counter[Place]:
        """What arrived for somebody, less what is asked back of him."""
        got = sum((claim.arrived(person) for claim in project.claims), Counter[Place]())
        for demand in self.demands:
            if demand.project is project:
                got.subtract({part.place: part.asked for part in demand.parts if part.person == person})
        return got

    def _ask(self, project: Project, of: Claim | None, people: dict[int, Counter[Place]]) -> None:
        parts = [Part(one, place, fen, fen) for one, by in people.items() for place, fen in sorted(by.items()) if fen]
        for part in parts:
            self.move("ask back", part.place, part.asked)
        if parts:
            self.demands.append(Demand(project, of, parts))
