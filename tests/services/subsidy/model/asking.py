"""What is asked back on the auditor's sheet, and no longer: of whoever earns nothing, of a claim that is voided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from tests.services.subsidy.model.accounts import Accounts
from tests.services.subsidy.model.papers import SETTLED, TOLD, Claim, Demand, Part, Place, Project


class Asking(Accounts):
    """`demands`: in the order in which they were opened."""

    projects: list[Project]
    demands: list[Demand]

    def bar(self, project: Project, people: Collection[int]) -> None:
        project.barred |= set(people)
        for claim in project.claims:
            stays = claim.state in SETTLED or claim.in_state(*TOLD)
            if claim.is_live and not stays and project.barred & claim.due.keys():
                self._void(claim)
        self.take_back(project, people)

    def part_with(self, project: Project) -> None:
        """Of those who left: whom no live final claim decides about earns nothing; no advance of theirs moves."""
        earning_nothing = {one for one in project.gone if not project.live(one, "final")}
        project.barred |= earning_nothing
        for claim in project.claims:
            stays = claim.kind != "advance" or claim.state in SETTLED or claim.in_state(*TOLD)
            if claim.is_live and not stays and project.gone & claim.due.keys():
                self._void(claim)
        self.take_back(project, earning_nothing)

    def note_settled(self) -> None:
        """An advance of which all came back, or was given up, is settled."""
        kept = {id(part) for project in self.projects for claim in project.claims for part, _ in claim.kept}
        for demand in self.demands:
            if not demand.outstanding and not any(id(part) in kept for part in demand.parts):
                demand.project.cleared |= {part.person for part in demand.parts}

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

    def take_back(self, project: Project, people: Collection[int]) -> None:
        """What arrived for them and isn't asked back yet, each by the claim that paid him last; what was asked back
        and is with the bank again isn't asked for any more."""
        left = {one: self.got(project, one) for one in sorted(people)}
        for one, got in left.items():
            self._withdraw(project, one, -got)
        for claim in project.claims:
            last = [one for one in left if project.last_paid(one) is claim]
            self.ask(project, None, {one: +left[one] for one in last})

    def _withdraw(self, project: Project, person: int, too_much: Counter[Place]) -> None:
        for demand in self.demands:
            for part in demand.parts if demand.project is project else ():
                if part.person == person:
                    fen = part.take(too_much)
                    part.asked -= fen
                    self.move("withdraw", part.place, fen)

    def got(self, project: Project, person: int) -> Counter[Place]:
        """What arrived for somebody, less what is asked back of him."""
        got = sum((claim.arrived(person) for claim in project.claims), Counter[Place]())
        for demand in self.demands:
            if demand.project is project:
                got.subtract({part.place: part.asked for part in demand.parts if part.person == person})
        return got

    def ask(self, project: Project, of: Claim | None, people: dict[int, Counter[Place]]) -> None:
        parts = [Part(one, place, fen, fen) for one, by in people.items() for place, fen in sorted(by.items()) if fen]
        for part in parts:
            self.move("ask back", part.place, part.asked)
        if parts:
            self.demands.append(Demand(project, of, parts))
