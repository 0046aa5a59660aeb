"""Two projects of two employers, for what is read of both."""

from __future__ import annotations

import pytest

from tests.services.training.driver import LAST_DAY, Driver, assessment, certificate, outcomes


@pytest.fixture
def two_projects(driver: Driver) -> Driver:
    """Three people in "p1" (one failed, one left, one certified), two in "p2" of a rival at a lower level."""
    first, second, third = driver.running(3)
    driver.teach([first])
    driver.harness.move_clock(LAST_DAY)
    driver.passed([first])
    driver.assess([assessment(1, second, result="failed", pass_certificate=None)])
    driver.leave([third], LAST_DAY)
    driver.certify([certificate(1, first, "C-1"), certificate(2, first, "C-2")])
    driver.approve("p2", employer="employer-2", level="intermediate", term_years=1, starts_on=LAST_DAY)
    people = ["person-1", "person-8"]
    driver.admit(people, "p2", employer="employer-2")
    driver.sign(people, "p2", driver.rival)
    driver.assign(people, "p2", driver.rival)
    assert outcomes(driver.enrol(people, "p2", driver.rival, starts_on=LAST_DAY)) == ["accepted"] * 2
    return driver
