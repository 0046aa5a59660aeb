"""Money that came back isn't paid: claims, set-offs, receivables and frauds see that; in the end it is paid once."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy import claims, payments
from shared.errors import Conflict
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, SOURCES, YEAR, Driver, Training, yuan

TWO = Training(results=("certified", "failed"))


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    """Two apprentices, one of whom will fail; money for everybody."""
    walking = BankDriver(driver)
    walking.rich()
    return walking


def paid(bank: BankDriver, claim_id: str) -> payments.BatchShape:
    batch = bank.instructed(claim_id)
    bank.says(*(bank.line(one) for one in batch.payments))
    return batch


def finish(bank: BankDriver) -> claims.ClaimShape:
    bank.harness.move_clock(ASSESSED)
    bank.driver.assess(what=TWO)
    return bank.driver.submit("final")


def test_nothing_is_claimed_on_an_advance_that_came_back_until_it_is_paid_again(bank: BankDriver) -> None:
    advance = bank.approved("project-1", TWO)
    bank.returns(paid(bank, advance).payments[0])
    with pytest.raises(Conflict, match="首次补贴"):
        finish(bank)
    paid(bank, advance)
    final = bank.driver.submit("final")
    assert (final.amount, final.clawback) == (yuan("6000.00"), yuan("6000.00"))
    bank.right()


def test_a_final_claim_built_on_an_advance_that_came_back_is_decided_once_that_is_paid_again(bank: BankDriver) -> None:
    advance = bank.approved("project-1", TWO)
    sent = paid(bank, advance).payments[0]
    final = finish(bank)
    bank.returns(sent)
    with pytest.raises(Conflict, match="重新拨付"):
        bank.driver.decide(final.claim_id)
    assert bank.driver.decide(final.claim_id, "return").state == "returned"
    paid(bank, advance)
    again = bank.driver.submit("final")
    assert bank.driver.decide(again.claim_id).state == "approved"
    assert bank.right().receivable == yuan("6000.00")


def test_a_demand_stands_while_the_advance_that_it_is_about_is_paid_again(bank: BankDriver) -> None:
    advance = bank.approved("project-1", TWO)
    sent = paid(bank, advance).payments[0]
    final = finish(bank)
    bank.driver.decide(final.claim_id)
    bank.returns(sent)
    proof = bank.right()
    assert (proof.paid, proof.receivable) == (yuan("0.00"), yuan("6000.00"))
    paid(bank, advance)
    paid(bank, final.claim_id)
    proof = bank.right()
    assert (proof.paid, proof.committed, proof.receivable) == (yuan("18000.00"), yuan("0.00"), yuan("6000.00"))


def test_a_set_off_is_posted_once_however_often_the_rest_is_sent(driver: Driver) -> None:
    three = Training(results=("certified", "certified", "failed"))
    driver.read_otherwise(clawback_offset="automatic")
    bank = BankDriver(driver)
    bank.rich()
    paid(bank, bank.approved("project-1", three))
    bank.harness.move_clock(ASSESSED)
    driver.assess(what=three)
    final = driver.submit("final")
    assert driver.decide(final.claim_id).set_off == yuan("6000.00")
    for number in range(3):
        sent = bank.instructed(final.claim_id).payments[0]
        assert sent.amount == yuan("6000.00")
        bank.says(bank.line(sent))
        assert bank.driver.claim(final.claim_id).state == "paid"
        assert driver.clawbacks().total == yuan("0.00")
        if number < 2:
            bank.returns(sent)
            assert driver.clawbacks().total == yuan("0.00")  # what was kept never left
        bank.right()
    assert bank.kinds().count("offset") == 1


@pytest.mark.parametrize("first", ["fraud", "return"])
def test_what_came_back_from_a_fraud_is_neither_paid_again_nor_asked_for(bank: BankDriver, first: str) -> None:
    advance = bank.approved("project-1", TWO)
    sent = paid(bank, advance).payments[0]
    if first == "fraud":
        bank.driver.fraud(0)
        assert bank.right().receivable == yuan("6000.00")
        bank.returns(sent)
    else:
        bank.returns(sent)
        bank.driver.fraud(0)
    assert bank.driver.claim(advance).state == "voided"
    proof = bank.right()
    assert (proof.paid, proof.committed, proof.receivable) == (yuan("0.00"), yuan("0.00"), yuan("0.00"))
    again = bank.driver.submit()
    assert (again.persons, again.amount) == (1, yuan("6000.00"))
    bank.driver.decide(again.claim_id)
    paid(bank, again.claim_id)
    assert bank.right().paid == yuan("6000.00")


def test_money_does_not_come_back_twice(bank: BankDriver) -> None:
    """What the payee repaid can't be sent back by the bank as well: one of the two records is wrong."""
    collection = CollectionDriver(bank.driver)
    sent = paid(bank, bank.approved("project-1", TWO)).payments[0]
    bank.driver.fraud(0)
    demand_id = bank.driver.clawbacks().clawbacks[0].demand_id
    collection.notice(demand_id)
    collection.repay(demand_id, "6000.00")
    with pytest.raises(Conflict, match="退还或抵扣"):
        bank.returns(sent)
    assert bank.outcomes(bank.line(sent, "returned", bank_reference="BACK-1")) == ["refused"]
    bank.right()
    collection.reverse(collection.repayment(demand_id))
    bank.returns(sent)
    proof = bank.right()
    assert (proof.paid, proof.receivable) == (yuan("0.00"), yuan("0.00"))


