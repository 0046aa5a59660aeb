"""Many threads that do the same at the same moment, and what each is answered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from shared.errors import Conflict, SkillsError

Shape = TypeVar("Shape")


def together(count: int, act: Callable[[int], object]) -> list[object]:
    """Every answer or typed error of `count` threads that do the same at the same moment."""

    gate = Barrier(count)

    def one(place: int) -> object:
        gate.wait()
        try:
            return act(place)
        except SkillsError as error:
            return error

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def winner(answers: list[object], shape: type[Shape]) -> Shape:
    """The one that won; every other was told by a clear conflict that it came too late."""
    won = [one for one in answers if isinstance(one, shape)]
    assert len(won) == 1, answers
    assert {type(one) for one in answers if one is not won[0]} <= {Conflict}
    return won[0]
