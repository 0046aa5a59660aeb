"""Money that the bank sends back around the end of a year is paid again once, from the year that can still bear it."""

from __future__ import annotations

import pytest

from shared.contracts.subsidy import payments
from shared.contracts.subsidy.bank import LIST_DIFFERENCES, RETURN_PAYMENT, ListDifferences, ReturnPayment
from shared.errors import Conflict
from shared.money import ZERO
from tests.services.subsidy.bank.driver import BankDriver
from tests.services.subsidy.closing.driver import NOVEMBER, approved_in_november, year_closed
from tests.services.subsidy.driver import YEAR, Driver, Training, yuan


def paid(driver: Driver, claim_id: str) -> payments.BatchShape:
    return driver.confirm(driver.instruct(driver.prepare(claim_id).batch_id))


def sent_back(driver: Driver, batch: payments.BatchShape) -> None:
    """Each payment of the batch comes back today."""
    for place, one in enumerate(batch.payments):
        request = ReturnPayment(one.payment_id, driver.harness.today, f"BACK-{place}", "账户已销户（示例）")
        driver.call(driver.maker, RETURN_PAYMENT, request)


def test_what_comes_back_from_a_closed_year_is_paid_from_the_open_one_and_lapses_there(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    batch = paid(driver, claim_id)
    frozen = year_closed(driver).budgets
    driver.appropriate("2500.00", YEAR + 1)
    sent_back(driver, batch)
    old, new = driver.budget(YEAR), driver.budget(YEAR + 1)
    assert (old.appropriated, old.committed, old.paid) == (ZERO, ZERO, ZERO)
    assert (new.committed, new.available) == (yuan("2500.00"), ZERO)
    assert [one.paid for one in frozen] == [yuan("2500.00")]
    assert driver.prove().differences == ()
    assert [one.fiscal_year for one in paid(driver, claim_id).payments] == [YEAR + 1]
    assert driver.budget(YEAR + 1).paid == yuan("2500.00")
    assert driver.prove().differences == ()


def test_the_open_year_has_to_bear_it(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    batch = paid(driver, claim_id)
    year_closed(driver)
    driver.appropriate("2499.99", YEAR + 1)
    with pytest.raises(Conflict, match=r"尚缺 0\.01 元"):
        sent_back(driver, batch)
    assert driver.claim(claim_id).state == "paid"
    driver.appropriate("0.01", YEAR + 1)
    sent_back(driver, batch)
    assert driver.claim(claim_id).state == "approved"


def test_a_return_that_the_open_year_cannot_bear_stops_no_other_line(driver: Driver) -> None:
    first = paid(driver, approved_in_november(driver))
    bank = BankDriver(driver)
    year_closed(driver)
    sent = first.payments[0]
    back = bank.line(sent, "returned", bank_reference="BACK-1")
    assert bank.outcomes(back, bank.line("no-such-payment")) == ["refused", "refused"]
    page = bank.harness.call(driver.checker, LIST_DIFFERENCES, ListDifferences())
    assert sorted(one.kind for one in page.differences) == ["contradiction", "stray"]
    driver.appropriate("2500.00", YEAR + 1)
    assert bank.outcomes(back) == ["accepted"]
    assert bank.right().committed == yuan("2500.00")


def test_what_was_kept_for_a_demand_stays_in_its_year_and_only_what_came_back_is_carried(driver: Driver) -> None:
    """A final claim of 3 × 1750 keeps 2500 for who failed and is sent 2750, which come back: 2750 are carried."""
    what = Training("ordinary", "intermediate", 1, results=("certified", "certified", "certified", "failed"))
    driver.read_otherwise(clawback_offset="automatic")
    driver.harness.move_clock(NOVEMBER)
    driver.project(what=what)
    driver.appropriate("20000.00")
    driver.appropriate("2750.00", YEAR + 1)
    driver.pay(driver.submit().claim_id)
    driver.assess(what=what)
    final = driver.submit("final")
    driver.decide(final.claim_id)
    sent_back(driver, paid(driver, final.claim_id))
    assert driver.prove().differences == ()
    assert year_closed(driver).carried == yuan("2750.00")
    # four advances of 2500, and what was kept, by which as much came back to the year (INT-76)
    assert driver.budget(YEAR).paid == yuan("10000.00")
    assert driver.prove().differences == ()
    again = paid(driver, final.claim_id)
    assert [(one.fiscal_year, str(one.amount)) for one in again.payments] == [(YEAR + 1, "2750.00")]
    assert driver.prove().differences == ()
