"""The rows of one list command and what became of each: one bad row never loses the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Literal, Protocol, TypeVar

from shared.contracts.common import RowResult, RowResults


class Numbered(Protocol):
    """A row that knows its number in the caller's sheet."""

    @property
    def row(self) -> int: ...


Row = TypeVar("Row", bound=Numbered)


class Sheet(Generic[Row]):
    """Rows by their place in the request; every one is decided exactly once."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._results: dict[int, RowResult] = {}

    def undecided(self) -> Iterator[tuple[int, Row]]:
        """(place, row) of those that nothing was said about yet."""
        return ((place, row) for place, row in enumerate(self.rows) if place not in self._results)

    def is_open(self, place: int) -> bool:
        return place not in self._results

    def accept(self, place: int, made: str) -> None:
        self._decide(place, "accepted", made)

    def unchanged(self, place: int, known: str) -> None:
        self._decide(place, "unchanged", known)

    def refuse(self, place: int, field: str, message: str) -> None:
        """`message`: Chinese, says what to do, without personal data."""
        self._decide(place, "refused", None, field, message)

    def accepted(self) -> list[str]:
        """The ids of what was accepted, each once, in the order of the rows."""
        ordered = (self._results[place] for place in sorted(self._results))
        return list(dict.fromkeys(one.id for one in ordered if one.outcome == "accepted" and one.id))

    def results(self) -> RowResults:
        return RowResults(tuple(self._results[place] for place in range(len(self.rows))))

    def _decide(
        self,
        place: int,
        outcome: Literal["accepted", "unchanged", "refused"],
        about: str | None,
        field: str | None = None,
        message: str | None = None,
    ) -> None:
        if place in self._results:
            raise ValueError(f"row {place} is decided already")
        self._results[place] = RowResult(self.rows[place].row, outcome, about, field, message)
