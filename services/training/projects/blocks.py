"""Blocks on projects (X-11), as review tells them: opened and lifted, in any order, joined by their id (APP-26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from services.training.models import Block, Project
from services.training.projects.activity_log import log_activity
from shared.bus.wire import Event
from shared.contracts.review.oversight import BlockTold
from shared.kernel.work import Work

SUSPENSION = "suspension"


def block_opened(work: Work, event: Event[BlockTold]) -> None:
    """From that day a block stands on a project; heard twice, or after its lifting, it changes nothing else."""
    _block(work, event.data).opened_on = event.data.on
    log_activity(work, event.data.project_id, "block_opened", of_id=event.data.block_id)


def block_lifted(work: Work, event: Event[BlockTold]) -> None:
    """From that day it stands no longer."""
    _block(work, event.data).lifted_on = event.data.on
    log_activity(work, event.data.project_id, "block_lifted", of_id=event.data.block_id)


def _block(work: Work, told: BlockTold) -> Block:
    """The row of the block, made by whichever of its two events comes first."""
    known = work.session.get(Block, told.block_id)
    if known is None:
        known = Block(id=told.block_id, project_id=told.project_id, kind=told.kind)
        work.session.add(known)
    return known


@dataclass(frozen=True)
class Suspensions:
    """Those of one project that have begun: (first day, the day of lifting or None)."""

    periods: Sequence[tuple[date, date | None]]

    def covers(self, day: date) -> bool:
        """Whether training stood still on that day."""
        return any(first <= day and (lifted is None or day < lifted) for first, lifted in self.periods)

    @property
    def open(self) -> bool:
        """Whether one of them isn't lifted yet."""
        return any(lifted is None for _, lifted in self.periods)


def suspensions_of(session: Session, project_id: str) -> Suspensions:
    """Of one project; one whose lifting alone was heard hasn't begun yet."""
    rows = session.execute(
        select(Block.opened_on, Block.lifted_on).where(Block.project_id == project_id, Block.kind == SUSPENSION)
    )
    return Suspensions([(first, lifted) for first, lifted in rows if first is not None])


def is_blocked() -> ColumnElement[bool]:
    """Of a project: whether any block stands on it."""
    unlifted: Any = (Block.project_id == Project.id, Block.opened_on.is_not(None), Block.lifted_on.is_(None))
    return exists(select(Block.id).where(*unlifted))
