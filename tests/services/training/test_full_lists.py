"""Five thousand rows in one call of each list command of training, one of them twice: answered row by row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import event, insert

from services.training.models import CreditHours
from shared.contracts.common import RowResult
from shared.contracts.schema import codec
from shared.contracts.schema.declare import Method
from shared.contracts.schema.shapes import ROWS_PER_CALL
from shared.contracts.training import circumstances, credits, enrolments, learning, results
from shared.contracts.training import enrolments as training
from shared.money import Money
from shared.store.types import new_id
from tests.services.full_lists import answered, ids, rows_answered
from tests.services.training.driver import LAST_DAY, START, TAUGHT, Driver, assessment, certificate, outcomes

TOPIC = "车工工艺与机械基础、安全生产、职业道德和质量意识综合课程" * 3


def full(driver: Driver) -> list[str]:
    """A run of as many people as a list may name, less one; their enrolment ids."""
    people = ids(ROWS_PER_CALL - 1)
    driver.ready(people)
    rows = tuple(enrolments.EnrolRow(row, person) for row, person in enumerate([*people, people[0]], start=1))
    request = enrolments.EstablishEnrolments("p1", START, rows)
    answers = rows_answered(driver.harness, driver.employer, enrolments.ESTABLISH_ENROLMENTS, request)
    assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    return [str(row["id"]) for row in answers[:-1]]


def accepted(driver: Driver, method: Method[Any, Any], request: object) -> list[str]:
    answers = rows_answered(driver.harness, driver.employer, method, request)
    assert {row["outcome"] for row in answers[:-1]} == {"accepted"}
    return [str(row["id"]) for row in answers[:-1]]


def test_a_whole_training_of_five_thousand_takes_few_statements_a_step(driver: Driver) -> None:
    run = full(driver)
    each = list(enumerate([*run, run[0]], start=1))
    _teach_at_once(driver, run)
    hours = tuple(credits.CreditRow(row, id, START, "classroom", "general", "on_the_job", 8, TOPIC) for row, id in each)
    accepted(driver, credits.RECORD_CREDITS, credits.RecordCredits("p1", hours))
    extra = tuple(credits.ExtraCreditRow(row, id, "bonus", 2, f"技能竞赛获奖（{row % 4999}）") for row, id in each)
    proposed = accepted(
        driver, credits.RECORD_EXTRA_CREDITS, credits.RecordExtraCredits("p1", (*extra[:-1], _again(extra)))
    )
    approve = credits.ApproveExtraCredits("p1", (*proposed, proposed[0]))
    approved = rows_answered(driver.harness, driver.officer, credits.APPROVE_EXTRA_CREDITS, approve)
    assert {row["outcome"] for row in approved[:-1]} == {"accepted"}
    driver.harness.move_clock(LAST_DAY)
    assessed = results.RecordAssessments("p1", tuple(assessment(row, id) for row, id in each))
    driver.call(driver.provider, results.RECORD_ASSESSMENTS, assessed)
    accepted(driver, results.RECORD_ASSESSMENTS, assessed)
    numbers = [*range(1, ROWS_PER_CALL), 1]
    papers = tuple(certificate(row, id, f"Y{number:024d}") for (row, id), number in zip(each, numbers, strict=True))
    accepted(driver, results.RECORD_CERTIFICATES, results.RecordCertificates("p1", papers))


def _teach_at_once(driver: Driver, enrolments: list[str]) -> None:
    """Every hour of the plan in three rows each, as releases before the limit of a day let it be recorded."""
    parts = (("classroom", "general", 80), ("classroom", "theory", 240), ("workplace", "practice", 480))
    common = {"held_on": TAUGHT, "mode": "classroom", "topic": ""}
    with driver.harness.database.engine.begin() as connection:
        connection.execute(
            insert(CreditHours),
            [
                {"id": new_id(), "enrolment_id": id, "part": part, "content": content, "class_hours": hours, **common}
                for id in enrolments
                for part, content, hours in parts
            ],
        )


def _again(rows: tuple[credits.ExtraCreditRow, ...]) -> credits.ExtraCreditRow:
    """The first row once more, as the last."""
    first = rows[0]
    return credits.ExtraCreditRow(ROWS_PER_CALL, first.enrolment_id, first.kind, first.credits, first.reason)


def test_five_thousand_refusals_at_length_still_fit_into_the_answer(driver: Driver) -> None:
    driver.approve()
    people = ids(ROWS_PER_CALL)
    rows = tuple(enrolments.EnrolRow(row, person) for row, person in enumerate(people, start=1))
    request = enrolments.EstablishEnrolments("p1", START, rows)
    answers = answered(driver.harness, driver.employer, enrolments.ESTABLISH_ENROLMENTS, request)["rows"]
    assert {row["outcome"] for row in answers} == {"refused"}
    assert all("APP-24" in row["message"] for row in answers)
    assert all("APP-10" in row["message"] for row in answers)


def test_what_five_thousand_people_were_funded_for_is_one_answer(driver: Driver) -> None:
    full(driver)
    asked = enrolments.AskFunded("apprenticeship", tuple(ids(ROWS_PER_CALL)))
    answer = answered(driver.harness, driver.subsidy, enrolments.ASK_FUNDED, asked)
    assert len(answer["funded"]) == ROWS_PER_CALL - 1


def test_a_page_of_enrolments_with_years_of_decisions_fits_into_a_message(driver: Driver) -> None:
    enrolments = driver.running(200)
    driver.teach(enrolments)
    driver.harness.move_clock(date(2023, 6, 10))
    for month in range(7, 13):
        rows = tuple(learning.WageOfMonth(number, id, Money.yuan(3000)) for number, id in enumerate(enrolments))
        driver.call(driver.employer, learning.RECORD_WAGES, learning.RecordWages("p1", f"2022-{month:02}", rows))
    driver.passed(enrolments, date(2023, 6, 10))
    page = driver.call(driver.officer, training.LIST_ENROLMENTS, training.ListEnrolments("p1"))
    assert len(page.enrolments) == 200
    assert [len(shown.decisions) for shown in page.enrolments] == [5] * 200
    assert len(codec.dumps(codec.write(page)).encode()) < codec.MAX_BODY / 2


def test_5000_rows_take_no_more_statements_than_50(driver: Driver) -> None:
    """Hours, wages and breaks of 5000 people: set by set, whatever their number."""
    counted: list[str] = []
    engine = driver.harness.database.engine
    people = [f"person-{number}" for number in range(5000)]
    driver.ready(people)
    enrolments = [row.id or "" for row in driver.enrol(people)]
    driver.harness.move_clock(START + timedelta(days=40))
    event.listen(engine, "before_cursor_execute", lambda *args: counted.append(args[2]))

    def statements(chosen: list[str]) -> list[int]:
        spent = []
        for doing in (_teach, _pay, _pause):
            counted.clear()
            assert set(outcomes(doing(driver, chosen))) == {"accepted"}
            spent.append(len(counted))
        return spent

    few, many = statements(enrolments[:50]), statements(enrolments[50:])
    # Drivers send long inserts in parts, and what is told comes in parts of 1000.
    assert all(more - less < 60 for less, more in zip(few, many, strict=True)), (few, many)


def _teach(driver: Driver, enrolments: list[str]) -> tuple[RowResult, ...]:
    rows = tuple(
        credits.CreditRow(number, id, START, "workplace", "practice", "on_the_job", 8)
        for number, id in enumerate(enrolments)
    )
    return driver.call(driver.employer, credits.RECORD_CREDITS, credits.RecordCredits("p1", rows)).rows


def _pay(driver: Driver, enrolments: list[str]) -> tuple[RowResult, ...]:
    rows = tuple(learning.WageOfMonth(number, id, Money.yuan(3000)) for number, id in enumerate(enrolments))
    return driver.call(driver.employer, learning.RECORD_WAGES, learning.RecordWages("p1", "2022-06", rows)).rows


def _pause(driver: Driver, enrolments: list[str]) -> tuple[RowResult, ...]:
    first, expected = START + timedelta(days=1), START + timedelta(days=9)
    return driver.change(
        [
            circumstances.CircumstanceRow(number, id, "break", first, expected, "personal")
            for number, id in enumerate(enrolments)
        ]
    )
