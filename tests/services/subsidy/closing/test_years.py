"""A year that is closed carries what is committed, lapses what is left, and takes nothing any more (INT-75, X-9)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from shared.errors import Conflict
from shared.money import ZERO
from tests.services.subsidy.closing.driver import (
    MONTHS,
    NOVEMBER,
    ONE_YEAR,
    YEAR_CLOSES,
    approved_in_november,
    close,
    close_as,
    kinds,
    postings,
    preview,
    year_closed,
)
from tests.services.subsidy.driver import SOURCES, YEAR, Driver, Training, yuan

DECEMBER = f"{YEAR}-12"
LAST_DAY = date(YEAR, 12, 31)


def test_a_commitment_is_carried_and_paid_from_the_new_year(driver: Driver) -> None:
    """4000 appropriated, 2500 reserved and not paid: 2500 go to the new year, 4000 lapse (nothing of it was spent)."""
    claim_id = approved_in_november(driver)
    driver.appropriate("9000.00", YEAR + 1)
    done = year_closed(driver)
    assert (done.carried, done.lapsed) == (yuan("2500.00"), yuan("4000.00"))
    old, new = driver.budget(YEAR), driver.budget(YEAR + 1)
    assert (old.appropriated, old.committed, old.paid, old.available) == (ZERO, ZERO, ZERO, ZERO)
    assert (new.committed, new.available) == (yuan("2500.00"), yuan("6500.00"))
    assert [(part.fiscal_year, part.amount) for part in driver.claim(claim_id).funding] == [(YEAR + 1, yuan("2500.00"))]
    assert driver.prove().differences == ()
    batch = driver.confirm(driver.instruct(driver.prepare(claim_id).batch_id))
    assert [payment.fiscal_year for payment in batch.payments] == [YEAR + 1]
    assert driver.budget(YEAR + 1).paid == yuan("2500.00")
    assert driver.prove().differences == ()


def test_what_was_paid_stays_in_its_year_and_only_the_rest_lapses(driver: Driver) -> None:
    """4000 + 2000 over two sources, 5000 paid: of the first 4000, of the second 1000; 1000 of the second lapses."""
    driver.harness.move_clock(NOVEMBER)
    driver.project(what=Training("ordinary", "intermediate", 1, results=("certified", "certified")))
    driver.appropriate("4000.00")
    driver.appropriate("2000.00", source=SOURCES[1])
    driver.pay(driver.submit().claim_id)
    done = year_closed(driver)
    assert (done.carried, done.lapsed) == (ZERO, yuan("1000.00"))
    assert {one.fund_source: (str(one.appropriated), str(one.paid)) for one in done.budgets} == {
        SOURCES[0]: ("4000.00", "4000.00"),
        SOURCES[1]: ("1000.00", "1000.00"),
    }
    assert driver.prove().differences == ()


def test_the_carrying_names_claim_rule_clause_and_document(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    moved = [one for one in postings(driver) if one.kind in ("carry_out", "carry_in", "lapse")]
    assert [(one.kind, one.fiscal_year, str(one.amount), one.claim_id, one.rule) for one in moved] == [
        ("carry_out", YEAR, "2500.00", claim_id, "APP-21"),
        ("carry_in", YEAR + 1, "2500.00", claim_id, "APP-21"),
        ("lapse", YEAR, "4000.00", None, "APP-21"),
    ]
    assert {one.document for one in moved} == {driver.claim(claim_id).document}


def test_a_year_waits_until_the_new_one_can_bear_what_is_carried(driver: Driver) -> None:
    approved_in_november(driver)
    driver.harness.move_clock(YEAR_CLOSES)
    close(driver, *MONTHS)
    found = preview(driver, str(YEAR))
    assert [(one.kind, one.of_id) for one in found.obstacles] == [("short", SOURCES[0])]
    assert "尚缺 2500.00 元" in found.obstacles[0].message
    with pytest.raises(Conflict, match=r"尚缺 2500\.00 元"):
        close_as(driver, str(YEAR), found.digest)
    driver.appropriate("2499.99", YEAR + 1)
    assert "尚缺 0.01 元" in preview(driver, str(YEAR)).obstacles[0].message
    driver.appropriate("0.01", YEAR + 1)
    assert close(driver, str(YEAR)).carried == yuan("2500.00")
    assert driver.budget(YEAR + 1).available == ZERO


def test_a_year_waits_for_its_window_its_months_and_the_payments_on_their_way(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    batch = driver.prepare(claim_id)
    driver.harness.move_clock(YEAR_CLOSES - timedelta(days=1))
    found = preview(driver, str(YEAR))
    assert [(one.kind, one.of_id) for one in found.obstacles] == [
        ("window", str(YEAR)),
        ("open_month", MONTHS[0]),
        ("in_payment", batch.payments[0].payment_id),
        ("short", SOURCES[0]),
    ]
    driver.confirm(driver.instruct(batch.batch_id))
    close(driver, *MONTHS)
    assert kinds(preview(driver, str(YEAR))) == ["window"]
    driver.harness.move_clock(YEAR_CLOSES)
    assert close(driver, str(YEAR)).lapsed == yuan("1500.00")
    with pytest.raises(Conflict, match=f"下一个应结的是 {YEAR + 1}"):
        preview(driver, str(YEAR))
    later = preview(driver, str(YEAR + 2))
    assert [(one.kind, one.of_id) for one in later.obstacles if one.kind == "earlier_period"] == [
        ("earlier_period", str(YEAR + 1))
    ]


def test_a_closed_year_takes_no_budget_back_and_gives_none(driver: Driver) -> None:
    approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    with pytest.raises(Conflict, match=f"{YEAR} 年度已结账"):
        driver.appropriate("1.00")
    assert driver.prove().differences == ()


def test_a_claim_of_a_closed_year_is_borne_by_the_first_open_one(driver: Driver) -> None:
    """Read so that the year of approval bears the balance, which is closed by then (INT-75): 5000 × 85 % − 2500."""
    driver.read_otherwise(balance_year="year_of_approval")
    driver.harness.move_clock(NOVEMBER)
    driver.project(what=ONE_YEAR)
    driver.appropriate("2500.00")
    driver.pay(driver.submit().claim_id)
    year_closed(driver)
    driver.appropriate("2500.00", YEAR + 1)
    driver.assess(what=ONE_YEAR)
    final = driver.submit("final")
    decided = driver.decide(final.claim_id)
    assert [(part.fiscal_year, str(part.amount)) for part in decided.funding] == [(YEAR + 1, "1750.00")]
    assert driver.prove().differences == ()


def half_paid(driver: Driver, claim_id: str) -> None:
    """The first source's part has arrived; the bank refused the other's."""
    batch = driver.instruct(driver.prepare(claim_id).batch_id)
    first, other = sorted(batch.payments, key=lambda payment: SOURCES.index(payment.fund_source))
    driver.confirm(batch, [first])
    with driver.harness.database.transaction() as session:
        session.execute(text("UPDATE payments SET state = 'rejected' WHERE id = :id"), {"id": other.payment_id})


def test_only_the_source_that_has_not_paid_is_carried(driver: Driver) -> None:
    """5000 over two sources, of which 4000 have arrived: 1000 go to the new year, 4000 stay where they were paid."""
    driver.harness.move_clock(NOVEMBER)
    driver.project(what=Training("ordinary", "intermediate", 1, results=("certified", "certified")))
    driver.appropriate("4000.00")
    driver.appropriate("1000.00", source=SOURCES[1])
    driver.appropriate("1000.00", YEAR + 1, SOURCES[1])
    claim_id = driver.submit().claim_id
    driver.decide(claim_id)
    half_paid(driver, claim_id)
    assert year_closed(driver).carried == yuan("1000.00")
    funding = {part.fund_source: (part.fiscal_year, str(part.amount)) for part in driver.claim(claim_id).funding}
    assert funding == {SOURCES[0]: (YEAR, "4000.00"), SOURCES[1]: (YEAR + 1, "1000.00")}
    assert driver.prove().differences == ()


def test_a_claim_that_keeps_something_and_is_paid_in_part_is_settled_first(driver: Driver) -> None:
    """Final 3 × 1750 over 4000 + 1250, of which 2500 are kept for who failed: 1500 have arrived, the 2500 wait."""
    what = Training("ordinary", "intermediate", 1, results=("certified", "certified", "certified", "failed"))
    driver.read_otherwise(clawback_offset="automatic")
    driver.harness.move_clock(NOVEMBER)
    driver.project(what=what)
    driver.appropriate("14000.00")
    driver.appropriate("1250.00", source=SOURCES[1])
    driver.pay(driver.submit().claim_id)
    driver.assess(what=what)
    final = driver.submit("final")
    assert driver.decide(final.claim_id).set_off == yuan("2500.00")
    half_paid(driver, final.claim_id)
    driver.harness.move_clock(YEAR_CLOSES)
    close(driver, *MONTHS)
    found = {one.kind: one for one in preview(driver, str(YEAR)).obstacles}
    assert found["in_payment"].of_id == final.claim_id
    assert "2500.00" in found["in_payment"].message


def test_a_carried_claim_that_fraud_voids_is_released_where_it_was_carried(driver: Driver) -> None:
    claim_id = approved_in_november(driver)
    driver.appropriate("2500.00", YEAR + 1)
    year_closed(driver)
    driver.fraud()
    assert driver.claim(claim_id).state == "voided"
    assert (driver.budget(YEAR).committed, driver.budget(YEAR + 1).committed) == (ZERO, ZERO)
    assert driver.budget(YEAR + 1).available == yuan("2500.00")
    assert driver.prove().differences == ()
