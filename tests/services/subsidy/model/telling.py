"""Acts as they are told to the service, each of which may be repeated, or cut off by the death of the process."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from shared.contracts.schema.declare import Method
from shared.contracts.subsidy import budgets_and_ledger, payments
from shared.errors import Conflict, PolicyNotMet
from shared.kernel.crash_points import CrashPoints
from shared.security.speaker import Purpose, Role, Speaker
from tests.services.subsidy.driver import APPROVED, Driver, Training
from tests.services.subsidy.model.papers import PROJECTS

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


class Dying(CrashPoints):
    """Dies once."""

    def __init__(self, crash_points: tuple[str, ...]) -> None:
        super().__init__()
        self.left = set(crash_points)

    def reached(self, boundary: str, subject: str) -> None:
        if boundary in self.left:
            self.left.clear()
            raise Died


class Telling:
    """`told`: how many acts. The same act of the same story has the same request id in every life of the process."""

    def __init__(self, url: str, folder: Path, *, on: date = APPROVED) -> None:
        self.driver = Driver(url, folder, on=on)
        self.harness = self.driver.harness
        self.fate, self.told = "once", 0
        self.posted: Counter[tuple[str, int, str]] = Counter()
        self.read_to = 0
        self.claims: dict[int, str] = {}
        self.batches: dict[int, payments.BatchShape] = {}
        self.repayments: dict[int, list[str]] = defaultdict(list)
        self.city = self.harness.speaker(Role.CITY_FINANCE_OFFICER, "city-finance-1", purposes=frozenset(Purpose))
        self.sent: dict[int, dict[str, tuple[str, str]]] = defaultdict(dict)
        for number in range(PROJECTS):
            people = Training("ordinary", "intermediate", 1, results=("certified",) + ("failed",) * number)
            self.driver.project(self.name(number), people)
            self.driver.assess(self.name(number), people)
        self.harness.move_clock(START)

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

    def call(self, speaker: Speaker, method: Method[Any, Any], request: Any) -> Any:
        request_id = f"act-{self.told}"

        def ask() -> Any:
            return self.harness.call(speaker, method, request, request_id=request_id)

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
                self.harness.hear(event, of, data)
        except Died:
            self.harness.inbox.apply_batch()
        if self.fate == "repeated":
            self.harness.hear(event, of, data)
        assert self.harness.inbox.waiting() == self.harness.inbox.parked() == 0

    @contextmanager
    def _doomed(self) -> Iterator[None]:
        kernel = self.harness.kernel
        alive = kernel.crash_points
        kernel.crash_points = Dying(FATES[self.fate]) if FATES[self.fate] else alive
        try:
            yield
        finally:
            kernel.crash_points = alive

    def _claim(self, number: int) -> str:
        if number not in self.claims:
            raise NothingYet
        return self.claims[number]

    def balances(self) -> Counter[tuple[str, int, str]]:
        """Debits less credits of all that was posted. Every posting says for what, by which rule of which document."""
        while True:
            asked = budgets_and_ledger.ReadLedger(cursor=self.read_to, limit=500)
            page = self.harness.call(self.driver.maker, budgets_and_ledger.READ_LEDGER, asked)
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
        found = self.harness.call(self.driver.maker, budgets_and_ledger.LIST_BUDGETS, budgets_and_ledger.ListBudgets())
        return {
            (one.fund_source, one.fiscal_year): (one.appropriated.fen, one.committed.fen, one.paid.fen)
            for one in found.budgets
        }
