"""Fraud, heard in any order: who is annulled, and who is barred (APP-27)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.contracts.review import oversight
from shared.contracts.training import circumstances, credits, enrolments
from tests.services.harness import CHAOYANG
from tests.services.training.driver import START, TAUGHT, Driver, certificate, outcomes


def fraud(*people: str, part: tuple[int, int] = (1, 1), inquiry: str = "inquiry-1") -> oversight.FraudConfirmed:
    return oversight.FraudConfirmed(
        inquiry_id=inquiry,
        project_id="p1",
        programme="apprenticeship",
        district=CHAOYANG,
        employer_id="employer-1",
        provider_id="provider-1",
        on=START,
        whole_project=not people,
        part=part[0],
        parts=part[1],
        person_ids=people,
    )


def hours(driver: Driver, enrolment: str, on: date) -> str:
    row = credits.CreditRow(1, enrolment, on, "classroom", "theory", "classroom", 8)
    return outcomes(driver.call(driver.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", (row,))).rows)[0]


def test_named_persons_are_annulled_and_nothing_of_them_counts_any_more(driver: Driver) -> None:
    guilty, second, innocent = driver.running(3)
    driver.teach([guilty, second, innocent])
    driver.passed([guilty, innocent], TAUGHT)
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0", part=(1, 2)))
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-1", part=(2, 2)), sequence=2)
    page = driver.outcome_page()
    annulled = {outcome.enrolment_id: outcome.annulled for outcome in page.enrolments}
    assert annulled == {guilty: True, second: True, innocent: False}
    assert hours(driver, second, START) == "refused"
    assert outcomes(driver.passed([second], TAUGHT)) == ["refused"]
    assert outcomes(driver.leave([second])) == ["refused"]
    rows = [certificate(1, guilty, "C-1", issued_on=START), certificate(2, innocent, "C-2", issued_on=START)]
    assert outcomes(driver.certify(rows)) == ["refused", "accepted"]
    project = driver.project()
    assert (project.enrolled, project.annulled, project.certified) == (1, 2, 1)
    told = driver.harness.told(circumstances.CIRCUMSTANCES_CHANGED)
    assert [(event.kind, event.enrolments[0].enrolment_id) for event in told] == [
        ("annulled", guilty),
        ("annulled", second),
    ]
    driver.photograph()
    assert driver.complete().passed == 1


def test_annulled_enrolments_hold_no_place_and_are_no_earlier_funding(driver: Driver) -> None:
    driver.running(1)
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0"))
    funded = driver.call(driver.subsidy, enrolments.ASK_FUNDED, enrolments.AskFunded("apprenticeship", ("person-0",)))
    assert funded.funded == ()
    [answer] = driver.enrol(["person-0"])
    assert "APP-27" in (answer.message or "")
    driver.ready(["person-0"], "p2", driver.rival)
    assert outcomes(driver.enrol(["person-0"], "p2", driver.rival)) == ["accepted"]


@pytest.mark.parametrize("people", [("person-1",), ()], ids=["named", "everybody"])
def test_fraud_heard_before_anything_else_bars_those_whom_it_means(driver: Driver, people: tuple[str, ...]) -> None:
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud(*people))
    driver.ready(["person-0", "person-1"])
    barred = ["accepted", "refused"] if people else ["refused", "refused"]
    assert outcomes(driver.enrol(["person-0", "person-1"])) == barred


def test_a_whole_project_is_annulled_once_by_two_inquiries(driver: Driver) -> None:
    driver.running(2)
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0"))
    driver.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-2", fraud(inquiry="inquiry-2"))
    told = driver.harness.told(circumstances.CIRCUMSTANCES_CHANGED)
    assert [len(event.enrolments) for event in told] == [1, 1]
    project = driver.project()
    assert (project.enrolled, project.annulled) == (0, 2)


def test_nobody_slips_in_between_while_fraud_is_confirmed(driver: Driver) -> None:
    people = [f"person-{number}" for number in range(40)]
    driver.ready(people)
    together = threading.Barrier(2)

    def enrol(person: str) -> None:
        together.wait(timeout=30)
        driver.enrol([person])

    def confirm(person: str) -> None:
        together.wait(timeout=30)
        driver.harness.hear(oversight.FRAUD_CONFIRMED, person, fraud(person, inquiry=f"inquiry-{person}"))

    with ThreadPoolExecutor(2) as pool:
        for person in people:
            for done in [pool.submit(enrol, person), pool.submit(confirm, person)]:
                done.result()
    project = driver.project()
    assert project.enrolled == 0


def test_the_database_knows_annulled_and_nothing_else_new(driver: Driver) -> None:
    [enrolment] = driver.running(1)
    with driver.harness.database.engine.begin() as connection:
        connection.execute(text("UPDATE enrolments SET state = 'annulled' WHERE id = :id"), {"id": enrolment})
    with (
        pytest.raises(IntegrityError, match="ck_enrolments_state"),
        driver.harness.database.engine.begin() as connection,
    ):
        connection.execute(text("UPDATE enrolments SET state = 'gone' WHERE id = :id"), {"id": enrolment})
