"""Inserting many rows at once, so that one that the database forbids doesn't lose the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.training.models import TrainingTable
from shared.bus.conflicts import constraint_of


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
