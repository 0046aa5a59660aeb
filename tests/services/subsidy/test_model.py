"""Whatever is done in whatever order, the ledger says what a model of a few lines says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts import subsidy
from shared.errors import Conflict
from shared.money import Money
from shared.store.types import new_id
from tests.conftest import MadeDatabase
from tests.services.subsidy.road import SOURCES, YEAR, Road, Training

PROJECTS = 3
FEN = 250_000
"""Advance of one person: intermediate, one year."""

commands = st.lists(
    st.one_of(
        st.tuples(st.just("appropriate"), st.integers(0, 1), st.integers(1, 3 * FEN)),
        st.tuples(
            st.sampled_from(("submit", "approve", "return", "reject", "prepare", "instruct", "confirm")),
            st.integers(0, PROJECTS - 1),
            st.just(0),
        ),
    ),
    min_size=10,
    max_size=40,
)

MOVES = {
    "submit": ({"none", "returned", "rejected"}, "submitted"),
    "approve": ({"submitted"}, "approved"),
    "return": ({"submitted"}, "returned"),
    "reject": ({"submitted"}, "rejected"),
    "prepare": ({"approved"}, "prepared"),
    "instruct": ({"prepared"}, "instructed"),
    "confirm": ({"instructed", "paid"}, "paid"),
}


class Model:
    """What each source has left, and how far each project's claim of `place + 1` persons has come."""

    def __init__(self) -> None:
        self.appropriated = [0, 0]
        self.free = [0, 0]
        self.states = ["none"] * PROJECTS

    def accepts(self, command: str, place: int) -> bool:
        before, after = MOVES[command]
        if self.states[place] not in before:
            return False
        due = (place + 1) * FEN
        if command == "approve":
            if due > sum(self.free):
                return True  # heard, and told that it is not enough: nothing moves
            first = min(due, self.free[0])
            self.free = [self.free[0] - first, self.free[1] - (due - first)]
        self.states[place] = after
        return True

    def borne(self, *states: str) -> int:
        return sum((place + 1) * FEN for place, state in enumerate(self.states) if state in states)


class Walk:
    """The same commands on the service."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.claims: dict[int, str] = {}
        self.batches: dict[int, subsidy.BatchShape] = {}
        for place in range(PROJECTS):
            road.project(
                f"project-{place}", Training("ordinary", "intermediate", 1, results=("certified",) * (place + 1))
            )

    def does(self, command: str, place: int) -> bool:
        try:
            self._do(command, place)
        except (Conflict, KeyError):  # KeyError: there is nothing yet that the command could name
            return False
        return True

    def _do(self, command: str, place: int) -> None:
        if command == "submit":
            self.claims[place] = self.road.submit(project_id=f"project-{place}").claim_id
        elif command in ("approve", "return", "reject"):
            self.road.decide(self.claims[place], command)
        elif command == "prepare":
            self.batches[place] = self.road.prepare(self.claims[place])
        elif command == "instruct":
            self.batches[place] = self.road.instruct(self.batches[place].batch_id)
        else:
            self.road.confirm(self.batches[place])


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sequence=commands)
def test_the_ledger_follows_the_model(
    make_database: Callable[..., MadeDatabase],
    dialect: str,
    tmp_path: Path,
    sequence: list[tuple[str, int, int]],
) -> None:
    road = Road(make_database("subsidy", dialect).url, tmp_path / new_id())
    walk, model = Walk(road), Model()
    for command, place, fen in sequence:
        if command == "appropriate":
            road.appropriate(str(Money(fen)), source=SOURCES[place])
            model.appropriated[place] += fen
            model.free[place] += fen
        else:
            assert walk.does(command, place) == model.accepts(command, place), (command, place)
        proof = road.prove()
        assert proof.differences == ()
        assert proof.appropriated.fen == sum(model.appropriated)
        assert proof.committed.fen == model.borne("approved", "prepared", "instructed")
        assert proof.paid.fen == model.borne("paid")
    for place, source in enumerate(SOURCES):
        if model.appropriated[place]:
            assert road.budget(YEAR, source).available.fen == model.free[place]
    road.close()
