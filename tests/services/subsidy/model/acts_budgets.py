"""A budget is raised and lowered; time passes, and periods are closed as they were previewed."""

from __future__ import annotations

from datetime import timedelta

from shared.contracts.subsidy import budgets_and_ledger, closing
from shared.money import Money
from tests.services.subsidy.driver import SOURCES
from tests.services.subsidy.model.accounts import after
from tests.services.subsidy.model.telling import Telling


class BudgetActs(Telling):
    """Of one source of the year that it is; of the first period that is open."""

    def appropriate(self, _: int, fen: int) -> bool:
        place = ("apprenticeship", self.driver.district, SOURCES[fen % 2], self.harness.today.year)
        self.call(
            self.driver.maker,
            budgets_and_ledger.APPROPRIATE,
            budgets_and_ledger.Appropriate(*place, Money(fen + 1), "财政批复"),
        )
        return True

    def reduce(self, _: int, fen: int) -> bool:
        place = ("apprenticeship", self.driver.district, SOURCES[fen % 2], self.harness.today.year)
        asked = closing.ReduceAppropriation(*place, Money(fen + 1), "财政核减")
        self.call(self.driver.maker, closing.REDUCE_APPROPRIATION, asked)
        return True

    def next_month(self, _: int, __: int) -> bool:
        self.harness.move_clock(after(self.harness.today).replace(day=25))
        return True

    def close_month(self, _: int, __: int) -> bool:
        last = self.harness.today.replace(day=1) - timedelta(days=1)
        return self._close(f"{last:%Y-%m}")

    def close_year(self, _: int, __: int) -> bool:
        return self._close(f"{self.harness.today.year - 1}")

    def _close(self, period: str) -> bool:
        """The first of its kind that is open, as previewed."""
        asked = closing.PreviewClosing("apprenticeship", self.driver.district, period)
        seen = self.harness.call(self.driver.maker, closing.PREVIEW_CLOSING, asked)
        earlier = next((one.of_id for one in seen.obstacles if one.kind == "earlier_period"), None)
        if earlier is not None:
            return self._close(earlier)
        asked = closing.ClosePeriod("apprenticeship", self.driver.district, period, seen.digest)
        self.call(self.driver.maker, closing.CLOSE_PERIOD, asked)
        return True
