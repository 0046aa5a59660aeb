"""What the bank says, as tests tell it: lines about payments, lists of them, and what our books then show."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.contracts.common import RowResult
from shared.contracts.subsidy import bank, budgets_and_ledger, payments
from tests.services.subsidy.driver import DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan


class BankDriver:
    """A driver's part with claims on their way, and the bank that answers."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.harness = driver, driver.harness
        self.statements = 0

    # --- our side ----------------------------------------------------------------------------------------------------

    def rich(self) -> None:
        for year in (YEAR, DUE_YEAR):
            self.driver.appropriate("1000000.00", year)

    def approved(self, project_id: str, what: Training | None = None) -> str:
        """An advance of 6000.00 a head, approved."""
        self.driver.project(project_id, what or Training())
        claim = self.driver.submit(project_id=project_id)
        self.driver.decide(claim.claim_id)
        return claim.claim_id

    def instructed(self, *claim_ids: str) -> payments.BatchShape:
        return self.driver.instruct(self.driver.prepare(*claim_ids).batch_id)

    def on_its_way(self, project_id: str = "project-1") -> payments.PaymentShape:
        """One claim's one payment, of which the treasury was told."""
        self.rich()
        return self.instructed(self.approved(project_id)).payments[0]

    def over_two_sources(self) -> tuple[str, payments.BatchShape]:
        """A claim of 6000.00, of which the first source sends 4000.00; its batch, instructed."""
        self.driver.appropriate("4000.00")
        self.driver.appropriate("1000000.00", source=SOURCES[1])
        claim_id = self.approved("project-1")
        return claim_id, self.instructed(claim_id)

    def batch(self, batch_id: str) -> payments.BatchShape:
        return self.harness.call(self.driver.maker, payments.GET_BATCH, payments.GetBatch(batch_id))

    def kinds(self) -> list[str]:
        """Kinds of all postings that move a payment, the oldest first."""
        page = self.harness.call(self.driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger())
        return [one.kind for one in page.postings if one.kind in ("payment", "return", "offset", "release")]

    def right(self) -> budgets_and_ledger.LedgerProof:
        """The proof, which finds nothing wrong."""
        proof = self.driver.prove()
        assert proof.differences == ()
        return proof

    # --- the bank's --------------------------------------------------------------------------------------------------

    def line(self, of: payments.PaymentShape | str, outcome: Any = "paid", **fields: Any) -> bank.BankRow:
        """A line as the bank would write it about that payment, today."""
        if isinstance(of, str):
            given: dict[str, Any] = {"payment_id": of, "amount": yuan("6000.00")}
        else:
            given = {"payment_id": of.payment_id, "amount": of.amount}
        reason = "账户已销户" if outcome in ("rejected", "returned") else ""
        given |= {"row": 1, "outcome": outcome, "on": self.harness.today, "bank_reference": "REF-1", "reason": reason}
        return bank.BankRow(**(given | fields))

    def says(self, *lines: bank.BankRow, by: Any = None, **fields: Any) -> list[RowResult]:
        """The bank's list with these lines, numbered anew; what became of each."""
        self.statements += 1
        rows = tuple(bank.BankRow(**(vars(line) | {"row": number})) for number, line in enumerate(lines, start=1))
        given = {"district": self.driver.district, "statement": f"清单-{self.statements}", "rows": rows} | fields
        request = bank.RecordBankResults(**given)
        return list(self.harness.call(by or self.driver.checker, bank.RECORD_BANK_RESULTS, request).rows)

    def outcomes(self, *lines: bank.BankRow) -> list[str]:
        return [row.outcome for row in self.says(*lines)]

    def returns(self, of: payments.PaymentShape, on: date | None = None, **fields: Any) -> bank.PaymentChanged:
        given = {"returned_on": on or self.harness.today, "bank_reference": "BACK-1", "reason": "账户已销户"} | fields
        request = bank.ReturnPayment(of.payment_id, **given)
        return self.harness.call(self.driver.checker, bank.RETURN_PAYMENT, request)

    def state(self, of: payments.PaymentShape) -> str:
        batches = [self.batch(of_batch) for of_batch in self.batches_of(of)]
        return next(one.state for batch in batches for one in batch.payments if one.payment_id == of.payment_id)

    def batches_of(self, of: payments.PaymentShape) -> list[str]:
        told = self.harness.told(payments.PAYMENT_PREPARED)
        return [one.batch_id for one in told if one.claim_id == of.claim_id]
