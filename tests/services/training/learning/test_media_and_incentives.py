"""Pictures by reference, and what was given to whom (APP-32, 33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shared.contracts.training import credits, learning, preparation
from shared.errors import InvalidRequest, NotPermitted
from shared.money import Money
from tests.services.training.driver import START, TAUGHT, TRAINING_ITEMS, Driver, outcomes, said


def test_a_picture_counts_once_and_not_before_it_is_taken(driver: Driver) -> None:
    driver.running(1)
    assert outcomes(driver.photograph()) == ["accepted"]
    assert outcomes(driver.photograph()) == ["unchanged"]
    row = learning.MediaRow(1, "video", START + timedelta(days=1), f"sha256:{'1' * 64}")
    rows = (row, replace(row, row=2, on=date(2022, 6, 9), file=f"sha256:{'2' * 64}"))
    answers = driver.call(driver.employer, learning.RECORD_MEDIA, learning.RecordMedia("p1", rows)).rows
    assert [answer.field for answer in answers] == ["on", "on"]


def test_a_picture_is_a_file_that_a_party_uploaded_itself(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    mine, theirs = driver.picture(driver.provider), driver.picture(driver.employer, b"of the employer")
    video = driver.picture(driver.provider, b"video", "video/mp4")
    sheet = driver.picture(driver.provider, b"sheet", "application/pdf")
    photo = learning.MediaRow(1, "photo", START, f"sha256:{'1' * 64}")
    files = (photo.file, theirs, sheet, video, mine)
    rows = tuple(replace(photo, row=number, file=file) for number, file in enumerate(files, start=1))
    answers = driver.call(driver.provider, learning.RECORD_MEDIA, learning.RecordMedia("p1", rows)).rows
    assert [(answer.outcome, answer.field) for answer in answers] == [("refused", "file")] * 4 + [("accepted", None)]
    assert "上传" in said(answers[0])
    row = credits.CreditRow(1, enrolment, START, "classroom", "theory", "classroom", 8, media=photo.file)
    assert driver.record_hours([row])[0].field == "media"
    assert driver.record_hours([replace(row, media=sheet)])[0].field == "media"
    assert outcomes(driver.record_hours([replace(row, media=video)])) == ["accepted"]


@pytest.mark.parametrize("whose", ["nobody", "employer"])
def test_the_scan_of_an_agreement_is_here_or_isnt_named(driver: Driver, whose: str) -> None:
    driver.approve()
    scan = driver.picture(driver.employer) if whose == "employer" else f"sha256:{'1' * 64}"
    agreement = preparation.TrainingAgreement("p1", "individual", ("person-0",), TRAINING_ITEMS, START, scan)
    if whose == "employer":
        driver.call(driver.employer, preparation.RECORD_TRAINING_AGREEMENT, agreement)
        return
    with pytest.raises(InvalidRequest, match="更正"):
        driver.call(driver.employer, preparation.RECORD_TRAINING_AGREEMENT, agreement)


def test_incentives_are_given_to_people_of_the_project_and_shown_with_the_result(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    good = learning.IncentiveRow(1, "scholarship", START, enrolment, Money.yuan(500))
    rows = (
        good,
        learning.IncentiveRow(2, "mentor_allowance", START, "m-employer-1", Money.yuan(300)),
        learning.IncentiveRow(3, "mentor_appointment", START, "i-provider-1"),
        replace(good, row=4, to_id="m-employer-1"),
        learning.IncentiveRow(5, "mentor_allowance", START, enrolment),
        replace(good, row=6, amount=Money(0), words="无"),
        replace(good, row=7),
    )
    request = learning.RecordIncentives("p1", rows)
    answers = driver.call(driver.employer, learning.RECORD_INCENTIVES, request).rows
    assert [answer.field for answer in answers] == [None, None, None, "to_id", "to_id", "amount", "to_id"]
    driver.teach([enrolment])
    driver.passed([enrolment], TAUGHT)
    [shown] = driver.enrolments()
    found = {finding.rule: finding for decision in shown.decisions for finding in decision.findings}
    assert found["APP-32"].outcome == "met" and "师带徒津贴" in found["APP-32"].compared
    with pytest.raises(NotPermitted):
        driver.call(driver.provider, learning.RECORD_INCENTIVES, request)
