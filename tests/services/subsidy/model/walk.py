"""The acts of a story on the service itself, each of which may be repeated, or cut off by the death of the process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from shared.bus.boundaries import Boundaries
from shared.contracts import closing, oversight, payment, receivables, subsidy
from shared.contracts.common import Opinion
from shared.contracts.declare import Method
from shared.errors import Conflict, PolicyNotMet
from shared.money import ZERO, Money
from shared.security.speaker import Purpose, Role, Speaker
from tests.services.subsidy.model.accounts import after
from tests.services.subsidy.model.papers import PROJECTS
from tests.services.subsidy.road import APPROVED, SOURCES, Road, Training

START = date(2024, 12, 2)
BUDGET_KINDS = ("appropriation", "reduction", "lapse")
"""Entries that no claim makes."""


class Step(NamedTuple):
    """One act of a story: about which project or source, how much or which, and what befalls it."""

    act: str
    number: int = 0
    fen: int = 0
    fate: str = "once"


FATES: dict[str, tuple[str, ...]] = {
    "once": (),
    "repeated": (),
    "killed before commit": ("before_commit", "before_apply_commit"),
    "killed after commit": ("after_commit", "after_apply_commit"),
}
"""At which named points of the kernel the process dies; whoever was cut off repeats what he asked."""


class Died(BaseException):
    """The process is gone: nothing handles this."""


class NothingYet(Exception):
    """The act names what the story hasn't made yet."""


class Dying(Boundaries):
    """Dies once."""

    def __init__(self, boundaries: tuple[str, ...]) -> None:
        super().__init__()
        self.left = set(boundaries)

    def reached(self, boundary: str, subject: str) -> None:
        if boundary in self.left:
            self.left.clear()
            raise Died


