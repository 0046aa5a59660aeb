"""The end of a run: once, with every result, never before it began."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.contracts.training import projects
from shared.errors import Conflict, InvalidRequest
from tests.services.training.driver import (
    START,
    TAUGHT,
    Driver,
)


def test_a_run_that_never_started_cannot_be_completed(driver: Driver) -> None:
    driver.approve()
    with pytest.raises(Conflict):
        driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))


def test_a_run_with_missing_results_is_not_complete_and_says_how_many(driver: Driver) -> None:
    first, _, _ = driver.running(3)
    driver.teach([first])
    driver.passed([first], TAUGHT)
    with pytest.raises(Conflict) as refusal:
        driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))
    assert refusal.value.details["missing"] == 2
    assert driver.harness.told(projects.COURSE_RUN_COMPLETED) == []
    project = driver.project(driver.employer)
    assert project.state == "running"


def test_a_run_is_completed_once_and_then_takes_nobody(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment])
    driver.passed([enrolment], TAUGHT)
    driver.photograph()
    with pytest.raises(InvalidRequest):
        driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", TAUGHT + timedelta(days=1)))
    driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", TAUGHT))
    with pytest.raises(Conflict):
        driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", TAUGHT))
    with pytest.raises(Conflict):
        driver.enrol(["person-9"])
    assert len(driver.harness.told(projects.COURSE_RUN_COMPLETED)) == 1
