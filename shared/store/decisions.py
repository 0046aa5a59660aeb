"""Stored decisions, in short, as answers show them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.contracts.common import Decided
from shared.store.kernel_tables import DecisionRow


def decided_by_id(session: Session, ids: Iterable[str | None]) -> dict[str, Decided]:
    """Those of the decisions that are stored here; None among the ids stands for no decision."""
    wanted = select(DecisionRow).where(DecisionRow.id.in_({id for id in ids if id is not None}))
    return {row.id: Decided.of(row.id, row.subject_id, row.decision) for row in session.scalars(wanted)}