class Walk:
    """`told`: how many acts. The same act of the same story has the same request id in every life of the process."""

    def __init__(self, url: str, folder: Path, *, on: date = APPROVED) -> None:
        self.road = Road(url, folder, on=on)
        self.bench = self.road.bench
        self.fate, self.told = "once", 0
        self.posted: Counter[tuple[str, int, str]] = Counter()
        self.read_to = 0
        self.claims: dict[int, str] = {}
        self.batches: dict[int, subsidy.BatchShape] = {}
        self.repayments: dict[int, list[str]] = defaultdict(list)
        self.city = self.bench.speaker(Role.CITY_FINANCE_OFFICER, "city-finance-1", purposes=frozenset(Purpose))
        self.sent: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
        for number in range(PROJECTS):
            people = Training("ordinary", "intermediate", 1, results=("certified",) + ("failed",) * number)
            self.road.project(self.name(number), people)
            self.road.assess(self.name(number), people)
        self.bench.move_clock(START)

    def name(self, number: int) -> str:
        return f"project-{number}"

    def does(self, step: Step) -> bool:
        """Whether anything happened."""
        self.fate = step.fate
        self.told += 1
        try:
            return bool(getattr(self, step.act)(step.number, step.fen))
        except (Conflict, PolicyNotMet, NothingYet):
            return False

    # --- what befalls an act -----------------------------------------------------------------------------------------

    def call(self, speaker: Speaker, method: Method[Any, Any], request: Any) -> Any:
        request_id = f"act-{self.told}"

        def ask() -> Any:
            return self.bench.call(speaker, method, request, request_id=request_id)

        try:
            with self._doomed():
                answer = ask()
        except Died:
            answer = ask()
        if self.fate == "repeated":
            assert ask() == answer, "the same request got another answer"
        return answer

    def hear(self, event: Any, of: str, data: Any) -> None:
        """Told, and after a death applied from the inbox by the next life; or told once more."""
        try:
            with self._doomed():
                self.bench.hear(event, of, data)
        except Died:
            self.bench.inbox.apply_batch()
        if self.fate == "repeated":
            self.bench.hear(event, of, data)
        assert self.bench.inbox.waiting() == self.bench.inbox.parked() == 0

    @contextmanager
    def _doomed(self) -> Iterator[None]:
        kernel = self.bench.kernel
        alive = kernel.boundaries
        kernel.boundaries = Dying(FATES[self.fate]) if FATES[self.fate] else alive
        try:
            yield
        finally:
            kernel.boundaries = alive

    # --- acts --------------------------------------------------------------------------------------------------------

    def appropriate(self, _: int, fen: int) -> bool:
        place = ("apprenticeship", self.road.district, SOURCES[fen % 2], self.bench.today.year)
        self.call(self.road.maker, subsidy.APPROPRIATE, subsidy.Appropriate(*place, Money(fen + 1), "财政批复"))
        return True

    def reduce(self, _: int, fen: int) -> bool:
        place = ("apprenticeship", self.road.district, SOURCES[fen % 2], self.bench.today.year)
        asked = closing.ReduceAppropriation(*place, Money(fen + 1), "财政核减")
        self.call(self.road.maker, closing.REDUCE_APPROPRIATION, asked)
        return True

    def next_month(self, _: int, __: int) -> bool:
        self.bench.move_clock(after(self.bench.today).replace(day=25))
        return True

    def close_month(self, _: int, __: int) -> bool:
        last = self.bench.today.replace(day=1) - timedelta(days=1)
        return self._close(f"{last:%Y-%m}")

    def close_year(self, _: int, __: int) -> bool:
        return self._close(f"{self.bench.today.year - 1}")

    def advance(self, number: int, _: int) -> bool:
        return self._submit(number, "advance")

    def final(self, number: int, _: int) -> bool:
        return self._submit(number, "final")

    def approve(self, number: int, _: int) -> bool:
        return self._decide(number, "approve") in ("approved", "closed")

    def return_(self, number: int, _: int) -> bool:
        return self._decide(number, "return") == "returned"

    def reject(self, number: int, _: int) -> bool:
        return self._decide(number, "reject") == "rejected"

    def prepare(self, number: int, _: int) -> bool:
        asked = subsidy.PreparePayment((self._claim(number),))
        batch = self.call(self.road.maker, subsidy.PREPARE_PAYMENT, asked)
        if batch.payments:
            self.batches[number] = batch
            self.sent[number] |= {one.fund_source: (batch.batch_id, one.payment_id) for one in batch.payments}
        return bool(batch.payments)

    def instruct(self, number: int, _: int) -> bool:
        if number not in self.batches:
            raise NothingYet
        asked = subsidy.ApprovePayment(self.batches[number].batch_id)
        self.batches[number] = self.call(self.road.checker, subsidy.APPROVE_PAYMENT, asked)
        return self.batches[number].state == "instructed"

    def confirm(self, number: int, which: int) -> bool:
        batch, one = self._payment(number, which)
        item = subsidy.ConfirmedItem(one.payment_id, self.bench.today, f"REF-{one.payment_id[:8]}")
        self.call(self.road.maker, subsidy.CONFIRM_PAYMENT, subsidy.ConfirmPayment(batch.batch_id, (item,)))
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

    def block(self, number: int, which: int) -> bool:
        return self._block(oversight.CASE_BLOCKED, number, which)

    def lift(self, number: int, which: int) -> bool:
        return self._block(oversight.CASE_UNBLOCKED, number, which)

    def register(self, number: int, which: int) -> bool:
        place = which % (number + 1)
        self.road.elsewhere.finds(place, person_id=f"{self.name(number)}-person-{place:04d}")
        return True

    def clear(self, number: int, _: int) -> bool:
        return self._decide_hits(number, "clear")

    def uphold(self, number: int, _: int) -> bool:
        return self._decide_hits(number, "uphold")

    def fraud(self, number: int, _: int) -> bool:
        told = oversight.FraudConfirmed(
            f"inquiry-{number}",
            self.name(number),
            "apprenticeship",
            self.road.district,
            "employer-1",
            "provider-1",
            self.bench.today,
            True,
            1,
            1,
            (),
        )
        self.hear(oversight.FRAUD_CONFIRMED, told.inquiry_id, told)
        return True

    def notice(self, number: int, which: int) -> bool:
        asked = receivables.IssueNotice(self._demand(number, which).demand_id, self._in_a_month(), "区财政专户")
        self.call(self.road.maker, receivables.ISSUE_NOTICE, asked)
        return True

    def repay(self, number: int, which: int) -> bool:
        demand = self._demand(number, which)
        if not demand.outstanding:
            return False
        reference = f"back-{self.told}"
        amount = Money(1 + which % demand.outstanding.fen)
        asked = receivables.RecordRepayment(demand.demand_id, amount, self.bench.today, reference)
        self.call(self.road.maker, receivables.RECORD_REPAYMENT, asked)
        whole = self.bench.call(self.road.maker, receivables.GET_DEMAND, receivables.GetDemand(demand.demand_id))
        self.repayments[number].append(next(one.of_id for one in whole.moves if one.reference == reference))
        return True

    def reverse(self, number: int, which: int) -> bool:
        if not self.repayments[number]:
            raise NothingYet
        repayment = self.repayments[number][which % len(self.repayments[number])]
        self.call(self.road.maker, receivables.REVERSE_REPAYMENT, receivables.ReverseRepayment(repayment, "误记"))
        return True

    def propose(self, number: int, which: int) -> bool:
        asked = receivables.ProposeWriteOff(self._demand(number, which).demand_id, "单位已注销")
        self.call(self.road.maker, receivables.PROPOSE_WRITE_OFF, asked)
        return True

    def agree(self, number: int, which: int) -> bool:
        proposed = self._demand(number, which).write_off
        if proposed is None or proposed.state != "proposed":
            raise NothingYet
        by = (self.road.checker, self.city)[proposed.approvals]
        self.call(by, receivables.DECIDE_WRITE_OFF, receivables.DecideWriteOff(proposed.write_off_id, "approve"))
        return True

    def offset(self, number: int, which: int) -> bool:
        asked = receivables.OffsetDemand(
            self._demand(number, which).demand_id, self._claim((number + which) % PROJECTS)
        )
        self.call(self.road.maker, receivables.OFFSET_DEMAND, asked)
        return True

    def _demand(self, number: int, which: int) -> receivables.DemandShape:
        asked = receivables.ListDemands(project_id=self.name(number))
        found = self.bench.call(self.road.maker, receivables.LIST_DEMANDS, asked).demands
        if not found:
            raise NothingYet
        return found[which % len(found)]

    def _in_a_month(self) -> date:
        return self.bench.today + timedelta(days=30)

    def _close(self, period: str) -> bool:
        """The first of its kind that is open, as previewed."""
        asked = closing.PreviewClosing("apprenticeship", self.road.district, period)
        seen = self.bench.call(self.road.maker, closing.PREVIEW_CLOSING, asked)
        earlier = next((one.of_id for one in seen.obstacles if one.kind == "earlier_period"), None)
        if earlier is not None:
            return self._close(earlier)
        asked = closing.ClosePeriod("apprenticeship", self.road.district, period, seen.digest)
        self.call(self.road.maker, closing.CLOSE_PERIOD, asked)
        return True

    def _submit(self, number: int, kind: Any) -> bool:
        asked = subsidy.SubmitClaim(self.name(number), kind, subsidy.FundManagement(True, True, True, True))
        self.claims[number] = self.call(self.road.employer, subsidy.SUBMIT_CLAIM, asked).claim_id
        self.sent[number] = {}
        return True

    def _claim(self, number: int) -> str:
        if number not in self.claims:
            raise NothingYet
        return self.claims[number]

    def _decide(self, number: int, outcome: Any) -> str:
        asked = subsidy.DecideClaim(self._claim(number), outcome, Opinion("已核对"))
        return str(self.call(self.road.officer, subsidy.DECIDE_CLAIM, asked).state)

    def _block(self, event: Any, number: int, which: int) -> bool:
        block_id = f"block-{number}-{which % 2}"
        told = replace(self.road.block_told("suspension", block_id), project_id=self.name(number))
        self.hear(event, block_id, told)
        return True

    def _payment(self, number: int, which: int) -> tuple[subsidy.BatchShape, subsidy.PaymentShape]:
        """The newest payment of one of the sources that the claim was sent by, and its batch."""
        if not self.sent[number]:
            raise NothingYet
        sent = [self.sent[number][source] for source in sorted(self.sent[number])]
        batch_id, payment_id = sent[which % len(sent)]
        batch = self.bench.call(self.road.maker, subsidy.GET_BATCH, subsidy.GetBatch(batch_id))
        return batch, next(one for one in batch.payments if one.payment_id == payment_id)

    def _state(self, batch: subsidy.BatchShape, payment: subsidy.PaymentShape) -> str:
        found = self.bench.call(self.road.maker, subsidy.GET_BATCH, subsidy.GetBatch(batch.batch_id))
        return next(one.state for one in found.payments if one.payment_id == payment.payment_id)

    def _bank(self, number: int, which: int, outcome: Any, more: Money = ZERO) -> bool:
        """One line of the bank's list. It may come before its time, or contradict an earlier one."""
        batch, one = self._payment(number, which)
        reference = f"{outcome}-{one.payment_id[:8]}"
        row = payment.BankRow(1, one.payment_id, outcome, one.amount + more, self.bench.today, reference, "账户已注销")
        asked = payment.RecordBankResults(self.road.district, "清单", (row,))
        self.call(self.road.maker, payment.RECORD_BANK_RESULTS, asked)
        return self._state(batch, one) != one.state

    def _decide_hits(self, number: int, outcome: Any) -> bool:
        page = self.bench.call(self.road.officer, payment.LIST_HITS, payment.ListHits(state="open"))
        hits = tuple(hit.hit_id for hit in page.hits if hit.project_id == self.name(number))
        if hits:
            asked = payment.DecideHits(hits, outcome, "已核实", "核实记录")
            answered = self.call(self.road.officer, payment.DECIDE_HITS, asked)
            assert {row.outcome for row in answered.rows} == {"accepted"}
        return bool(hits)

    # --- what the books say ------------------------------------------------------------------------------------------

    def balances(self) -> Counter[tuple[str, int, str]]:
        """Debits less credits of all that was posted. Every posting says for what, by which rule of which document."""
        while True:
            asked = subsidy.ReadLedger(cursor=self.read_to, limit=500)
            page = self.bench.call(self.road.maker, subsidy.READ_LEDGER, asked)
            for one in page.postings:
                assert one.amount.fen > 0 and one.debit != one.credit
                assert one.rule and one.document and (one.claim_id or one.kind in BUDGET_KINDS)
                self.posted[one.fund_source, one.fiscal_year, one.debit] += one.amount.fen
                self.posted[one.fund_source, one.fiscal_year, one.credit] -= one.amount.fen
                self.read_to = one.number
            if page.cursor is None:
                return self.posted

    def budgets(self) -> dict[tuple[str, int], tuple[int, int, int]]:
        """The stored counters: appropriated, committed, paid."""
        found = self.bench.call(self.road.maker, subsidy.LIST_BUDGETS, subsidy.ListBudgets())
        return {
            (one.fund_source, one.fiscal_year): (one.appropriated.fen, one.committed.fen, one.paid.fen)
            for one in found.budgets
        }
