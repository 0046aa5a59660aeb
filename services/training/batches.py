"""Lists: an answer for every row, and inserting many rows so that one forbidden row doesn't lose the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.training.models import TrainingTable
from shared.bus.kernel import constraint_of
from shared.contracts.common import RowResult, RowResults


class Numbered(Protocol):
    """A row of a request with the number that it has at the sender."""

    @property
    def row(self) -> int: ...


Row = TypeVar("Row", bound=Numbered)


class Rows(Generic[Row]):
    """The rows of one request, each answered once; `at` is a row's place in the request, from 0."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._answers: dict[int, RowResult] = {}

    def waiting(self) -> list[tuple[int, Row]]:
        """The rows without an answer yet, with their places."""
        return [(at, row) for at, row in enumerate(self._rows) if at not in self._answers]

    def accept(self, at: int, id: str, message: str | None = None) -> None:
        self._answers[at] = RowResult(self._rows[at].row, "accepted", id, message=message)

    def leave(self, at: int, id: str) -> None:
        """Unchanged: `id` was there already, just so."""
        self._answers[at] = RowResult(self._rows[at].row, "unchanged", id)

    def refuse(self, at: int, field: str, message: str) -> None:
        self._answers[at] = RowResult(self._rows[at].row, "refused", field=field, message=message)

    def refuse_repeated(self, key: Callable[[Row], Hashable], field: str) -> None:
        """Of several rows about the same thing the first one counts."""
        first: dict[Hashable, int] = {}
        for at, row in self.waiting():
            earlier = first.setdefault(key(row), at)
            if earlier != at:
                self.refuse(at, field, f"与第 {self._rows[earlier].row} 行重复，请删除其中一行")

    def refuse_where(self, fault: Callable[[Row], tuple[str, str] | None]) -> None:
        """Refuses every waiting row with a fault: (field, message)."""
        for at, row in self.waiting():
            if found := fault(row):
                self.refuse(at, *found)

    def answer(self) -> RowResults:
        """One result per row, in the order of the request."""
        return RowResults(tuple(self._answers[at] for at in range(len(self._rows))))


def insert_each(
    session: Session, table: type[TrainingTable], values: Sequence[dict[str, Any]], reasons: Mapping[str, str]
) -> dict[int, str]:
    """Inserts all that the database accepts; place → reason for what it refuses.

    `reasons`: constraint (its name, or the columns that SQLite names instead) → sentence. Any other error is raised.
    One statement where nothing is refused; else halves, so that k refused rows of n cost about k·log n statements.
    """
    refused: dict[int, str] = {}
    _insert(session, table, list(enumerate(values)), reasons, refused)
    return refused


def _insert(
    session: Session,
    table: type[TrainingTable],
    part: list[tuple[int, dict[str, Any]]],
    reasons: Mapping[str, str],
    refused: dict[int, str],
) -> None:
    if not part:
        return
    try:
        with session.begin_nested():
            session.execute(insert(table), [values for _, values in part])
    except IntegrityError as error:
        reason = _reason(error, reasons)
        if len(part) == 1:
            refused[part[0][0]] = reason
            return
        middle = len(part) // 2
        _insert(session, table, part[:middle], reasons, refused)
        _insert(session, table, part[middle:], reasons, refused)


def _reason(error: IntegrityError, reasons: Mapping[str, str]) -> str:
    broken = constraint_of(error)
    reason = next((reason for name, reason in reasons.items() if name in broken), None)
    if reason is None:
        raise error
    return reason
