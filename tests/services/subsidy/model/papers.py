"""What the auditor knows of projects, claims and demands: only what is needed to say what an act moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.money import Money, share

PROJECTS = 3
ADVANCE = 250_000
"""Fen advanced for one person: intermediate, one year."""

Place = tuple[str, int]
"""A fund source and a fiscal year."""

SETTLED = ("paid", "closed")
RESERVED = ("approved", "prepared", "instructed")
ON_ITS_WAY = ("prepared", "instructed", "unknown")
TOLD = ("instructed", "unknown", "paid")
FITS = {
    ("instructed", "paid"),
    ("instructed", "rejected"),
    ("instructed", "unknown"),
    ("unknown", "paid"),
    ("unknown", "rejected"),
    ("paid", "returned"),
}
"""What the bank may say of a payment; anything else is a difference that moves nothing."""
DEAD = ("returned", "rejected", "voided")


@dataclass
class Claim:
    """`due`, `back`: fen by person; `lines`: what each person is paid by each place; `payments`: state by source;
    `kept`: what of that isn't sent, for which parts of demands."""

    kind: str
    due: dict[int, int]
    back: dict[int, int]
    state: str = "submitted"
    lines: dict[int, Counter[Place]] = field(default_factory=dict)
    payments: dict[str, str] = field(default_factory=dict)
    kept: list[tuple[Part, int]] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.state not in DEAD

    @property
    def parts(self) -> Counter[Place]:
        return sum(self.lines.values(), Counter[Place]())

    def bear(self, parts: dict[Place, int]) -> None:
        """Divides what the places bear among the people, each in proportion to what is left of them."""
        left = dict(sorted(parts.items()))
        for one, fen in self.due.items():
            self.lines[one] = divided(fen, left)
            left = {place: left[place] - self.lines[one][place] for place in left}

    def share_of_back(self, person: int, claims: Sequence[Claim]) -> Counter[Place]:
        """What goes back of somebody's advance, to the places that paid it."""
        advances = [one for one in claims if one.kind == "advance" and one.state in SETTLED]
        paid = sum((one.lines.get(person, Counter[Place]()) for one in advances), Counter[Place]())
        return divided(self.back[person], dict(sorted(paid.items())))

    def sends(self) -> Counter[str]:
        """By source; of one that keeps everything nothing."""
        sends = Counter[str]()
        for (source, _), fen in self.parts.items():
            sends[source] += fen
        for part, fen in self.kept:
            sends[part.place[0]] -= fen
        return +sends

    def unpaid(self) -> list[str]:
        return sorted(source for source in self.sends() if self.payments.get(source) != "paid")

    def unpaid_of(self, year: int) -> Counter[str]:
        """What a year bears of it and hasn't paid, by source."""
        paid = self.in_state("paid")
        return Counter({source: fen for (source, of), fen in self.parts.items() if of == year and source not in paid})

    def arrived(self, person: int) -> Counter[Place]:
        """What somebody got by it: of a claim that isn't settled, from the sources that have paid."""
        line = self.lines.get(person, Counter[Place]())
        paid = self.in_state("paid")
        return +Counter({place: fen for place, fen in line.items() if self.state in SETTLED or place[0] in paid})

    def in_state(self, *states: str) -> list[str]:
        """The sources whose newest payment is in one of these states."""
        return sorted(source for source, state in self.payments.items() if state in states)

    def named(self, which: int) -> str | None:
        """One of the sources that it was sent by."""
        return sorted(self.payments)[which % len(self.payments)] if self.payments else None

    def become(self, before: str, after: str) -> None:
        self.payments = {source: after if state == before else state for source, state in self.payments.items()}

    def settle(self) -> None:
        """Paid once every source has; to be paid again once nothing is awaited and something hasn't."""
        if not self.unpaid():
            self.state = "paid"
        elif not self.in_state(*ON_ITS_WAY):
            self.state = "approved"

    def carry(self, year: int, to_year: int) -> None:
        """Another year bears what that year hasn't paid."""
        paid = self.in_state("paid")
        for one, line in self.lines.items():
            moved = {(s, to_year if y == year and s not in paid else y): fen for (s, y), fen in line.items()}
            self.lines[one] = Counter(moved)


