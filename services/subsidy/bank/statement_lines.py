"""The one way in for what the bank did: every line is matched, applied or kept as a difference, and answered.

However its numbers are written, a line typed from a receipt and the same line of a list are one.

A line that was applied or explained before changes nothing; one that didn't fit is tried again when it is sent again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select, update

from services.subsidy.bank.applied_lines import AppliedLine, apply_lines
from services.subsidy.bank.locked_payments import KnownLine, LockedPayments, lock_payments
from services.subsidy.bank.matching import ORDER, LineVerdict, StatementLine, match_line
from services.subsidy.bank.one_reference import SharedReferences
from services.subsidy.bank.return_obstacles import ReturnObstacles
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.models import Batch, Claim, Payment
from services.subsidy.models.bank import BankLine
from shared.batching import slices
from shared.contracts.common import RowResults
from shared.contracts.row_answers import RowAnswers
from shared.contracts.subsidy.bank import BankRow, PaymentChanged, RecordBankResults, ReturnPayment
from shared.errors import Conflict
from shared.kernel.work import Work
from shared.number_keys import check_numbers, number_fault, number_key, payment_key
from shared.security.permissions import check_other_person, check_place, check_reach, not_found
from shared.store.bulk import SLICE, Row, insert_new
from shared.store.by_name import values_of
from shared.store.database import execute_count
from shared.store.types import new_id

NO_REASON = ("reason", "请填写银行拒付或退回的原因")
OWN_CLAIM = ("payment_id", "该笔申领由您提交或审核，拨付结果须由他人登记（X-5）")


def record_bank_results(work: Work, request: RecordBankResults) -> RowResults:
    """The bank's list of a district, answered row by row. One bad row stops nobody else."""
    check_place(work.speaker, request.district)
    return record_lines(work, request.district, request.statement, request.rows).results()


def record_lines(work: Work, district: str, statement: str | None, rows: Iterable[BankRow]) -> RowAnswers[BankRow]:
    """Matches the rows in the order in which they can have come about, whatever their order in the list.

    Raises InvalidRequest where the list's number is none.
    """
    if statement is not None:
        check_numbers(("statement", statement))
    written = tuple(rows)
    answers = RowAnswers([replace(row, payment_id=payment_key(row.payment_id)) for row in written])
    answers.refuse_where(lambda row: _malformed(row, work.today))
    locked = lock_payments(work.session, district, {row.payment_id for _, row in answers.waiting()})
    answers.refuse_where(
        lambda row: OWN_CLAIM if work.speaker.person in locked.earlier_actors(row.payment_id) else None
    )
    statement_import = _StatementImport(work, district, statement, answers, locked, written)
    for at, row in sorted(answers.waiting(), key=lambda one: (one[1].on, ORDER[one[1].outcome], one[0])):
        statement_import.take(at, row)
    statement_import.store()
    return answers


def return_payment(work: Work, request: ReturnPayment) -> PaymentChanged:
    """A return typed from the bank's receipt. The same words again change nothing; others are refused."""
    check_numbers(("bank_reference", request.bank_reference))
    payment = work.session.get(Payment, payment_key(request.payment_id))
    batch = work.session.get(Batch, payment.batch_id) if payment else None
    if payment is None or batch is None:
        raise not_found()
    check_reach(work.speaker, district=batch.district)
    claim = work.session.scalars(select(Claim).where(Claim.id == payment.claim_id)).one()
    check_other_person(work.speaker, earlier_steps(claim))
    row = BankRow(
        1, payment.id, "returned", payment.amount, request.returned_on, request.bank_reference, request.reason
    )
    raise_first_refusal(record_lines(work, batch.district, None, [row]))
    work.note(f"payment:{payment.id}")
    return PaymentChanged(payment.id, payment.claim_id, "returned")


