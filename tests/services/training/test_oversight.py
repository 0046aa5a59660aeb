"""Blocks and fraud, as training hears of them in any order: what stands still, what is annulled (APP-26, APP-27)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import get_args

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from shared.contracts.review import oversight
from shared.contracts.training import circumstances, credits, enrolments, learning, projects, results
from tests.services.harness import CHAOYANG
from tests.services.training.world import LAST_DAY, START, World, assessment, certificate, outcomes

FROM = START + timedelta(days=30)
LIFTED = START + timedelta(days=60)


def block(on: date, kind: oversight.BlockKind = "suspension", project_id: str = "p1") -> oversight.BlockTold:
    return oversight.BlockTold("block-1", kind, project_id, "apprenticeship", CHAOYANG, "employer-1", "provider-1", on)


def suspend(world: World) -> None:
    world.harness.hear(oversight.CASE_BLOCKED, "block-1", block(FROM))


def lift(world: World) -> None:
    world.harness.hear(oversight.CASE_UNBLOCKED, "block-1", block(LIFTED), sequence=2)


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


def hours(world: World, enrolment: str, on: date) -> str:
    row = credits.CreditRow(1, enrolment, on, "classroom", "theory", "classroom", 8)
    return outcomes(
        world.harness.call(world.provider, credits.RECORD_CREDITS, credits.RecordCredits("p1", (row,))).rows
    )[0]


@pytest.mark.parametrize("lifted_first", [False, True])
def test_hours_of_suspended_days_are_refused_in_whatever_order_it_was_heard(world: World, lifted_first: bool) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LAST_DAY)
    for tell in (lift, suspend) if lifted_first else (suspend, lift):
        tell(world)
    days = [FROM - timedelta(days=1), FROM, LIFTED - timedelta(days=1), LIFTED]
    assert [hours(world, enrolment, day) for day in days] == ["accepted", "refused", "refused", "accepted"]


def test_nobody_is_assessed_or_enrolled_while_training_stands_still(world: World) -> None:
    [enrolment] = world.running(1)
    world.harness.move_clock(LAST_DAY)
    suspend(world)
    failed = assessment(1, enrolment, result="failed", pass_certificate=None)
    [answer] = world.assess([failed])
    assert answer.field == "assessed_on" and "APP-26" in (answer.message or "")
    world.admit(["person-9"])
    world.assign(["person-9"])
    [answer] = world.enrol(["person-9"], starts_on=LAST_DAY)
    assert "APP-26" in (answer.message or "")
    lift(world)
    assert outcomes(world.assess([failed])) == ["accepted"]


@pytest.mark.parametrize("kind", sorted({*get_args(oversight.BlockKind)} - {"suspension"}))
def test_a_block_on_money_alone_stops_no_training_and_is_seen_in_the_list(
    world: World, kind: oversight.BlockKind
) -> None:
    [enrolment] = world.running(1)
    world.harness.hear(oversight.CASE_BLOCKED, "block-1", block(START, kind))
    assert hours(world, enrolment, START) == "accepted"

    def listed(blocked: bool) -> int:
        request = learning.ListProjects(blocked=blocked)
        return len(world.harness.call(world.officer, learning.LIST_PROJECTS, request).projects)

    assert (listed(True), listed(False)) == (1, 0)
    world.harness.hear(oversight.CASE_UNBLOCKED, "block-1", block(START, kind), sequence=2)
    assert (listed(True), listed(False)) == (0, 1)


def test_named_persons_are_annulled_and_nothing_of_them_counts_any_more(world: World) -> None:
    guilty, second, innocent = world.running(3)
    world.teach([guilty, second, innocent])
    world.passed([guilty, innocent], START)
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0", part=(1, 2)))
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-1", part=(2, 2)), sequence=2)
    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    annulled = {outcome.enrolment_id: outcome.annulled for outcome in page.enrolments}
    assert annulled == {guilty: True, second: True, innocent: False}
    assert hours(world, second, START) == "refused"
    assert outcomes(world.passed([second], START)) == ["refused"]
    assert outcomes(world.leave([second])) == ["refused"]
    rows = [certificate(1, guilty, "C-1", issued_on=START), certificate(2, innocent, "C-2", issued_on=START)]
    assert outcomes(world.certify(rows)) == ["refused", "accepted"]
    project = world.harness.call(world.officer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert (project.enrolled, project.annulled, project.certified) == (1, 2, 1)
    told = world.harness.told(circumstances.CIRCUMSTANCES_CHANGED)
    assert [(event.kind, event.enrolments[0].enrolment_id) for event in told] == [
        ("annulled", guilty),
        ("annulled", second),
    ]
    world.photograph()
    assert world.complete().passed == 1


def test_annulled_enrolments_hold_no_place_and_are_no_earlier_funding(world: World) -> None:
    world.running(1)
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0"))
    funded = world.harness.call(
        world.subsidy, enrolments.ASK_FUNDED, enrolments.AskFunded("apprenticeship", ("person-0",))
    )
    assert funded.funded == ()
    [answer] = world.enrol(["person-0"])
    assert "APP-27" in (answer.message or "")
    world.ready(["person-0"], "p2", world.rival)
    assert outcomes(world.enrol(["person-0"], "p2", world.rival)) == ["accepted"]


@pytest.mark.parametrize("people", [("person-1",), ()], ids=["named", "everybody"])
def test_fraud_heard_before_anything_else_bars_those_whom_it_means(world: World, people: tuple[str, ...]) -> None:
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud(*people))
    world.ready(["person-0", "person-1"])
    barred = ["accepted", "refused"] if people else ["refused", "refused"]
    assert outcomes(world.enrol(["person-0", "person-1"])) == barred


def test_a_whole_project_is_annulled_once_by_two_inquiries(world: World) -> None:
    world.running(2)
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-1", fraud("person-0"))
    world.harness.hear(oversight.FRAUD_CONFIRMED, "inquiry-2", fraud(inquiry="inquiry-2"))
    told = world.harness.told(circumstances.CIRCUMSTANCES_CHANGED)
    assert [len(event.enrolments) for event in told] == [1, 1]
    project = world.harness.call(world.officer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert (project.enrolled, project.annulled) == (0, 2)


def test_nobody_slips_in_between_while_fraud_is_confirmed(world: World) -> None:
    people = [f"person-{number}" for number in range(40)]
    world.ready(people)
    together = threading.Barrier(2)

    def enrol(person: str) -> None:
        together.wait(timeout=30)
        world.enrol([person])

    def confirm(person: str) -> None:
        together.wait(timeout=30)
        world.harness.hear(oversight.FRAUD_CONFIRMED, person, fraud(person, inquiry=f"inquiry-{person}"))

    with ThreadPoolExecutor(2) as pool:
        for person in people:
            for done in [pool.submit(enrol, person), pool.submit(confirm, person)]:
                done.result()
    project = world.harness.call(world.officer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert project.enrolled == 0


def test_the_database_knows_annulled_and_nothing_else_new(world: World) -> None:
    [enrolment] = world.running(1)
    with world.harness.database.engine.begin() as connection:
        connection.execute(text("UPDATE enrolments SET state = 'annulled' WHERE id = :id"), {"id": enrolment})
    with (
        pytest.raises(IntegrityError, match="ck_enrolments_state"),
        world.harness.database.engine.begin() as connection,
    ):
        connection.execute(text("UPDATE enrolments SET state = 'gone' WHERE id = :id"), {"id": enrolment})
