"""What is found before payment and decided about it, as tests ask for it and see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from shared.contracts.common import GetHistory, ListWaiting, RowResult
from shared.contracts.subsidy import budgets_and_ledger, checks
from shared.contracts.subsidy import claims as subsidy
from shared.security.speaker import Speaker
from tests.services.subsidy.driver import ASSESSED, DUE_YEAR, YEAR, Driver, Training

ONE = Training()
THREE = Training(results=("certified", "certified", "certified"))


def approved(driver: Driver, project_id: str = "project-1", what: Training = ONE, **fields: Any) -> str:
    """An approved advance of a project of its own."""
    driver.project(project_id, what, **fields)
    driver.appropriate("60000000.00")
    return driver.decide(driver.submit(project_id=project_id).claim_id).claim_id


def hits(driver: Driver, **filters: Any) -> tuple[checks.HitShape, ...]:
    return driver.call(driver.officer, checks.LIST_HITS, checks.ListHits(**filters)).hits


def comparisons(driver: Driver, claim_id: str) -> tuple[checks.CheckShape, ...]:
    return driver.call(driver.officer, checks.GET_CHECKS, checks.GetChecks(claim_id)).checks


BASIS = "示例复函〔2022〕1号"


def decide(
    driver: Driver, outcome: Any, *hit_ids: str, by: Speaker | None = None, basis: str | None = None
) -> tuple[RowResult, ...]:
    request = checks.DecideHits(hit_ids or tuple(one.hit_id for one in hits(driver)), outcome, "已函询核实", basis)
    return driver.call(by or driver.officer, checks.DECIDE_HITS, request).rows


def outcomes(rows: tuple[RowResult, ...]) -> list[str]:
    return [row.outcome for row in rows]


def waiting(driver: Driver, by: Speaker) -> list[tuple[str, str]]:
    page = driver.call(by, subsidy.LIST_WAITING, ListWaiting())
    return [(item.kind, item.id) for item in page.items]


def held_final(driver: Driver) -> str:
    """The final claim of three whose advance was paid; one of them is said to have died in training."""
    driver.project(what=THREE)
    for year in (YEAR, DUE_YEAR):
        driver.appropriate("60000.00", year)
    driver.pay(driver.submit().claim_id)
    driver.harness.move_clock(ASSESSED)
    driver.assess(what=THREE)
    driver.neighbours.finds(0, since=ASSESSED - timedelta(days=100))
    final = driver.decide(driver.submit("final").claim_id).claim_id
    driver.prepare(final)
    return final


def ledger(driver: Driver) -> tuple[budgets_and_ledger.PostingShape, ...]:
    return driver.call(driver.auditor, budgets_and_ledger.READ_LEDGER, budgets_and_ledger.ReadLedger()).postings


def told(driver: Driver, by: Speaker) -> list[tuple[str, str, str]]:
    page = driver.call(by, subsidy.GET_HISTORY, GetHistory("project-1"))
    return [(line.action, line.title, line.words) for line in page.lines]
