"""Reading public notices: one with its objections counted, and those in reach, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.review.cases import cases
from services.review.models import Case, Matter, Notice, NoticeObjection
from services.review.oversight import matters
from shared.contracts.review.notices import GetNotice, ListNotices, NoticePage, NoticeShape
from shared.kernel.work import Look
from shared.store.access_filter import filters
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows

Counts = Mapping[str, Mapping[str, int]]
"""By notice: state of its objections → how many are in it."""


def get_notice(look: Look, request: GetNotice) -> NoticeShape:
    """A notice in reach, with what became of the objections to it. Raises NotFound."""
    matter, project = matters.matter_in_reach(look.session, look.speaker, request.notice_id, "public_notice")
    notice = look.session.get_one(Notice, matter.matter_id)
    return shape(notice, matter, project, objections_of(look.session, [matter.matter_id]))


def list_notices(look: Look, request: ListNotices) -> NoticePage:
    """One page of the notices of cases in reach, the newest first."""
    chosen = (
        select(Notice, Matter, Case)
        .join(Matter, Matter.matter_id == Notice.notice_id)
        .join(Case, Case.case_id == Matter.project_id)
        .where(cases.in_reach(look.speaker))
        .where(*filters({Matter.project_id: request.project_id, Matter.state: request.state}))
    )
    shown, cursor = read_rows(look.session, chosen, request, Matter.opened_at, Matter.matter_id, descending=True)
    counts = objections_of(look.session, [notice.notice_id for notice, _, _ in shown])
    return NoticePage(tuple(shape(*row, counts) for row in shown), cursor)


def objections_of(session: Session, notice_ids: Collection[str]) -> Counts:
    """What became of the objections to these notices."""
    chosen = (
        select(NoticeObjection.notice_id, Matter.state, func.count())
        .join(Matter, Matter.matter_id == NoticeObjection.objection_id)
        .where(NoticeObjection.notice_id.in_(notice_ids))
        .group_by(NoticeObjection.notice_id, Matter.state)
    )
    found: dict[str, dict[str, int]] = {}
    for notice_id, state, count in session.execute(chosen):
        found.setdefault(notice_id, {})[state] = count
    return found


def shape(notice: Notice, matter: Matter, project: Case, counts: Counts) -> NoticeShape:
    """A notice as it stands."""
    objections = counts.get(notice.notice_id, {})
    return shape_of(
        NoticeShape,
        notice,
        project_id=project.case_id,
        programme=project.programme,
        district=project.district,
        text=matter.words,
        state=matter.state,
        standing=objections.get("open", 0),
        upheld=objections.get("upheld", 0),
        block_id=matter.block_id or "",
    )
