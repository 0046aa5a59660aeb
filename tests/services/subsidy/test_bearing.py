"""What the budgets can't bear of a bank's list is one line that doesn't fit; the others are applied."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy import bank_and_checks
from shared.errors import Conflict
from shared.money import ZERO
from tests.services.subsidy.bank_road import BankRoad
from tests.services.subsidy.closing_road import approved_in_november, year_closed
from tests.services.subsidy.collector import Collector
from tests.services.subsidy.road import SOURCES, YEAR, Road, Training, yuan


def listed(bank: BankRoad) -> list[str]:
    page = bank.harness.call(bank.road.maker, bank_and_checks.LIST_DIFFERENCES, bank_and_checks.ListDifferences())
    return [one.kind for one in page.differences]


def test_a_return_that_the_open_year_cannot_bear_stops_no_other_line(road: Road) -> None:
    bank = BankRoad(road)
    (old,) = bank.instructed(approved_in_november(road)).payments
    bank.says(bank.line(old))
    year_closed(road)
    road.appropriate("6000.00", YEAR + 1)
    (new,) = bank.instructed(bank.approved("project-2")).payments
    back = bank.line(old, "returned", bank_reference="BACK-1")
    refused, accepted = bank.says(back, bank.line(new, bank_reference="REF-2"))
    assert (refused.outcome, accepted.outcome) == ("refused", "accepted")
    assert "尚缺 2500.00 元" in (refused.message or "")
    assert listed(bank) == ["contradiction"]
    bank.right()
    road.appropriate("2500.00", YEAR + 1)
    assert bank.outcomes(back) == ["accepted"]
    assert listed(bank) == []
    bank.right()


def test_two_returns_share_what_the_open_year_has(road: Road) -> None:
    bank = BankRoad(road)
    first = approved_in_november(road)
    road.appropriate("8000.00", source=SOURCES[1])
    sent = [one for claim_id in (first, bank.approved("project-2")) for one in bank.instructed(claim_id).payments]
    of_first = [one for one in sent if one.fund_source == SOURCES[0]]
    assert len(of_first) == 2
    bank.says(*(bank.line(one, bank_reference=f"REF-{place}") for place, one in enumerate(sent)))
    year_closed(road)
    road.appropriate("2500.00", YEAR + 1)
    lines = [bank.line(one, "returned", bank_reference=f"BACK-{place}") for place, one in enumerate(of_first)]
    assert bank.outcomes(*lines) == ["accepted", "refused"]
    bank.right()


def test_what_was_repaid_already_is_returned_once_the_repayment_is_reversed(road: Road) -> None:
    """A whole project was a fraud and paid it back; then the bank sends the same money back, too."""
    bank, desk = BankRoad(road), Collector(road)
    sent = bank.on_its_way()
    bank.says(bank.line(sent))
    road.fraud()
    (demand,) = desk.list().demands
    desk.repay(demand.demand_id, "6000.00")
    back = bank.line(sent, "returned", bank_reference="BACK-1")
    (refused,) = bank.says(back)
    assert "冲销" in (refused.message or "")
    bank.right()
    desk.reverse(desk.repayment(demand.demand_id))
    assert bank.outcomes(back) == ["accepted"]
    proof = bank.right()
    assert (proof.paid, proof.committed, proof.receivable) == (ZERO, ZERO, ZERO)
    assert desk.demand(demand.demand_id).withdrawn == yuan("6000.00")


def test_what_was_given_up_before_the_bank_sent_the_same_money_back_stays_given_up(road: Road) -> None:
    """Other claims' money is in the budget, too: it bears the return. No more is asked for than what was given up."""
    bank, desk = BankRoad(road), Collector(road)
    sent = bank.on_its_way()
    other = bank.instructed(bank.approved("project-2")).payments[0]
    bank.says(bank.line(sent), bank.line(other, bank_reference="REF-2"))
    road.fraud()
    (demand,) = desk.list().demands
    desk.write_off(demand.demand_id)
    bank.returns(sent)
    assert road.claim(sent.claim_id).state == "voided"
    assert bank.right().receivable == ZERO


def test_a_repayment_of_money_that_the_bank_sent_back_waits_until_it_is_sent_again(road: Road) -> None:
    """One who didn't pass has an advance to give back, which the bank sent back in the meantime."""
    bank, desk = BankRoad(road), Collector(road)
    what = Training("ordinary", "intermediate", 1, results=("failed",))
    road.project(what=what)
    road.appropriate("2500.00")
    advance = road.submit().claim_id
    road.decide(advance)
    sent = road.confirm(bank.instructed(advance)).payments[0]
    road.assess(what=what)
    road.decide(road.submit("final").claim_id)
    (demand,) = desk.list().demands
    bank.returns(sent)
    with pytest.raises(Conflict, match="请先重新拨付"):
        desk.repay(demand.demand_id, "2500.00")
    road.confirm(bank.instructed(advance))
    assert desk.repay(demand.demand_id, "2500.00").state == "settled"
    bank.right()
