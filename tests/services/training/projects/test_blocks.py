"""Blocks on projects, heard in any order: what stands still, and what doesn't (APP-26)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest

from shared.contracts.review import oversight
from shared.contracts.training import credits, learning
from tests.services.harness import CHAOYANG
from tests.services.training.driver import LAST_DAY, START, Driver, assessment, outcomes

FROM = START + timedelta(days=30)
LIFTED = START + timedelta(days=60)


def block(on: date, kind: oversight.BlockKind = "suspension", project_id: str = "p1") -> oversight.BlockTold:
    return oversight.BlockTold("block-1", kind, project_id, "apprenticeship", CHAOYANG, "employer-1", "provider-1", on)


def suspend(driver: Driver) -> None:
    driver.harness.hear(oversight.CASE_BLOCKED, "block-1", block(FROM))


def lift(driver: Driver) -> None:
    driver.harness.hear(oversight.CASE_UNBLOCKED, "block-1", block(LIFTED), sequence=2)


def hours(driver: Driver, enrolment: str, on: date) -> str:
    row = credits.CreditRow(1, enrolment, on, "classroom", "theory", "classroom", 8)
    return outcomes(driver.call(driver.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", (row,))).rows)[0]


@pytest.mark.parametrize("lifted_first", [False, True])
def test_hours_of_suspended_days_are_refused_in_whatever_order_it_was_heard(driver: Driver, lifted_first: bool) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LAST_DAY)
    for tell in (lift, suspend) if lifted_first else (suspend, lift):
        tell(driver)
    days = [FROM - timedelta(days=1), FROM, LIFTED - timedelta(days=1), LIFTED]
    assert [hours(driver, enrolment, day) for day in days] == ["accepted", "refused", "refused", "accepted"]


def test_nobody_is_assessed_or_enrolled_while_training_stands_still(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.harness.move_clock(LAST_DAY)
    suspend(driver)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    [answer] = driver.assess([failed])
    assert answer.field == "assessed_on" and "APP-26" in (answer.message or "")
    driver.admit(["person-9"])
    driver.assign(["person-9"])
    [answer] = driver.enrol(["person-9"], starts_on=LAST_DAY)
    assert "APP-26" in (answer.message or "")
    lift(driver)
    assert outcomes(driver.assess([failed])) == ["accepted"]


@pytest.mark.parametrize("kind", sorted({*get_args(oversight.BlockKind)} - {"suspension"}))
def test_a_block_on_money_alone_stops_no_training_and_is_seen_in_the_list(
    driver: Driver, kind: oversight.BlockKind
) -> None:
    [enrolment] = driver.running(1)
    driver.harness.hear(oversight.CASE_BLOCKED, "block-1", block(START, kind))
    assert hours(driver, enrolment, START) == "accepted"

    def listed(blocked: bool) -> int:
        request = learning.ListProjects(blocked=blocked)
        return len(driver.call(driver.officer, learning.LIST_PROJECTS, request).projects)

    assert (listed(True), listed(False)) == (1, 0)
    driver.harness.hear(oversight.CASE_UNBLOCKED, "block-1", block(START, kind), sequence=2)
    assert (listed(True), listed(False)) == (0, 1)
