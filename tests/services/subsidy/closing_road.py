"""Closing as tests walk it: preview, close as previewed, and a claim at the end of a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from shared.contracts.subsidy import budgets_and_ledger, closing
from shared.security.speaker import Speaker
from tests.services.subsidy.road import YEAR, Road, Training

NOVEMBER = date(YEAR, 11, 15)
IN_THE_WINDOW = date(YEAR + 1, 1, 5)
DECEMBER_CLOSES = date(YEAR + 1, 1, 11)
YEAR_CLOSES = date(YEAR + 1, 1, 21)
MONTHS = tuple(f"{YEAR}-{month:02d}" for month in (11, 12))
ONE_YEAR = Training("ordinary", "intermediate", 1)
"""An advance of 2500.00."""


def preview(road: Road, period: str, by: Speaker | None = None, **page: Any) -> closing.ClosingPreview:
    request = closing.PreviewClosing("apprenticeship", road.district, period, **page)
    return road.harness.call(by or road.maker, closing.PREVIEW_CLOSING, request)


def close_as(road: Road, period: str, digest: str) -> closing.ClosingShape:
    request = closing.ClosePeriod("apprenticeship", road.district, period, digest)
    return road.harness.call(road.maker, closing.CLOSE_PERIOD, request)


def close(road: Road, *periods: str) -> closing.ClosingShape:
    """One after the other, each as previewed."""
    shapes = [close_as(road, period, preview(road, period).digest) for period in periods]
    return shapes[-1]


def approved_in_november(road: Road, *, project_id: str = "project-1", what: Training = ONE_YEAR) -> str:
    """A claim that the old year reserved 2500.00 for, of 4000.00."""
    road.harness.move_clock(NOVEMBER)
    road.project(project_id, what)
    road.appropriate("4000.00")
    claim_id = road.submit(project_id=project_id).claim_id
    assert road.decide(claim_id).state == "approved"
    return claim_id


def year_closed(road: Road) -> closing.ClosingShape:
    """The old year closed on the first possible day, its months before it."""
    road.harness.move_clock(YEAR_CLOSES)
    return close(road, *MONTHS, str(YEAR))


def kinds(found: closing.ClosingPreview) -> list[str]:
    return [one.kind for one in found.obstacles]


def postings(road: Road, **filters: Any) -> list[budgets_and_ledger.PostingShape]:
    return list(
        road.harness.call(road.maker, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger(**filters)).postings
    )
