"""What an auditor would keep on paper: fen by account, and what has to be known to say what each act moves.

A method is an act of a story, about project `number`. It moves what the act should move, and answers whether anything
happens at all; the service has to agree on both. Nothing is taken from the service: its accounts are written down here
a second time, and a claim's life, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from tests.services.subsidy.model.accounts import Accounts
from tests.services.subsidy.model.papers import ADVANCE, PROJECTS, SENT, SETTLED, Claim, Demand, Part, Place, Project
from tests.services.subsidy.road import SOURCES


class Sheet(Accounts):
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

    def confirm(self, number: int, which: int) -> bool:
        """The treasury paid one of the sources."""
        project = self.projects[number]
        claim = project.now("instructed")
        if claim is None or not claim.arrive(which):
            return False
        for place, fen in claim.parts.items():
            if place[0] == claim.sent[which % len(claim.sent)]:
                self.move("pay", place, fen)
        if not claim.unpaid():
            claim.state = "paid"
            self._take_back(project, project.barred & claim.due.keys())
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
        claims = [claim for project in self.projects for claim in project.claims if claim.is_open]
        if not self.year_may_close() or any(claim.on_its_way(year) for claim in claims):
            return False
        carried = Counter[str]()
        for claim in claims:
            carried.update(claim.unpaid_of(year))
        if any(self.free((source, year + 1)) < fen for source, fen in carried.items()):
            return False
        for source in SOURCES:
            self.move("carry out", (source, year), carried[source])
            self.move("carry in", (source, year + 1), carried[source])
            self.move("lapse", (source, year), self.free((source, year)))
        for claim in claims:
            claim.carry(year)
        self.open_year += 1
        return True

    # --- what is asked back ------------------------------------------------------------------------------------------

    def _bar(self, project: Project, people: Collection[int]) -> None:
        project.barred |= set(people)
        for claim in project.claims:
            if project.barred & claim.due.keys() and claim.state not in (*SETTLED, *SENT) and claim.is_live:
                self._void(claim)
        self._take_back(project, people)

    def _void(self, claim: Claim) -> None:
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
        """All that they got and that isn't asked back yet, each by the claim that paid him last."""
        left = {one: self._got(project, one) for one in sorted(people)}
        for claim in project.claims:
            last = [one for one in left if project.last_paid(one) is claim]
            self._ask(project, None, {one: left[one] for one in last})

    def _got(self, project: Project, person: int) -> Counter[Place]:
        """What settled claims paid for somebody, less what is asked back of him."""
        got = Counter[Place]()
        for claim in project.claims:
            if claim.state in SETTLED:
                got.update(claim.lines.get(person, {}))
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