def raise_first_refusal(answers: RowAnswers[BankRow]) -> None:
    """Raises Conflict where one of the rows didn't fit: what an officer types is mended at once, never kept."""
    refused = [row for row in answers.results().rows if row.outcome == "refused"]
    if refused:
        first = refused[0]
        payment_id = next(row.payment_id for row in answers.rows if row.row == first.row)
        raise Conflict(first.message or "", payment_id=payment_id, field=first.field)


class _StatementImport:
    """What fits, what doesn't, and what was heard before."""

    def __init__(
        self,
        work: Work,
        district: str,
        statement: str | None,
        answers: RowAnswers[BankRow],
        locked: LockedPayments,
        written: Sequence[BankRow],
    ) -> None:
        self.work, self.district, self.statement = work, district, statement
        self.answers, self.locked, self.written = answers, locked, written
        self.shared = SharedReferences(work.session, district, [row for _, row in answers.waiting()])
        self.heard = dict(locked.lines)
        returned = {row.payment_id for _, row in answers.waiting() if row.outcome == "returned"}
        claims = {locked.payments[one].claim_id for one in returned & locked.payments.keys()}
        self.obstacles = ReturnObstacles(work.session, locked, claims)
        self.new: list[Row] = []
        self.again: list[str] = []
        self.applied: list[AppliedLine] = []

    def take(self, at: int, row: BankRow) -> None:
        """The next row, `at` its place in the answers: heard before, applied, or kept as a difference."""
        line = StatementLine(row.payment_id, row.outcome, row.amount, row.on, number_key(row.bank_reference))
        known = self.heard.get(line)
        if known is not None and not known.is_open:
            self.answers.unchanged(at, known.id)
            return
        verdict = self._match(line)
        line_id = known.id if known else new_id()
        if known is None:
            self.new.append(self._line(line_id, at, row, verdict.kind))
        self.heard[line] = KnownLine(line_id, is_open=verdict.after is None)
        if verdict.after is None:
            self.answers.refuse(at, "amount" if verdict.kind == "amount" else "payment_id", verdict.message)
            return
        if known is not None:
            self.again.append(line_id)
        self.answers.accept(at, line_id, self.shared.note(row))
        if verdict.after.state != self.locked.statuses[row.payment_id].state:
            self.applied.append(AppliedLine(line_id, line, self.locked.payments[row.payment_id]))
            if row.outcome == "paid":
                self.obstacles.arrived(row.payment_id)
        self.locked.statuses[row.payment_id] = verdict.after

    def _match(self, line: StatementLine) -> LineVerdict:
        verdict = match_line(line, self.locked.statuses.get(line.payment_id))
        if verdict.after is not None and line.outcome == "returned":
            obstacle = self.obstacles.against(line.payment_id)
            return LineVerdict(None, "contradiction", obstacle) if obstacle else verdict
        return verdict

    def store(self) -> None:
        """Writes the lines, and what those that fit change."""
        insert_new(self.work.session, BankLine, self.new)
        for some in slices(self.again, SLICE):
            chosen = update(BankLine).where(BankLine.id.in_(some))
            execute_count(self.work.session, chosen.values(applied_on=self.work.today))
        apply_lines(self.work, self.locked, self.applied)

    def _line(self, line_id: str, at: int, row: BankRow, kind: str | None) -> Row:
        return values_of(
            BankLine,
            row,
            id=line_id,
            district=self.district,
            statement=self.statement,
            payment_named=self.written[at].payment_id,
            reference_key=number_key(row.bank_reference),
            moved_on=row.on,
            kind=kind,
            recorded_on=self.work.today,
            recorded_by=self.work.speaker.person,
            applied_on=None if kind else self.work.today,
        )


def _malformed(row: BankRow, today: date) -> tuple[str, str] | None:
    """What can't be a line of the bank's: it isn't kept."""
    for field, number in (("payment_id", row.payment_id), ("bank_reference", row.bank_reference)):
        if fault := number_fault(number):
            return (field, fault)
    if row.on > today:
        return ("on", f"日期 {row.on} 晚于今天，请核对后更正重报")
    if row.outcome in ("rejected", "returned") and not row.reason.strip():
        return NO_REASON
    return None