@dataclass
class Project:
    """`barred`: who earns nothing any more; `gone`: who left; `same_as`: whose enrolment is another's of before;
    `cleared`: whose advance is settled; `known`: of whom a register speaks; `found`: of whom that was found,
    `hits`: not decided yet; `opened`, `lifted`: blocks."""

    people: int
    claims: list[Claim] = field(default_factory=list)
    barred: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    same_as: dict[int, int] = field(default_factory=dict)
    cleared: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    found: set[int] = field(default_factory=set)
    hits: set[int] = field(default_factory=set)
    opened: set[int] = field(default_factory=set)
    lifted: set[int] = field(default_factory=set)
    repayments: list[Repayment] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        return bool(self.opened - self.lifted)

    def live(self, person: int, kind: str) -> str | None:
        """State of the one live claim of that kind that somebody is in."""
        return next((one.state for one in self.claims if one.kind == kind and one.is_live and person in one.due), None)

    def is_advanced_as_another(self, person: int) -> bool:
        """Whether the same human being has an advance that isn't settled, by another enrolment."""
        same = {one for one in range(self.people) if self.root(one) == self.root(person)} - {person} - self.cleared
        return any(self.live(one, "advance") for one in same)

    def root(self, person: int) -> int:
        return self.same_as.get(person, person)

    def without_live(self, *kinds: str) -> list[int]:
        people = set(range(self.people)) - self.barred
        people -= self.gone if "advance" in kinds else set()
        people = {one for one in people if not self.is_advanced_as_another(one)}
        return sorted(one for one in people if not any(self.live(one, kind) for kind in kinds))

    def claim(self, kind: str, due: dict[int, int], back: dict[int, int]) -> bool:
        if not due or self.stopped:
            return False
        self.claims.append(Claim(kind, due, {one: fen for one, fen in back.items() if fen}))
        return True

    def now(self, state: str) -> Claim | None:
        """The claim that is worked on, where it is in that state."""
        newest = self.claims[-1] if self.claims else None
        return newest if newest and newest.state == state else None

    @property
    def next_act(self) -> str:
        """What an official would do next for this project."""
        if self.hits:
            return "clear" if 0 in self.hits else "uphold"
        newest = self.claims[-1] if self.claims else None
        if any(self.root(one) != one and not self.is_advanced_as_another(one) for one in self.without_live("advance")):
            return "advance" if newest is None or newest.state in (*SETTLED, *DEAD) else self._onward(newest)
        if newest is None or not newest.is_live:
            return "final" if any(one.state in SETTLED for one in self.claims) else "advance"
        return self._onward(newest)

    def _onward(self, newest: Claim) -> str:
        acts = {"submitted": "approve", "approved": "prepare", "prepared": "instruct", "instructed": "pay"}
        return acts.get(newest.state, "final")

    def become(self, before: str, after: str) -> bool:
        claim = self.now(before)
        if claim:
            claim.state = after
        return claim is not None

    def find(self, claim: Claim) -> None:
        new = (self.known - self.found) & claim.due.keys()
        self.found |= new
        self.hits |= new

    def holds(self, claim: Claim) -> bool:
        return self.stopped or bool(self.hits & claim.due.keys())

    def last_paid(self, person: int) -> Claim | None:
        paid = [one for one in self.claims if one.arrived(person)]
        return paid[-1] if paid else None


@dataclass
class Part:
    """What is asked back of somebody at one place, what of that hasn't ended, and what was given up."""

    person: int
    place: Place
    asked: int
    outstanding: int
    given_up: int = 0

    def take(self, left: dict[Place, int]) -> int:
        """As much of it as is left for its place."""
        taken = min(self.outstanding, left.get(self.place, 0))
        self.outstanding -= taken
        left[self.place] = left.get(self.place, 0) - taken
        return taken

    def take_of_source(self, left: Counter[str]) -> int:
        taken = min(self.outstanding, left[self.place[0]])
        self.outstanding -= taken
        left[self.place[0]] -= taken
        return taken


@dataclass
class Demand:
    """`of`: the final claim that found it, None where all that somebody got is asked back; `proposed`: to give up."""

    project: Project
    of: Claim | None
    parts: list[Part]
    proposed: int = 0
    approvals: int = 0

    @property
    def outstanding(self) -> int:
        return sum(part.outstanding for part in self.parts)

    def by_place(self) -> Counter[Place]:
        owed = Counter[Place]()
        for part in self.parts:
            owed[part.place] += part.outstanding
        return +owed


@dataclass
class Repayment:
    """`refilled`: what of it may be spent again; `taken`: which parts it met."""

    demand: Demand
    refilled: Counter[Place]
    taken: list[tuple[Part, int]]
    reversed: bool = False


def divided(fen: int, weights: dict[Place, int]) -> Counter[Place]:
    """An amount in proportion, exact to the fen."""
    parts = share(Money(fen), list(weights.values())) if fen else []
    return Counter({place: part.fen for place, part in zip(weights, parts, strict=False) if part})
