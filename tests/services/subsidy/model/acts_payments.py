"""A claim is prepared, checked and sent; the bank speaks about it, in its time or out of it."""

from __future__ import annotations

from typing import Any

from shared.contracts.subsidy import bank, payments
from shared.money import ZERO, Money
from tests.services.subsidy.model.telling import NothingYet, Telling


class PaymentActs(Telling):
    """Of a project's newest claim, and of the newest payment of one of its sources."""

    def prepare(self, number: int, _: int) -> bool:
        asked = payments.PreparePayment((self._claim(number),))
        batch = self.call(self.driver.maker, payments.PREPARE_PAYMENT, asked)
        if batch.payments:
            self.batches[number] = batch
            self.sent[number] |= {one.fund_source: (batch.batch_id, one.payment_id) for one in batch.payments}
        return bool(batch.payments)

    def instruct(self, number: int, _: int) -> bool:
        if number not in self.batches:
            raise NothingYet
        asked = payments.ApprovePayment(self.batches[number].batch_id)
        self.batches[number] = self.call(self.driver.checker, payments.APPROVE_PAYMENT, asked)
        return self.batches[number].state == "instructed"

    def confirm(self, number: int, which: int) -> bool:
        batch, one = self._payment(number, which)
        item = payments.ConfirmedItem(one.payment_id, self.harness.today, f"REF-{one.payment_id[:8]}")
        self.call(self.driver.maker, payments.CONFIRM_PAYMENT, payments.ConfirmPayment(batch.batch_id, (item,)))
        return self._state(batch, one) != one.state

    def pay(self, number: int, which: int) -> bool:
        return self._bank(number, which, "paid")

    def refuse(self, number: int, which: int) -> bool:
        return self._bank(number, which, "rejected")

    def wonder(self, number: int, which: int) -> bool:
        return self._bank(number, which, "unknown")

    def send_back(self, number: int, which: int) -> bool:
        return self._bank(number, which, "returned")

    def misstate(self, number: int, which: int) -> bool:
        return self._bank(number, which, "paid", Money(1))

    def _payment(self, number: int, which: int) -> tuple[payments.BatchShape, payments.PaymentShape]:
        """The newest payment of one of the sources that the claim was sent by, and its batch."""
        if not self.sent[number]:
            raise NothingYet
        sent = [self.sent[number][source] for source in sorted(self.sent[number])]
        batch_id, payment_id = sent[which % len(sent)]
        batch = self.harness.call(self.driver.maker, payments.GET_BATCH, payments.GetBatch(batch_id))
        return batch, next(one for one in batch.payments if one.payment_id == payment_id)

    def _state(self, batch: payments.BatchShape, payment: payments.PaymentShape) -> str:
        found = self.harness.call(self.driver.maker, payments.GET_BATCH, payments.GetBatch(batch.batch_id))
        return next(one.state for one in found.payments if one.payment_id == payment.payment_id)

    def _bank(self, number: int, which: int, outcome: Any, more: Money = ZERO) -> bool:
        """One line of the bank's list. It may come before its time, or contradict an earlier one."""
        batch, one = self._payment(number, which)
        reference = f"{outcome}-{one.payment_id[:8]}"
        row = bank.BankRow(1, one.payment_id, outcome, one.amount + more, self.harness.today, reference, "账户已注销")
        asked = bank.RecordBankResults(self.driver.district, "清单", (row,))
        self.call(self.driver.maker, bank.RECORD_BANK_RESULTS, asked)
        return self._state(batch, one) != one.state
