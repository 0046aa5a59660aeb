"""Collecting what is asked back, as tests do it: the usual steps of a demand's life, and people enough for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.contracts.subsidy import budgets_and_ledger, receivables
from shared.contracts.subsidy.receivables import DemandShape
from shared.security.speaker import Role, Speaker
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan

WORKED = Training(results=("certified",) * 12 + ("uncertified",) * 5 + ("failed",) * 3)
"""20 apprentices, advanced, two years: 12 with a certificate, 5 without, 3 not passed (domain, section 2)."""
PAY_TO = "示例银行账户（示例），附言写明追回编号"


class CollectionDriver:
    """A driver's part that works on demands. `third`, `city`: further persons, for approvals."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.harness = driver, driver.harness
        self.call = driver.call
        self.third = driver.harness.speaker(Role.FINANCE_OFFICER, "finance-3", district=driver.district)
        self.city = driver.harness.speaker(Role.CITY_FINANCE_OFFICER, "city-finance-1")

    def ask_back(self, project_id: str = "project-1", what: Training = WORKED, *, first: str = "96000.00") -> str:
        """An advance of which `first` came from the first source and the rest from the second; then the final claim,
        approved and not paid. Its demand: who didn't pass, by the sources that paid.
        """
        driver = self.driver
        driver.project(project_id, what)
        driver.appropriate(first)
        driver.appropriate("90000000.00", source=SOURCES[1])
        driver.pay(driver.submit(project_id=project_id).claim_id)
        driver.appropriate("900000.00", DUE_YEAR)
        driver.harness.move_clock(ASSESSED)
        driver.assess(project_id, what)
        driver.decide(driver.submit("final", project_id).claim_id)
        return self.list().demands[-1].demand_id

    def next_advance(self, persons: int = 1, project_id: str = "project-2", *, source: str = SOURCES[0]) -> str:
        """The same employer's next project: its advance, 6 000 yuan a person, approved from this source."""
        self.driver.project(project_id, Training(results=("certified",) * persons))
        claim = self.driver.submit(project_id=project_id)
        approved = self.driver.decide(claim.claim_id)
        assert [part.fund_source for part in approved.funding] == [source]
        return claim.claim_id

    # --- what is done ------------------------------------------------------------------------------------------------

    def notice(self, demand_id: str, days: int = 30, **fields: Any) -> DemandShape:
        due_on = self.harness.today + timedelta(days=days)
        request = receivables.IssueNotice(demand_id, due_on, PAY_TO, **fields)
        return self.call(self.driver.maker, receivables.ISSUE_NOTICE, request)

    def repay(self, demand_id: str, amount: str, reference: str = "R-1", **fields: Any) -> DemandShape:
        on = fields.pop("on", self.harness.today)
        request = receivables.RecordRepayment(demand_id, yuan(amount), on, reference)
        return self.call(self.driver.maker, receivables.RECORD_REPAYMENT, request)

    def reverse(self, repayment_id: str) -> DemandShape:
        request = receivables.ReverseRepayment(repayment_id, "银行退汇（示例）")
        return self.call(self.driver.maker, receivables.REVERSE_REPAYMENT, request)

    def offset(self, demand_id: str, claim_id: str) -> DemandShape:
        return self.call(self.driver.maker, receivables.OFFSET_DEMAND, receivables.OffsetDemand(demand_id, claim_id))

    def propose(self, demand_id: str, by: Speaker | None = None) -> DemandShape:
        request = receivables.ProposeWriteOff(demand_id, "企业已注销，无可执行财产（示例）")
        return self.call(by or self.driver.maker, receivables.PROPOSE_WRITE_OFF, request)

    def decide(self, write_off_id: str, by: Speaker, outcome: Any = "approve") -> DemandShape:
        return self.call(by, receivables.DECIDE_WRITE_OFF, receivables.DecideWriteOff(write_off_id, outcome))

    def write_off(self, demand_id: str) -> DemandShape:
        proposed = self.propose(demand_id).write_off
        assert proposed is not None
        self.decide(proposed.write_off_id, self.driver.checker)
        return self.decide(proposed.write_off_id, self.city)

    # --- what is seen ------------------------------------------------------------------------------------------------

    def get(self, demand_id: str, by: Speaker | None = None) -> receivables.DemandWhole:
        return self.call(by or self.driver.officer, receivables.GET_DEMAND, receivables.GetDemand(demand_id))

    def demand(self, demand_id: str) -> DemandShape:
        return self.get(demand_id).demand

    def list(self, by: Speaker | None = None, **filters: Any) -> receivables.DemandPage:
        return self.call(by or self.driver.officer, receivables.LIST_DEMANDS, receivables.ListDemands(**filters))

    def repayment(self, demand_id: str, reference: str = "R-1") -> str:
        """Id of the repayment with this reference that was recorded last."""
        moves = self.get(demand_id).moves
        return [move.of_id for move in moves if move.way == "repayment" and move.reference == reference][-1]

    def proven(self) -> budgets_and_ledger.LedgerProof:
        proof = self.driver.prove()
        assert proof.differences == ()
        return proof

    def spent(self) -> dict[tuple[str, int], str]:
        """Paid by source and year, as the budgets count it."""
        found = self.call(self.driver.maker, budgets_and_ledger.LIST_BUDGETS, budgets_and_ledger.ListBudgets())
        return {(row.fund_source, row.fiscal_year): str(row.paid) for row in found.budgets if row.paid}


FIRST, SECOND = (SOURCES[0], YEAR), (SOURCES[1], YEAR)
