"""Agreements: dated, replaced by later ones, each with all its items (APP-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.contracts.training import preparation
from shared.errors import InvalidRequest
from shared.money import Money
from tests.services.training.driver import (
    COOPERATION_ITEMS,
    START,
    TRAINING_ITEMS,
    Driver,
    said,
)


def test_an_agreement_that_leaves_something_open_bars_the_people_whom_it_names(driver: Driver) -> None:
    driver.ready(["person-0", "person-1"])
    partial = preparation.TrainingAgreement("p1", "individual", ("person-1",), TRAINING_ITEMS[1:], START)
    driver.call(driver.employer, preparation.RECORD_TRAINING_AGREEMENT, partial)
    first, second = driver.enrol(["person-0", "person-1"])
    assert first.outcome == "accepted" and "培训目标" in said(second)


def test_a_later_cooperation_agreement_replaces_the_earlier_one(driver: Driver) -> None:
    driver.ready(["person-0"])
    partial = preparation.CooperationAgreement("p1", COOPERATION_ITEMS[:-1], START, Money.yuan(1))
    driver.call(driver.employer, preparation.RECORD_COOPERATION_AGREEMENT, partial)
    assert "双方责任" in said(driver.enrol(["person-0"])[0])


def test_agreements_are_dated_and_an_individual_one_names_one_person(driver: Driver) -> None:
    driver.approve()
    later = preparation.TrainingAgreement("p1", "individual", ("a",), TRAINING_ITEMS, START + timedelta(days=1))
    two = preparation.TrainingAgreement("p1", "individual", ("a", "b"), TRAINING_ITEMS, START)
    for request in (later, two):
        with pytest.raises(InvalidRequest):
            driver.call(driver.employer, preparation.RECORD_TRAINING_AGREEMENT, request)
