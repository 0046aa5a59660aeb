"""What stands in the way of a project's money (X-11): opened by one act, lifted by another, told either way."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, exists, update

from services.review import events
from services.review.models import Block, Case
from shared.contracts.review.oversight import CASE_BLOCKED, CASE_UNBLOCKED, BlockKind
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.store.database import execute_count
from shared.store.types import new_id


def open_block(work: Work, project: Case, kind: BlockKind, on: date | None = None) -> str:
    """No money for the project from now on; the id of the block. `on`: for hours of training, today unless given."""
    opened_on = on or work.today
    block = Block(
        block_id=new_id(),
        project_id=project.case_id,
        kind=kind,
        opened_on=opened_on,
        opened_by=work.speaker.person,
    )
    work.add(block)
    events.tell_block(work, CASE_BLOCKED, project, block, opened_on)
    return block.block_id


def lift_block(
    work: Work, project: Case, block_id: str | None, *, inquiry_id: str | None = None, persons: int = 0
) -> None:
    """This block stands no more; raises Conflict where somebody lifted it already.

    `inquiry_id`, `persons`: of confirmed fraud about so many, whom others must have heard of before money moves.
    """
    standing = (Block.block_id == block_id, Block.lifted_on.is_(None))
    lifting = update(Block).where(*standing).values(lifted_on=work.today, lifted_by=work.speaker.person)
    if not execute_count(work.session, lifting):
        raise Conflict("该暂停拨付事项已解除，请刷新后查看最新状态", block_id=block_id)
    block = work.session.get_one(Block, block_id, populate_existing=True)
    events.tell_block(work, CASE_UNBLOCKED, project, block, work.today, inquiry_id=inquiry_id, persons=persons)


def is_blocked() -> ColumnElement[bool]:
    """Whether a block stands on the project of a case, as the condition of a query on cases."""
    return exists().where(Block.project_id == Case.project_id, Block.lifted_on.is_(None))
