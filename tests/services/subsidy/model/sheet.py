"""What an auditor would keep on paper: fen by account, and what has to be known to say what each act moves.

A method is an act of a story, about project `number`. It moves what the act should move, and answers whether anything
happens at all; the service has to agree on both. Nothing is taken from the service: its accounts are written down here
a second time, and a claim's life, too.
"""

from __future__ import annotations

from datetime import date

from tests.services.subsidy.driver import SOURCES
from tests.services.subsidy.model.papers import ADVANCE, PROJECTS, SETTLED, Demand, Project
from tests.services.subsidy.model.paying import Paying


class Sheet(Paying):
    """The whole model. Here: claims, and what stands in their way."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self.projects = [Project(number + 1) for number in range(PROJECTS)]
        self.demands: list[Demand] = []

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
        has = {one: self.got(project, one).total() for one in people}
        passed = {0, *project.same_as} - project.gone
        should = {one: 2 * ADVANCE if one in passed else 0 for one in people}
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
        self.ask(project, claim, {one: claim.share_of_back(one, project.claims) for one in claim.back})
        project.cleared |= claim.due.keys() if claim.kind == "final" else set()
        claim.state = "approved" if claim.parts else "closed"
        return True

    def return_(self, number: int, _: int) -> bool:
        return self._dies(number, "returned")

    def reject(self, number: int, _: int) -> bool:
        return self._dies(number, "rejected")

    def _dies(self, number: int, state: str) -> bool:
        died = self.projects[number].become("submitted", state)
        if died:
            self.part_with(self.projects[number])
        return died

    def leave(self, number: int, which: int) -> bool:
        """What was advanced goes back; nobody who left is advanced."""
        project = self.projects[number]
        project.gone.add(which % project.people)
        self.part_with(project)
        return True

    def come_back(self, number: int, which: int) -> bool:
        """Whoever left is enrolled once more, and passes."""
        project = self.projects[number]
        one = which % project.people
        if one not in project.gone:
            return False
        project.same_as[project.people] = project.root(one)
        project.people += 1
        return True

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
        self.bar(project, people)
        return bool(people)

    def fraud(self, number: int, _: int) -> bool:
        """The whole project, confirmed; again, it changes nothing."""
        project = self.projects[number]
        self.bar(project, range(project.people))
        return True
