"""Occupational certificates: for whom, from whom, and which of several stands (APP-13, 34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.contracts.registry import catalogues
from tests.services.training.driver import (
    START,
    Driver,
    certificate,
    outcomes,
)


@pytest.mark.parametrize("registered", [True, False])
def test_a_self_issued_certificate_says_whether_its_issuer_was_registered(driver: Driver, registered: bool) -> None:
    [enrolment] = driver.running(1)
    driver.harness.answers(catalogues.ASK_SELF_EVALUATION, lambda _: catalogues.SelfEvaluation(registered))
    own = certificate(1, enrolment, "C-1", issued_on=START, self_issued=True)
    assert outcomes(driver.certify([own, replace(own, row=2, number="C-2", level=None)])) == ["accepted", "refused"]
    [outcome] = driver.outcome_page().enrolments
    assert outcome.certificate is not None and outcome.certificate.issuer_registered is registered


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("skill_level_certificate", "refused"), ("qualification", "refused"), ("special_ability", "accepted")],
)
def test_a_certificate_of_a_kind_that_has_levels_names_its_own(driver: Driver, kind: str, outcome: str) -> None:
    [enrolment] = driver.running(1)
    row = certificate(1, enrolment, "C-1", issued_on=START, kind=kind, level=None)
    [answer] = driver.certify([row])
    assert (answer.outcome, answer.field) == (outcome, "level" if outcome == "refused" else None)
    if outcome == "refused":
        assert outcomes(driver.certify([replace(row, level="advanced")])) == ["accepted"]


def test_certificates_are_for_people_enrolled_and_already_issued(driver: Driver) -> None:
    first, leaver = driver.running(2)
    driver.leave([leaver])
    rows = [
        certificate(1, "nobody", "C-1", issued_on=START),
        certificate(2, leaver, "C-2", issued_on=START),
        certificate(3, first, "C-3", issued_on=START + timedelta(days=1)),
    ]
    answers = driver.certify(rows)
    assert [answer.field for answer in answers] == ["enrolment_id", "enrolment_id", "issued_on"]


def test_of_several_certificates_the_highest_of_the_occupation_stands(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    rows = [
        certificate(1, enrolment, "C-1", issued_on=START, level="intermediate"),
        certificate(2, enrolment, "C-2", issued_on=START, level="advanced"),
        certificate(3, enrolment, "C-3", issued_on=START, level="technician", occupation="6-99-99"),
    ]
    assert outcomes(driver.certify(rows)) == ["accepted"] * 3
    [outcome] = driver.outcome_page().enrolments
    assert outcome.certificate is not None and outcome.certificate.number == "C-2"
