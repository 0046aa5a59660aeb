"""The rows of a list command: what is wrong with a day, what is on file already, what is inserted and answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from sqlalchemy.orm import Session

from services.training.models import Project, TrainingTable
from services.training.projects.activity_log import log_activity
from shared.contracts.common import RowResults
from shared.contracts.row_answers import Numbered, RowAnswers
from shared.kernel.work import Work
from shared.store.bulk import insert_each

Row = TypeVar("Row", bound=Numbered)
Fault = tuple[str, str]
"""A field of a row and the sentence that says how to mend it."""


class Stored(Protocol):
    """A table's row with an id of its own."""

    id: Any


Known = TypeVar("Known", bound=Stored)


def day_fault(
    field: str, day: date, today: date, word: str, *, since: tuple[str, date] | None = None, after: str = ""
) -> Fault | None:
    """What is wrong with a day that hasn't come, or lies before `since`: the name of a day, and that day.

    `word`: what happened on the day; `after`: when to record it, where that is another word.
    """
    if day > today:
        return field, f"{word}日期晚于今天（{today}），请在{after or word}后登记"
    if since is not None and day < since[1]:
        return field, f"{word}日期早于{since[0]}（{since[1]}），请核对日期"
    return None


def answer_known(
    rows: RowAnswers[Row],
    known: Callable[[Row], Known | None],
    is_same: Callable[[Row, Known], bool],
    otherwise: Fault | None = None,
) -> None:
    """Rows about what is on file: `unchanged` where they say the same, else refused, or left waiting where that is
    no fault."""
    for at, row in rows.waiting():
        found = known(row)
        if found is None:
            continue
        if is_same(row, found):
            rows.unchanged(at, found.id)
        elif otherwise:
            rows.refuse(at, *otherwise)


def finish(work: Work, project: Project, rows: RowAnswers[Row], action: str) -> RowResults:
    """Logs how many rows of the project were accepted, and answers them all."""
    log_activity(work, project.id, action, len(rows.accepted()))
    return rows.results()


def insert_waiting(
    session: Session,
    table: type[TrainingTable],
    rows: RowAnswers[Row],
    values: Callable[[Row], dict[str, Any]],
    taken: tuple[str, Mapping[str, str]] = ("", {}),
    message: Callable[[Row], str | None] = lambda _: None,
) -> None:
    """Inserts every waiting row and accepts it by the id in its values, with a message where there is one to say.

    `taken`: the field at which a row is refused that the database forbids, and the sentence of each constraint.
    """
    waiting = rows.waiting()
    made = [values(row) for _, row in waiting]
    refuse_taken(rows, waiting, insert_each(session, table, made, taken[1]), taken[0])
    for (at, row), value in zip(waiting, made, strict=True):
        if rows.waits(at):
            rows.accept(at, value["id"], message(row))


def refuse_taken(
    rows: RowAnswers[Row], inserted: Sequence[tuple[int, Row]], taken: Mapping[int, str], field: str
) -> None:
    """Refuses those of the inserted rows that the database forbids; `taken`: place among them → reason."""
    for place, reason in taken.items():
        rows.refuse(inserted[place][0], field, reason)
