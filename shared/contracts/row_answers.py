"""The rows of one list command and what became of each: one bad row never loses the others.

Every row is answered exactly once, by its place in the request; who loads and decides goes on with those that wait.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, Protocol, TypeVar

from shared.contracts.common import RowResult, RowResults
from shared.contracts.spreadsheets import SheetRow


class Numbered(Protocol):
    """A row of a request with the number that it has at the sender."""

    @property
    def row(self) -> int: ...


Row = TypeVar("Row", bound=Numbered)
Explained = TypeVar("Explained", RowResult, SheetRow)

MESSAGES_MAX = 900_000
"""Characters that the messages of one answer may have together. A Chinese one takes three bytes, and the rest of five
thousand rows under a megabyte: so the whole stays under the 4 MiB of a message."""

_CUT = "……（其余见决定记录）"


def fitted(rows: Sequence[Explained]) -> tuple[Explained, ...]:
    """The rows, their messages cut where all of them together would burst the answer.

    What was done is done and must be answered: an answer too large to send would tell nobody anything.
    """
    said = cut_alike([row.message or "" for row in rows])
    return tuple(
        row if text == (row.message or "") else replace(row, message=text) for row, text in zip(rows, said, strict=True)
    )


def cut_alike(texts: Sequence[str], most: int = MESSAGES_MAX) -> list[str]:
    """The texts, the longest of them cut to one length where together they have more than `most` characters."""
    said = [len(text) for text in texts if text]
    if sum(said) <= most:
        return list(texts)
    each = max(0, most // len(said) - len(_CUT))
    return [text[:each] + _CUT if len(text) > each + len(_CUT) else text for text in texts]


@dataclass(frozen=True)
class ListedId:
    """An id of a plain list, numbered from 1."""

    row: int
    id: str


def listed(ids: Iterable[str]) -> RowAnswers[ListedId]:
    """The answers to a list of ids."""
    return RowAnswers([ListedId(row, id) for row, id in enumerate(ids, start=1)])


class RowAnswers(Generic[Row]):
    """`at`: a row's place in the request, from 0. Answering a row twice is a mistake of ours: ValueError."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._answers: dict[int, RowResult] = {}

    def waiting(self) -> list[tuple[int, Row]]:
        """The rows without an answer yet, with their places."""
        return [(at, row) for at, row in enumerate(self.rows) if self.waits(at)]

    def waits(self, at: int) -> bool:
        return at not in self._answers

    def accept(self, at: int, id: str, message: str | None = None) -> None:
        self._answer(at, "accepted", id, None, message)

    def unchanged(self, at: int, id: str) -> None:
        """`id` was there already, just so."""
        self._answer(at, "unchanged", id)

    def refuse(self, at: int, field: str, message: str) -> None:
        """`message`: Chinese, says what to do, without personal data."""
        self._answer(at, "refused", None, field, message)

    def refuse_repeated(self, key: Callable[[Row], Hashable], field: str) -> None:
        """Of several rows about the same thing the first one counts."""
        first: dict[Hashable, int] = {}
        for at, row in self.waiting():
            earlier = first.setdefault(key(row), at)
            if earlier != at:
                self.refuse(at, field, f"与第 {self.rows[earlier].row} 行重复，请删除其中一行")

    def refuse_where(self, fault: Callable[[Row], tuple[str, str] | None]) -> None:
        """Refuses every waiting row with a fault: (field, message)."""
        for at, row in self.waiting():
            if found := fault(row):
                self.refuse(at, *found)

    def accepted(self) -> list[str]:
        """The ids of what was accepted, each once, in the order of the rows."""
        ordered = (self._answers[at] for at in sorted(self._answers))
        return list(dict.fromkeys(one.id for one in ordered if one.outcome == "accepted" and one.id))

    def results(self) -> RowResults:
        """One result per row, in the order of the request."""
        return RowResults(fitted([self._answers[at] for at in range(len(self.rows))]))

    def _answer(
        self,
        at: int,
        outcome: Literal["accepted", "unchanged", "refused"],
        id: str | None,
        field: str | None = None,
        message: str | None = None,
    ) -> None:
        if not self.waits(at):
            raise ValueError(f"row {at} is answered already")
        self._answers[at] = RowResult(self.rows[at].row, outcome, id, field, message)
