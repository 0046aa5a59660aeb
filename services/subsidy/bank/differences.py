"""Where our books and the bank's lists disagree, or the bank says nothing; and what an officer says about it.

Every line that wasn't applied is here until it is explained, every payment whose outcome the bank doesn't know, and
every instructed one of which no list has said anything for longer than the operator's setting BANK_SILENT_AFTER.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, cast, func, literal, null, select, union_all, update

from services.subsidy.models import Batch, Payment
from services.subsidy.models.bank import BankLine
from shared.batching import slices
from shared.contracts.common import RowResults
from shared.contracts.row_answers import listed
from shared.contracts.subsidy.bank import (
    DifferenceKind,
    DifferencePage,
    DifferenceShape,
    ExplainDifferences,
    ListDifferences,
)
from shared.kernel.work import Look, Work
from shared.money import ZERO
from shared.store.access_filter import filters, in_reach
from shared.store.bulk import SLICE
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows
from shared.store.database import execute_count
from shared.store.types import MoneyColumn

CURES: Mapping[str, str] = {
    "stray": "本辖区没有这一支付编号，请核对银行清单；确非本单位款项的，请在此说明",
    "amount": "银行清单的金额与支付金额不符，请与银行核对后更正重报，并说明本行",
    "paid_twice": "已以另一回单号登记到账，疑似重复拨付，请与国库核对，追回后说明",
    "contradiction": "与该笔支付已登记的结果矛盾，请与银行核对：可以办理的，重新提交本行；否则请说明",
    "voided": "该笔支付已作废，国库不应拨付，请与国库核对，已付出的追回后说明",
    "unknown": "银行结果未明，请向银行查询后登记到账或拒付",
    "overdue": "已通知国库，银行清单一直没有结果，请向国库或银行查询后登记",
}
"""By kind: what it means, and what to do."""

NO_LINE = ("difference_ids", "该项没有银行清单可说明，请登记银行的结果")
NOT_FOUND = ("difference_ids", "未找到该差异，或其不在您的管辖范围内，请核对编号")


def list_differences(look: Look, request: ListDifferences, bank_silent_after: int) -> DifferencePage:
    """One page, the oldest first, and the sums on both sides of all that are meant. `bank_silent_after`: days."""
    sources = [_lines(look, request)]
    if not request.explained:
        sources += [_unknown(look, request), _overdue(look, request, bank_silent_after)]
    found = union_all(*sources).subquery().c
    shown, cursor = read_rows(look.session, select(*found), request, found.since, found.id)
    sums = select(func.sum(found.ours, type_=MoneyColumn), func.sum(found.theirs, type_=MoneyColumn))
    ours, theirs = look.session.execute(sums).one()
    return DifferencePage(tuple(_shape(look, row) for row in shown), cursor, ours or ZERO, theirs or ZERO)


def unknown_since() -> ColumnElement[date]:
    """Of a payment: the day on which the bank first said that it doesn't know what became of it."""
    applied = (BankLine.payment_id == Payment.id, BankLine.outcome == "unknown", BankLine.applied_on.is_not(None))
    return select(func.min(BankLine.moved_on)).where(*applied).scalar_subquery()


def explain_differences(work: Work, request: ExplainDifferences) -> RowResults:
    """Keeps the officer's words on lines that didn't fit: once. What the bank hasn't said can't be explained."""
    answers = listed(request.difference_ids)
    answers.refuse_repeated(lambda row: row.id, "difference_ids")
    known = _known(work, request.difference_ids)
    silent = _silent(work, request.difference_ids)
    for at, row in answers.waiting():
        line = known.get(row.id)
        if line is None or line.applied_on is not None:
            answers.refuse(at, *(NO_LINE if row.id in silent or line is not None else NOT_FOUND))
        elif line.explained_on is None:
            answers.accept(at, row.id)
        elif line.explanation == request.words:
            answers.unchanged(at, row.id)
        else:
            answers.refuse(at, "words", "该差异已有说明，说明不能修改；请查看已说明的差异")
    for some in slices(answers.accepted(), SLICE):
        explained = {
            "explanation": request.words,
            "explained_on": work.today,
            "explained_by": work.speaker.person,
        }
        execute_count(work.session, update(BankLine).where(BankLine.id.in_(some)).values(explained))
    work.note(*(f"difference:{id}" for id in answers.accepted()))
    return answers.results()


