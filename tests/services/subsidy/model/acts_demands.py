"""What is asked back: noticed, repaid, reversed, set off, given up by two."""

from __future__ import annotations

from datetime import date, timedelta

from shared.contracts.subsidy import receivables
from shared.money import Money
from tests.services.subsidy.model.papers import PROJECTS
from tests.services.subsidy.model.telling import NothingYet, Telling


class DemandActs(Telling):
    """Of one of a project's demands."""

    def notice(self, number: int, which: int) -> bool:
        asked = receivables.IssueNotice(self._demand(number, which).demand_id, self._in_a_month(), "区财政专户")
        self.call(self.driver.maker, receivables.ISSUE_NOTICE, asked)
        return True

    def repay(self, number: int, which: int) -> bool:
        demand = self._demand(number, which)
        if not demand.outstanding:
            return False
        reference = f"back-{self.told}"
        amount = Money(1 + which % demand.outstanding.fen)
        asked = receivables.RecordRepayment(demand.demand_id, amount, self.harness.today, reference)
        self.call(self.driver.maker, receivables.RECORD_REPAYMENT, asked)
        whole = self.harness.call(self.driver.maker, receivables.GET_DEMAND, receivables.GetDemand(demand.demand_id))
        self.repayments[number].append(next(one.of_id for one in whole.moves if one.reference == reference))
        return True

    def reverse(self, number: int, which: int) -> bool:
        if not self.repayments[number]:
            raise NothingYet
        repayment = self.repayments[number][which % len(self.repayments[number])]
        self.call(self.driver.maker, receivables.REVERSE_REPAYMENT, receivables.ReverseRepayment(repayment, "误记"))
        return True

    def propose(self, number: int, which: int) -> bool:
        asked = receivables.ProposeWriteOff(self._demand(number, which).demand_id, "单位已注销")
        self.call(self.driver.maker, receivables.PROPOSE_WRITE_OFF, asked)
        return True

    def agree(self, number: int, which: int) -> bool:
        proposed = self._demand(number, which).write_off
        if proposed is None or proposed.state != "proposed":
            raise NothingYet
        by = (self.driver.checker, self.city)[proposed.approvals]
        self.call(by, receivables.DECIDE_WRITE_OFF, receivables.DecideWriteOff(proposed.write_off_id, "approve"))
        return True

    def offset(self, number: int, which: int) -> bool:
        asked = receivables.OffsetDemand(
            self._demand(number, which).demand_id, self._claim((number + which) % PROJECTS)
        )
        self.call(self.driver.maker, receivables.OFFSET_DEMAND, asked)
        return True

    def _demand(self, number: int, which: int) -> receivables.DemandShape:
        asked = receivables.ListDemands(project_id=self.name(number))
        found = self.harness.call(self.driver.maker, receivables.LIST_DEMANDS, asked).demands
        if not found:
            raise NothingYet
        return found[which % len(found)]

    def _in_a_month(self) -> date:
        return self.harness.today + timedelta(days=30)
