"""A project whose advance was paid, under other readings of its document."""

from __future__ import annotations

from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training


def advanced(driver: Driver, what: Training, **settings: str) -> None:
    """A project under other readings, its advance paid, its training over."""
    driver.read_otherwise(**settings)
    driver.project(what=what)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("100000.00", year)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=what)