def _known(work: Work, ids: Sequence[str]) -> dict[str, BankLine]:
    """The lines in reach, each held until the transaction ends."""
    mine = (BankLine.id.in_(sorted(set(ids))), in_reach(work.speaker, BankLine.district))
    rows = work.session.scalars(select(BankLine).where(*mine).order_by(BankLine.number).with_for_update())
    return {line.id: line for line in rows.all()}


def _silent(work: Work, ids: Sequence[str]) -> set[str]:
    """Those of the ids that are payments in reach: what is missing is listed by its payment."""
    wanted = select(Payment.id).join(Batch, Batch.id == Payment.batch_id)
    return set(work.session.scalars(wanted.where(Payment.id.in_(ids), in_reach(work.speaker, Batch.district))))


def _lines(look: Look, request: ListDifferences) -> Select[Any]:
    """Of another district's payment a line shows nothing: it is a stray here."""
    ours = (
        select(Payment.id, Payment.claim_id, Payment.payee_id, Payment.amount, Batch.district, Batch.programme)
        .join(Batch, Batch.id == Payment.batch_id)
        .subquery()
        .c
    )
    wanted = select(
        BankLine.kind.label("kind"),
        BankLine.id.label("id"),
        BankLine.district.label("district"),
        BankLine.statement.label("statement"),
        func.coalesce(ours.id, BankLine.payment_named).label("payment_id"),
        ours.claim_id.label("claim_id"),
        ours.payee_id.label("payee_id"),
        ours.amount.label("ours"),
        BankLine.amount.label("theirs"),
        BankLine.recorded_on.label("since"),
        BankLine.explanation.label("explanation"),
    )
    same = (ours.id == BankLine.payment_id) & (ours.district == BankLine.district)
    wanted = wanted.select_from(BankLine).outerjoin(ours.id.table, same)
    wanted = wanted.where(in_reach(look.speaker, BankLine.district), BankLine.applied_on.is_(None))
    wanted = wanted.where(BankLine.explained_on.is_not(None) if request.explained else BankLine.explained_on.is_(None))
    return wanted.where(*filters({ours.programme: request.programme}))


def _unknown(look: Look, request: ListDifferences) -> Select[Any]:
    return _missing(look, request, "unknown", unknown_since()).where(Payment.state == "unknown")


def _overdue(look: Look, request: ListDifferences, bank_silent_after: int) -> Select[Any]:
    since = look.today - timedelta(days=bank_silent_after)
    wanted = _missing(look, request, "overdue", Batch.instructed_on)
    return wanted.where(Payment.state == "instructed", Batch.instructed_on < since)


def _missing(look: Look, request: ListDifferences, kind: DifferenceKind, since: Any) -> Select[Any]:
    """A payment of ours of which the bank hasn't said what became of it; named by the payment."""
    wanted = select(
        literal(kind).label("kind"),
        Payment.id.label("id"),
        Batch.district.label("district"),
        cast(null(), String).label("statement"),
        Payment.id.label("payment_id"),
        Payment.claim_id.label("claim_id"),
        Payment.payee_id.label("payee_id"),
        Payment.amount.label("ours"),
        cast(null(), MoneyColumn).label("theirs"),
        since.label("since"),
        cast(null(), Text).label("explanation"),
    )
    wanted = wanted.join(Batch, Batch.id == Payment.batch_id).where(in_reach(look.speaker, Batch.district))
    return wanted.where(*filters({Batch.programme: request.programme}))


def _shape(look: Look, row: Any) -> DifferenceShape:
    return shape_of(
        DifferenceShape,
        row,
        difference_id=row.id,
        age_days=(look.today - row.since).days,
        message=CURES[row.kind],
        explanation=row.explanation or "",
    )
