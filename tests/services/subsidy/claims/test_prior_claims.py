"""A claim that a later one counts as paid is paid, also where the bank sent it back and somebody in it is barred."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy import checks, payments
from shared.errors import Conflict
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.driver import ASSESSED, EMPLOYER, Driver, Training, yuan

THREE = Training(results=("certified", "certified", "failed"))
"""Of each 6000.00 advanced; the last one has to give it back."""


@pytest.fixture
def bank(driver: Driver) -> BankDriver:
    walking = BankDriver(driver)
    walking.rich()
    return walking


def paid(bank: BankDriver, claim_id: str) -> payments.PaymentShape:
    (sent,) = bank.instructed(claim_id).payments
    bank.says(bank.line(sent))
    return sent


def finish(bank: BankDriver) -> tuple[str, str, payments.PaymentShape]:
    """Advance paid, final claim submitted; the advance's payment."""
    advance = bank.approved("project-1", THREE)
    sent = paid(bank, advance)
    bank.harness.move_clock(ASSESSED)
    bank.driver.assess(what=THREE)
    return advance, bank.driver.submit("final").claim_id, sent


def bar(driver: Driver, how: str, advance: str) -> None:
    """The second apprentice earns nothing any more; or the employer's account is not its own, until that is mended."""
    if how == "fraud":
        driver.fraud(1)
        return
    driver.neighbours.finds(1) if how == "death" else driver.neighbours.shares(EMPLOYER, "employer-9")
    driver.prepare(advance)
    (hit,) = driver.call(driver.officer, checks.LIST_HITS, checks.ListHits(state="open")).hits
    asked = checks.DecideHits((hit.hit_id,), "uphold", "已函询核实", "示例复函〔2024〕1号")
    driver.call(driver.officer, checks.DECIDE_HITS, asked)
    driver.neighbours.shares(EMPLOYER)


@pytest.mark.parametrize("how", ["fraud", "death", "account"])
def test_an_advance_that_a_paid_final_claim_counts_is_sent_again_to_those_who_earned_it(
    bank: BankDriver, how: str
) -> None:
    driver = bank.driver
    advance, final, sent = finish(bank)
    driver.decide(final)
    paid(bank, final)
    bank.returns(sent)
    bar(driver, how, advance)
    assert driver.claim(advance).state == "approved"
    bank.right()
    paid(bank, advance)
    proof = bank.right()
    # both certified ones have all of their 12000.00 and the third an advance; who is barred gives back what he got
    assert proof.paid == yuan("30000.00")
    assert proof.receivable == (yuan("6000.00") if how == "account" else yuan("18000.00"))


def test_a_batch_that_is_not_checked_yet_lets_such_an_advance_go(bank: BankDriver) -> None:
    """The money doesn't go to an account that was upheld in the meantime."""
    driver = bank.driver
    advance, final, sent = finish(bank)
    driver.decide(final)
    paid(bank, final)
    bank.returns(sent)
    batch = driver.prepare(advance)
    driver.project("project-2")
    other = driver.submit(project_id="project-2").claim_id
    driver.decide(other)
    bar(driver, "account", other)
    assert (driver.claim(advance).state, driver.claim(other).state) == ("approved", "voided")
    with pytest.raises(Conflict, match="作废"):
        driver.instruct(batch.batch_id)
    bank.right()


def test_a_final_claim_is_not_decided_on_an_advance_that_an_upheld_account_holds(bank: BankDriver) -> None:
    driver = bank.driver
    advance, final, sent = finish(bank)
    bank.returns(sent)
    bar(driver, "account", advance)
    with pytest.raises(Conflict, match="重新拨付"):
        driver.decide(final)
    paid(bank, advance)
    assert driver.decide(final).state == "approved"
    bank.right()


def test_where_nobody_innocent_is_left_both_are_voided(bank: BankDriver) -> None:
    driver = bank.driver
    advance, final, sent = finish(bank)
    bank.returns(sent)
    driver.fraud()
    assert [driver.claim(one).state for one in (advance, final)] == ["voided", "voided"]
    assert bank.right().committed == yuan("0.00")
