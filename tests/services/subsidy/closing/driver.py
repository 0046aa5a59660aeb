"""Closing as tests do it: preview, close as previewed, and a claim at the end of a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.contracts.subsidy import budgets_and_ledger, closing
from shared.security.speaker import Speaker
from tests.services.subsidy.driver import YEAR, Driver, Training

NOVEMBER = date(YEAR, 11, 15)
IN_THE_WINDOW = date(YEAR + 1, 1, 5)
DECEMBER_CLOSES = date(YEAR + 1, 1, 11)
YEAR_CLOSES = date(YEAR + 1, 1, 21)
MONTHS = tuple(f"{YEAR}-{month:02d}" for month in (11, 12))
ONE_YEAR = Training("ordinary", "intermediate", 1)
"""An advance of 2500.00."""


def preview(driver: Driver, period: str, by: Speaker | None = None, **page: Any) -> closing.ClosingPreview:
    request = closing.PreviewClosing("apprenticeship", driver.district, period, **page)
    return driver.call(by or driver.maker, closing.PREVIEW_CLOSING, request)


def close_as(driver: Driver, period: str, digest: str) -> closing.ClosingShape:
    request = closing.ClosePeriod("apprenticeship", driver.district, period, digest)
    return driver.call(driver.maker, closing.CLOSE_PERIOD, request)


def close(driver: Driver, *periods: str) -> closing.ClosingShape:
    """One after the other, each as previewed."""
    shapes = [close_as(driver, period, preview(driver, period).digest) for period in periods]
    return shapes[-1]


def approved_in_november(driver: Driver, *, project_id: str = "project-1", what: Training = ONE_YEAR) -> str:
    """A claim that the old year reserved 2500.00 for, of 4000.00."""
    driver.harness.move_clock(NOVEMBER)
    driver.project(project_id, what)
    driver.appropriate("4000.00")
    claim_id = driver.submit(project_id=project_id).claim_id
    assert driver.decide(claim_id).state == "approved"
    return claim_id


def year_closed(driver: Driver) -> closing.ClosingShape:
    """The old year closed on the first possible day, its months before it."""
    driver.harness.move_clock(YEAR_CLOSES)
    return close(driver, *MONTHS, str(YEAR))


def kinds(found: closing.ClosingPreview) -> list[str]:
    return [one.kind for one in found.obstacles]


def postings(driver: Driver, **filters: Any) -> list[budgets_and_ledger.PostingShape]:
    return list(
        driver.call(driver.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(**filters)).postings
    )
