"""What review answers and tells about public notices (公示): any case may have one, and money waits until it is over.

A notice stands for its working days, of which the day of publication is none. Whoever objects does so by
`review.lodge_objection` with the notice's id; each objection is answered on its own. The notice is closed after its
last day, and not before every objection is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from shared.contracts.common import OFFICERS, READERS, PageSize, Programme
from shared.contracts.schema.declare import command, event, query
from shared.contracts.schema.shapes import District, FileRef, Id, Label, Prose, Reason, Rows, Whole

NoticeState = Literal["open", "closed", "withdrawn"]
WorkingDays = Annotated[int, Whole(1, 60)]

# --- acts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenNotice:
    """A case is published: what, where, from when. `case_id`: a project or a roster.

    `working_days`: null is the document's length, where it names one; `from_on`: null is today, never earlier. No
    personal data beyond what is published in `text`.
    """

    case_id: Id
    title: Label
    text: Reason
    published_at: Label
    from_on: date | None = None
    working_days: WorkingDays | None = None
    attachments: Annotated[tuple[FileRef, ...], Rows(50)] = ()


@dataclass(frozen=True)
class CloseNotice:
    """After the last day, when every objection is answered: money may move again."""

    notice_id: Id
    words: Prose = ""


@dataclass(frozen=True)
class WithdrawNotice:
    """The notice was wrong; it is withdrawn for a reason, and another one may be opened."""

    notice_id: Id
    words: Reason


@dataclass(frozen=True)
class GetNotice:
    notice_id: Id


@dataclass(frozen=True)
class ListNotices:
    """Notices in reach, the newest first."""

    project_id: Id | None = None
    state: NoticeState | None = None
    cursor: Label | None = None
    limit: PageSize = 100


@dataclass(frozen=True)
class NoticeShape:
    """`to_on`: the last day on which somebody may object. Of the `objections`, `standing` aren't answered yet, and
    `upheld` were found right."""

    notice_id: str
    case_id: str
    project_id: str
    programme: str
    district: str
    title: str
    text: str
    published_at: str
    state: NoticeState
    from_on: date
    to_on: date
    working_days: int
    objections: int
    standing: int
    upheld: int
    block_id: str


@dataclass(frozen=True)
class NoticePage:
    notices: tuple[NoticeShape, ...]
    cursor: str | None


@dataclass(frozen=True)
class NoticeTold:
    """A notice opened, closed or withdrawn. The employer and the provider are those of the project."""

    notice_id: Id
    case_id: Id
    project_id: Id
    programme: Programme
    district: District
    employer_id: Id
    provider_id: Id
    from_on: date
    to_on: date
    state: NoticeState


OPEN_NOTICE = command("review.open_notice", OpenNotice, NoticeShape, OFFICERS, "A case is published; money waits.")
CLOSE_NOTICE = command("review.close_notice", CloseNotice, NoticeShape, OFFICERS, "The notice is over.")
WITHDRAW_NOTICE = command("review.withdraw_notice", WithdrawNotice, NoticeShape, OFFICERS, "The notice was wrong.")
GET_NOTICE = query("review.get_notice", GetNotice, NoticeShape, READERS, "A notice with its objections counted.")
LIST_NOTICES = query("review.list_notices", ListNotices, NoticePage, READERS, "Notices in reach.")

NOTICE_OPENED = event("review.notice_opened", NoticeTold, consumers=("notify",), about="A case is published.")
NOTICE_CLOSED = event("review.notice_closed", NoticeTold, consumers=("notify",), about="A notice is over.")
