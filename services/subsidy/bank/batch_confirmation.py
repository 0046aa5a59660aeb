"""What the treasury paid, typed from its receipt batch by batch: all of it fits, or nothing is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.subsidy.bank.statement_lines import raise_first_refusal, record_lines
from services.subsidy.claims.earlier_steps import earlier_steps
from services.subsidy.models import Batch, Payment
from services.subsidy.payments.batches import batch_shape, claims_of, load_batch, payments_of
from shared.contracts.subsidy.bank import BankRow
from shared.contracts.subsidy.payments import BatchShape, ConfirmedItem, ConfirmPayment
from shared.errors import Conflict, InvalidRequest
from shared.kernel.work import Work
from shared.number_keys import number_fault, payment_key
from shared.security.permissions import check_other_person


def confirm_payment(work: Work, request: ConfirmPayment) -> BatchShape:
    """The same word about a payment again changes nothing; another word is refused."""
    batch = load_batch(work, request.batch_id)
    if batch.state in ("prepared", "voided"):
        raise Conflict("该批次尚未复核，国库不应拨付，请先由他人复核", state=batch.state)
    for claim in claims_of(work.session, batch):
        check_other_person(work.speaker, earlier_steps(claim))
    payments = {payment.id: payment for payment in payments_of(work.session, batch)}
    items = [replace(item, payment_id=payment_key(item.payment_id)) for item in request.items]
    _check_items(work, batch, items, payments)
    rows = [
        BankRow(row, item.payment_id, "paid", payments[item.payment_id].amount, item.paid_on, item.bank_reference)
        for row, item in enumerate(items, 1)
    ]
    answers = record_lines(work, batch.district, None, rows)
    raise_first_refusal(answers)
    work.session.refresh(batch)
    notes = tuple(f"第 {row.row} 项：{row.message}" for row in answers.results().rows if row.message)
    return replace(batch_shape(work.session, batch), notes=notes)


def _check_items(work: Work, batch: Batch, items: Sequence[ConfirmedItem], payments: dict[str, Payment]) -> None:
    """Every bad item at once."""
    times = Counter(item.payment_id for item in items)
    errors: list[tuple[str, str]] = []
    for place, item in enumerate(items):
        if item.payment_id not in payments:
            errors.append((f"items[{place}].payment_id", "该支付编号不在本批次内，请核对批次"))
        elif payments[item.payment_id].state == "voided":
            errors.append((f"items[{place}].payment_id", "该笔支付已作废，国库不应拨付，请核对回单"))
        elif times[item.payment_id] > 1:
            errors.append((f"items[{place}].payment_id", "同一笔支付重复列出，请只保留一行"))
        if fault := number_fault(item.bank_reference):
            errors.append((f"items[{place}].bank_reference", fault))
        if item.paid_on > work.today:
            errors.append((f"items[{place}].paid_on", "拨付日期晚于今天，请待到账后再登记"))
        elif item.paid_on < (batch.instructed_on or date.max):
            errors.append((f"items[{place}].paid_on", f"拨付日期早于批次复核日 {batch.instructed_on}，请核对回单"))
    if errors:
        raise InvalidRequest.of(*errors)
