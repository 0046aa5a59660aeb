"""Credits recognised from elsewhere or awarded: proposed by a party, approved by the district (APP-15, X-5).

After a change of employer, what was earned with the earlier one is recognised from that very enrolment, once (INT-31).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from services.training.learning.progress import credit_facts, progress_of
from services.training.list_rows import Fault, answer_known, finish, insert_waiting
from services.training.lookup import NO_ENROLMENT, NOT_IN_TRAINING, enrolments_of
from services.training.models import Enrolment, ExtraCredit, Project
from services.training.projects.access import project_in_reach
from services.training.rules.completion import credits_so_far
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers, listed
from shared.contracts.training.credits import ApproveExtraCredits, ExtraCreditRow, RecordExtraCredits
from shared.kernel.work import Work
from shared.store.by_name import values_of
from shared.store.database import execute_count
from shared.store.types import new_id

_ONCE = "该学籍的学分已经申报过互认，一个学籍只互认一次；请核对原学籍编号"
_TAKEN = dict.fromkeys(("uq_extra_credits_from_enrolment_id", "extra_credits.from_enrolment_id"), _ONCE)
_ANNULLED = "原学籍已因查实骗取套取作废，所得学分不能互认，不予批准"
_PROPOSED = "已提交，待属地人社部门批准后计入"


@dataclass(frozen=True)
class EarlierEnrolment:
    """An enrolment elsewhere that ended with a withdrawal, and the whole credits that were earned in it."""

    person_id: str
    credits: int


def propose_extra_credits(work: Work, request: RecordExtraCredits) -> RowResults:
    """Recognised or bonus credits with their reason, a result per row; they wait for the district."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    known = enrolments_of(work.session, project, [row.enrolment_id for row in request.rows])
    rows = RowAnswers(request.rows)
    rows.refuse_repeated(lambda row: (row.enrolment_id, row.kind, row.credits, row.reason), "reason")
    rows.refuse_repeated(lambda row: row.from_enrolment_id or row.row, "from_enrolment_id")
    rows.refuse_where(lambda row: _fault(row, known))
    _answer_proposed(work, rows)
    earlier = _earlier(work, _named(rows))
    rows.refuse_where(lambda row: _earlier_fault(row, known, earlier))
    proposal = {"proposed_by": work.speaker.person, "proposed_on": work.today}
    insert_waiting(
        work.session,
        ExtraCredit,
        rows,
        lambda row: values_of(ExtraCredit, row, id=new_id(), **proposal),
        ("from_enrolment_id", _TAKEN),
        lambda _: _PROPOSED,
    )
    return finish(work, project, rows, "extra_credits_proposed")


def _fault(row: ExtraCreditRow, known: Mapping[str, Enrolment]) -> Fault | None:
    enrolment = known.get(row.enrolment_id)
    if enrolment is None:
        return NO_ENROLMENT
    if row.from_enrolment_id and row.kind != "recognised":
        return "from_enrolment_id", "只有互认学分填写原学籍，奖励学分请删除此项"
    return None if enrolment.state == "in_training" else NOT_IN_TRAINING


def _named(rows: RowAnswers[ExtraCreditRow]) -> list[str]:
    """The earlier enrolments that waiting rows name."""
    return [row.from_enrolment_id for _, row in rows.waiting() if row.from_enrolment_id]


def _answer_proposed(work: Work, rows: RowAnswers[ExtraCreditRow]) -> None:
    proposed = work.session.scalars(select(ExtraCredit).where(ExtraCredit.from_enrolment_id.in_(_named(rows))))
    known = {extra.from_enrolment_id: extra for extra in proposed}
    answer_known(
        rows,
        lambda row: known.get(row.from_enrolment_id) if row.from_enrolment_id else None,
        lambda row, extra: (extra.enrolment_id, extra.credits) == (row.enrolment_id, row.credits),
        ("from_enrolment_id", _ONCE),
    )


def _earlier(work: Work, ids: Sequence[str]) -> dict[str, EarlierEnrolment]:
    """Those of these enrolments, of any project, that ended with a withdrawal."""
    found = work.session.execute(
        select(Enrolment, Project)
        .join(Project, Project.id == Enrolment.project_id)
        .where(Enrolment.id.in_(ids), Enrolment.state == "left")
    ).all()
    progress = progress_of(work.session, [enrolment.id for enrolment, _ in found], work.today)
    return {
        enrolment.id: EarlierEnrolment(
            enrolment.person_id,
            credits_so_far(credit_facts(project, progress[enrolment.id]), work.policies.by_identity(project.document)),
        )
        for enrolment, project in found
    }


def _earlier_fault(
    row: ExtraCreditRow, known: Mapping[str, Enrolment], earlier: Mapping[str, EarlierEnrolment]
) -> Fault | None:
    if row.from_enrolment_id is None:
        return None
    there = earlier.get(row.from_enrolment_id)
    if there is None or there.person_id != known[row.enrolment_id].person_id:
        return "from_enrolment_id", "没有该人员已办理退出的这个原学籍，请核对编号，或先由原企业登记退出"
    if row.credits > there.credits:
        return "credits", f"原学籍共取得 {there.credits} 学分，互认不能超过此数，请改正"
    return None


def approve_extra_credits(work: Work, request: ApproveExtraCredits) -> RowResults:
    """By the district, another person than the proposer (X-5), a result per id; an approved one is `unchanged`."""
    project = project_in_reach(work.session, work.speaker, request.project_id)
    proposed = {
        extra.id: (extra, state)
        for extra, state in work.session.execute(
            select(ExtraCredit, Enrolment.state)
            .join(Enrolment, Enrolment.id == ExtraCredit.enrolment_id)
            .where(Enrolment.project_id == project.id, ExtraCredit.id.in_(request.ids))
        )
    }
    annulled = _from_annulled(work, list(proposed))
    rows = listed(request.ids)
    rows.refuse_repeated(lambda row: row.id, "ids")
    for at, row in rows.waiting():
        extra, state = proposed.get(row.id, (None, None))
        if extra is None:
            rows.refuse(at, "ids", "本项目没有这项互认或奖励学分，请核对编号")
        elif extra.approved_by is not None:
            rows.unchanged(at, row.id)
        elif extra.proposed_by == work.speaker.person:
            rows.refuse(at, "ids", "申报与批准须为不同人员（X-5），请由他人批准")
        elif state != "in_training":
            rows.refuse(at, "ids", NOT_IN_TRAINING[1])
        elif extra.id in annulled:
            rows.refuse(at, "ids", _ANNULLED)
    _approve(work, [row.id for _, row in rows.waiting()])
    for at, row in rows.waiting():
        rows.accept(at, row.id)
    return finish(work, project, rows, "extra_credits_approved")


def _from_annulled(work: Work, ids: Sequence[str]) -> set[str]:
    """Those of these extra credits that were earned in an enrolment which fraud has annulled."""
    there = Enrolment.id == ExtraCredit.from_enrolment_id
    earned = select(ExtraCredit.id).join(Enrolment, there).where(ExtraCredit.id.in_(ids))
    return set(work.session.scalars(earned.where(Enrolment.state == "annulled")))


def _approve(work: Work, ids: Sequence[str]) -> None:
    """Whoever approves first stays on record; a second approval at the same moment changes nothing."""
    waiting = update(ExtraCredit).where(ExtraCredit.id.in_(ids), ExtraCredit.approved_by.is_(None))
    execute_count(work.session, waiting.values(approved_by=work.speaker.person, approved_on=work.today))
