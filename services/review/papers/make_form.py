"""`review.make_form`: a paper to print and stamp, of whatever kind: drafted, written with the employer's name, filed.

How a paper looks is the programme's: `programmes/<programme>/forms/`, else `shared/forms/common/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.review.models import Case
from services.review.papers.decision_letter import decision_letter
from services.review.papers.draft import PaperDraft
from services.review.papers.oversight_papers import interview_summons, public_notice, suspension_notice
from shared.contracts.kernel.files import FileKept
from shared.contracts.registry.organisations import LIST_ORGANISATIONS, ListOrganisations
from shared.contracts.review.papers import MakeReviewPaper
from shared.forms.layouts import layout
from shared.forms.printed.documents import DOCX
from shared.kernel.work import Asks, Work
from shared.store.by_name import shape_of

DRAFTS: Mapping[str, Callable[[Session, Asks, str], PaperDraft]] = {
    "decision_letter": decision_letter,
    "interview_summons": interview_summons,
    "suspension_notice": suspension_notice,
    "public_notice": public_notice,
}
TITLES = {
    "decision_letter": "决定书",
    "interview_summons": "约谈通知书",
    "suspension_notice": "停训整改通知书",
    "public_notice": "公示",
}


@dataclass(frozen=True)
class WrittenPaper:
    """A paper as it was written, before it is filed."""

    content: bytes
    case: Case


def write_paper(asks: Asks, request: MakeReviewPaper) -> WrittenPaper:
    """Loads what stands on it, asks registry for the employer's name, writes it: all before the transaction."""
    with asks.reading() as session:
        draft = DRAFTS[request.form](session, asks, request.of_id)
    found = asks.ask(LIST_ORGANISATIONS, ListOrganisations((draft.case.employer_id,))).organisations
    employer = found[0].name if found else draft.case.employer_id
    return WrittenPaper(draft.write(employer, layout(draft.case.programme, request.form)), draft.case)


def file_paper(work: Work, request: MakeReviewPaper, paper: WrittenPaper) -> FileKept:
    """Keeps it for whoever asked: the organisation, or the officer's district."""
    row = work.file_away(
        paper.content,
        name=f"{TITLES[request.form]}-{request.of_id[:8]}.docx",
        media_type=DOCX,
        district=paper.case.district,
        organisation=work.speaker.organisation or "",
    )
    work.note(f"case:{paper.case.case_id}", f"file:{row.id}")
    return shape_of(FileKept, row)