def test_an_advance_of_which_a_result_was_repaid_comes_back_once_that_is_reversed(bank: BankDriver) -> None:
    """Of 12000.00 the payee repaid 6000.00, which may be spent again: the bank can't send back all of it as well."""
    collection = CollectionDriver(bank.driver)
    sent = paid(bank, bank.approved("project-1", TWO)).payments[0]
    bank.driver.decide(finish(bank).claim_id)
    demand_id = bank.driver.clawbacks().clawbacks[0].demand_id
    collection.notice(demand_id)
    collection.repay(demand_id, "6000.00")
    back = bank.line(sent, "returned", bank_reference="BACK-1")
    other = bank.on_its_way("project-2")
    assert bank.outcomes(back, bank.line(other, "paid")) == ["refused", "accepted"]
    bank.right()
    collection.reverse(collection.repayment(demand_id))
    assert bank.outcomes(back) == ["accepted"]
    bank.right()


def test_fraud_voids_a_claim_with_a_set_off_that_came_back_and_lets_the_demand_stand_again(driver: Driver) -> None:
    three = Training(results=("certified", "certified", "failed"))
    driver.read_otherwise(clawback_offset="automatic")
    bank = BankDriver(driver)
    bank.rich()
    paid(bank, bank.approved("project-1", three))
    bank.harness.move_clock(ASSESSED)
    driver.assess(what=three)
    final = driver.submit("final")
    driver.decide(final.claim_id)
    bank.returns(paid(bank, final.claim_id).payments[0])
    driver.fraud(0)
    assert driver.claim(final.claim_id).state == "voided"
    proof = bank.right()
    assert (proof.paid, proof.committed) == (yuan("18000.00"), yuan("0.00"))
    assert proof.receivable == yuan("6000.00")  # the fraud's own advance; the failed one's is found again
    assert bank.kinds().count("return") == 2  # what the bank sent back, and what was kept


def test_of_a_claim_that_one_source_paid_a_fraud_owes_what_arrived(driver: Driver) -> None:
    bank = BankDriver(driver)
    claim_id, batch = bank.over_two_sources()
    first, second = batch.payments
    bank.says(bank.line(first))
    driver.fraud()
    assert driver.claim(claim_id).state == "in_payment"  # the treasury was told of the second
    assert bank.right().receivable == first.amount
    bank.says(bank.line(second, "rejected"))
    assert bank.right().receivable == first.amount
    bank.says(bank.line(first, "returned", bank_reference="BACK-1"))
    assert driver.claim(claim_id).state == "voided"
    proof = bank.right()
    assert (proof.receivable, proof.committed, proof.paid) == (yuan("0.00"), yuan("0.00"), yuan("0.00"))


def test_a_fraud_owes_each_source_as_it_arrives_and_what_came_back_no_more(driver: Driver) -> None:
    """Two apprentices, one of them a fraud: the other one's money goes on."""
    bank = BankDriver(driver)
    driver.appropriate("4000.00")
    driver.appropriate("1000000.00", source=SOURCES[1])
    claim_id = bank.approved("project-1", TWO)
    batch = bank.instructed(claim_id)
    small, large = sorted(batch.payments, key=lambda one: one.amount.fen)
    bank.says(bank.line(small))
    driver.fraud(0)
    assert bank.right().receivable == yuan("2000.00")  # half of what arrived
    bank.says(bank.line(large))
    assert bank.right().receivable == yuan("6000.00")
    bank.returns(large)
    assert driver.claim(claim_id).state == "approved"
    assert bank.right().receivable == yuan("2000.00")
    again = bank.instructed(claim_id)
    bank.says(bank.line(again.payments[0]))
    assert driver.claim(claim_id).state == "paid"
    assert bank.right().receivable == yuan("6000.00")


@pytest.mark.parametrize("how", ["rejected", "returned"])
def test_fraud_voids_a_claim_whose_payments_all_failed(bank: BankDriver, how: str) -> None:
    sent = bank.on_its_way()
    if how == "returned":
        bank.says(bank.line(sent))
    bank.says(bank.line(sent, how))
    bank.driver.prepare(sent.claim_id)  # to be sent again, not yet checked
    bank.driver.fraud()
    assert bank.driver.claim(sent.claim_id).state == "voided"
    assert bank.right().committed == yuan("0.00")


@pytest.mark.parametrize("state", ["instructed", "unknown", "paid"])
def test_a_claim_of_which_the_treasury_was_told_is_not_voided(bank: BankDriver, state: str) -> None:
    sent = bank.on_its_way()
    if state != "instructed":
        bank.says(bank.line(sent, state))
    bank.driver.fraud()
    assert bank.driver.claim(sent.claim_id).state in ("in_payment", "paid")
    bank.right()


def test_both_sources_years_and_amounts_are_those_that_were_paid(driver: Driver) -> None:
    bank = BankDriver(driver)
    claim_id, batch = bank.over_two_sources()
    bank.says(*(bank.line(one) for one in batch.payments))
    for one in batch.payments:
        bank.returns(one)
    assert (driver.budget(YEAR, SOURCES[0]).committed, driver.budget(YEAR, SOURCES[1]).committed) == (
        yuan("4000.00"),
        yuan("2000.00"),
    )
    assert driver.claim(claim_id).state == "approved"
    again = bank.instructed(claim_id)
    assert {one.retry_of for one in again.payments} == {one.payment_id for one in batch.payments}
    assert DUE_YEAR not in {one.fiscal_year for one in again.payments}
    bank.right()
