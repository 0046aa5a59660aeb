"""Certificates that come after the final claim change nothing, or are claimed for once, as is read (INT-33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.training import results
from shared.errors import Conflict, PolicyNotMet
from tests.rules.policy import beijing
from tests.services.subsidy.driver import ASSESSED, Driver, Training, yuan
from tests.services.subsidy.rules.advanced import advanced

WITHIN = beijing().whole("certificate.supplementary_days", ASSESSED)


def certify(driver: Driver, on: date, *places: int) -> None:
    """Training hears of certificates issued on that day."""
    page = driver.outcomes["project-1"]
    shape = results.CertificateShape("skill_level_certificate", "6-18-01-01", "C-late", on, "advanced", False, False)
    enrolments = tuple(
        replace(one, certificate=shape) if place in places else one for place, one in enumerate(page.enrolments)
    )
    driver.outcomes["project-1"] = replace(page, enrolments=enrolments)


def late(driver: Driver, **settings: str) -> None:
    """Two passed without certificate and were paid; then the first one's certificate is issued."""
    what = Training(results=("uncertified", "uncertified"))
    advanced(driver, what, **settings)
    driver.pay(driver.submit("final").claim_id)
    certify(driver, ASSESSED + timedelta(days=1), 0)


def test_a_certificate_after_the_final_claim_changes_nothing_by_default(driver: Driver) -> None:
    late(driver)
    driver.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(PolicyNotMet) as refusal:
        driver.submit("supplementary")
    assert [one["rule"] for one in refusal.value.details["findings"] if one["outcome"] == "unmet"] == ["APP-19"]


def test_its_difference_is_claimed_once_within_the_days_where_so_read(driver: Driver) -> None:
    late(driver, certificate_when="supplementary")
    driver.harness.move_clock(ASSESSED + timedelta(days=WITHIN))
    more = driver.pay(driver.submit("supplementary").claim_id)
    assert (more.kind, more.persons, more.amount, more.state) == ("supplementary", 1, yuan("1800.00"), "paid")
    with pytest.raises((Conflict, PolicyNotMet)):
        driver.submit("supplementary")
    assert driver.prove().differences == ()
    driver.fraud(0)
    assert driver.clawbacks().total == yuan("12000.00")
    assert driver.prove().differences == ()


def test_the_day_after_is_too_late(driver: Driver) -> None:
    late(driver, certificate_when="supplementary")
    driver.harness.move_clock(ASSESSED + timedelta(days=WITHIN + 1))
    with pytest.raises(PolicyNotMet, match="所列各条"):
        driver.submit("supplementary")


def test_a_late_certificate_that_changes_no_amount_is_not_claimed_for(driver: Driver) -> None:
    late(driver, certificate_when="supplementary")
    page = driver.outcomes["project-1"]
    first, *others = page.enrolments
    assert first.certificate is not None
    lower = replace(first, certificate=replace(first.certificate, level="intermediate"))
    driver.outcomes["project-1"] = replace(page, enrolments=(lower, *others))
    driver.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(Conflict, match="没有可补充申领的差额"):
        driver.submit("supplementary")


def test_nothing_is_supplemented_before_the_balance_is_settled(driver: Driver) -> None:
    what = Training(results=("uncertified",))
    advanced(driver, what, certificate_when="supplementary")
    driver.submit("final")
    certify(driver, ASSESSED + timedelta(days=1), 0)
    driver.harness.move_clock(ASSESSED + timedelta(days=2))
    with pytest.raises(PolicyNotMet):
        driver.submit("supplementary")
