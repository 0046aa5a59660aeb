"""What the budgets can't bear of a bank's list is one line that doesn't fit; the others are applied."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy.bank import LIST_DIFFERENCES, ListDifferences
from shared.errors import Conflict
from shared.money import ZERO
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.closing.driver import approved_in_november, year_closed
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import SOURCES, YEAR, Driver, Training, yuan


def listed(bank: BankDriver) -> list[str]:
    page = bank.harness.call(bank.driver.maker, LIST_DIFFERENCES, ListDifferences())
    return [one.kind for one in page.differences]


def test_a_return_that_the_open_year_cannot_bear_stops_no_other_line(driver: Driver) -> None:
    bank = BankDriver(driver)
    (old,) = bank.instructed(approved_in_november(driver)).payments
    bank.says(bank.line(old))
    year_closed(driver)
    driver.appropriate("6000.00", YEAR + 1)
    (new,) = bank.instructed(bank.approved("project-2")).payments
    back = bank.line(old, "returned", bank_reference="BACK-1")
    refused, accepted = bank.says(back, bank.line(new, bank_reference="REF-2"))
    assert (refused.outcome, accepted.outcome) == ("refused", "accepted")
    assert "尚缺 2500.00 元" in (refused.message or "")
    assert listed(bank) == ["contradiction"]
    bank.right()
    driver.appropriate("2500.00", YEAR + 1)
    assert bank.outcomes(back) == ["accepted"]
    assert listed(bank) == []
    bank.right()


def test_two_returns_share_what_the_open_year_has(driver: Driver) -> None:
    bank = BankDriver(driver)
    first = approved_in_november(driver)
    driver.appropriate("8000.00", source=SOURCES[1])
    sent = [one for claim_id in (first, bank.approved("project-2")) for one in bank.instructed(claim_id).payments]
    of_first = [one for one in sent if one.fund_source == SOURCES[0]]
    assert len(of_first) == 2
    bank.says(*(bank.line(one, bank_reference=f"REF-{place}") for place, one in enumerate(sent)))
    year_closed(driver)
    driver.appropriate("2500.00", YEAR + 1)
    lines = [bank.line(one, "returned", bank_reference=f"BACK-{place}") for place, one in enumerate(of_first)]
    assert bank.outcomes(*lines) == ["accepted", "refused"]
    bank.right()


def test_what_was_repaid_already_is_returned_once_the_repayment_is_reversed(driver: Driver) -> None:
    """A whole project was a fraud and paid it back; then the bank sends the same money back, too."""
    bank, collection = BankDriver(driver), CollectionDriver(driver)
    sent = bank.on_its_way()
    bank.says(bank.line(sent))
    driver.fraud()
    (demand,) = collection.list().demands
    collection.repay(demand.demand_id, "6000.00")
    back = bank.line(sent, "returned", bank_reference="BACK-1")
    (refused,) = bank.says(back)
    assert "冲销" in (refused.message or "")
    bank.right()
    collection.reverse(collection.repayment(demand.demand_id))
    assert bank.outcomes(back) == ["accepted"]
    proof = bank.right()
    assert (proof.paid, proof.committed, proof.receivable) == (ZERO, ZERO, ZERO)
    assert collection.demand(demand.demand_id).withdrawn == yuan("6000.00")


def test_what_was_given_up_before_the_bank_sent_the_same_money_back_stays_given_up(driver: Driver) -> None:
    """Other claims' money is in the budget, too: it bears the return. No more is asked for than what was given up."""
    bank, collection = BankDriver(driver), CollectionDriver(driver)
    sent = bank.on_its_way()
    other = bank.instructed(bank.approved("project-2")).payments[0]
    bank.says(bank.line(sent), bank.line(other, bank_reference="REF-2"))
    driver.fraud()
    (demand,) = collection.list().demands
    collection.write_off(demand.demand_id)
    bank.returns(sent)
    assert driver.claim(sent.claim_id).state == "voided"
    assert bank.right().receivable == ZERO


def test_a_repayment_of_money_that_the_bank_sent_back_waits_until_it_is_sent_again(driver: Driver) -> None:
    """One who didn't pass has an advance to give back, which the bank sent back in the meantime."""
    bank, collection = BankDriver(driver), CollectionDriver(driver)
    what = Training("ordinary", "intermediate", 1, results=("failed",))
    driver.project(what=what)
    driver.appropriate("2500.00")
    advance = driver.submit().claim_id
    driver.decide(advance)
    sent = driver.confirm(bank.instructed(advance)).payments[0]
    driver.assess(what=what)
    driver.decide(driver.submit("final").claim_id)
    (demand,) = collection.list().demands
    bank.returns(sent)
    with pytest.raises(Conflict, match="请先重新拨付"):
        collection.repay(demand.demand_id, "2500.00")
    driver.confirm(bank.instructed(advance))
    assert collection.repay(demand.demand_id, "2500.00").state == "settled"
    bank.right()
