"""Enrolments as they are read: with hours, credits and reasons, page by page, in reach only."""

from __future__ import annotations

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.training import credits, enrolments, results
from shared.errors import NotFound, NotPermitted
from tests.services.training.driver import Driver


def test_enrolments_show_hours_credits_and_why(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    driver.teach([enrolment], classroom=129, workplace=40)
    [shown] = driver.enrolments(driver.provider)
    assert (shown.classroom_hours, shown.workplace_hours, shown.credits) == (129, 40, 12 + 4)
    assert [decision.verdict for decision in shown.decisions] == ["met", "met"]
    assert {finding.rule for finding in shown.decisions[0].findings} == {
        "APP-10",
        "APP-11",
        "APP-14",
        "APP-16",
        "APP-24",
        "APP-26",
        "APP-27",
        "X-1",
    }
    assert {finding.rule for finding in shown.decisions[1].findings} == {"APP-25"}


def test_enrolments_are_listed_page_by_page(driver: Driver) -> None:
    enrolled = driver.running(3)
    seen, cursor = [], None
    while True:
        page = driver.call(
            driver.employer, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p1", cursor=cursor, limit=2)
        )
        seen += [entry.enrolment_id for entry in page.enrolments]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == sorted(enrolled)


def test_funding_counts_for_those_in_training_or_passed_and_not_for_those_who_left(driver: Driver) -> None:
    _, leaver = driver.running(2)
    driver.leave([leaver])
    question = enrolments.AskFunded("apprenticeship", ("person-0", "person-1", "nobody"))
    answer = driver.call(driver.subsidy, enrolments.ASK_FUNDED, question)
    assert answer.funded == (eligibility.Funded("person-0", "6-18-01", "advanced"),)


def test_others_find_neither_the_project_nor_its_people(driver: Driver) -> None:
    driver.running(1)
    for speaker in (driver.rival, driver.stranger):
        with pytest.raises(NotFound):
            driver.project(speaker)
        with pytest.raises(NotFound):
            driver.call(speaker, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p1"))
    with pytest.raises(NotFound):
        driver.enrol(["person-0"], speaker=driver.rival)
    with pytest.raises(NotFound):
        driver.call(driver.stranger, credits.APPROVE_EXTRA_CREDITS, credits.ApproveExtraCredits("p1", ("x",)))
    with pytest.raises(NotPermitted):
        driver.enrol(["person-0"], speaker=driver.provider)
    with pytest.raises(NotPermitted):
        driver.call(driver.employer, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
