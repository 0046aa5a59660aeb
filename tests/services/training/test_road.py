"""The main road of training, from the approved project to the completed run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from shared.contracts.registry import eligibility
from shared.contracts.training import credits, enrolments, projects, results
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from tests.services.training.world import LAST_DAY, START, World, assessment, certificate, outcomes


def test_projects_and_rosters_come_in_any_order_in_parts_and_twice(world: World) -> None:
    world.admit(["person-0"], part=(2, 2))
    world.approve()
    world.admit(["person-1", "person-0"], part=(1, 2))
    world.approve()
    project = world.harness.call(world.employer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert (project.admitted, project.state, project.enrolled) == (2, "approved", 0)


def test_a_run_goes_from_enrolment_to_completion_and_tells_it(world: World) -> None:
    first, second, third = world.running(3)
    world.teach([first, second])
    world.harness.move_clock(LAST_DAY)
    rows = [assessment(1, first), assessment(2, second, result="failed", pass_certificate=None)]
    assert outcomes(world.assess(rows)) == ["accepted"] * 2
    assert outcomes(world.leave([third], date(2023, 1, 10), "illness")) == ["accepted"]
    world.photograph()
    assert outcomes(world.certify([certificate(1, first, "C-1")], world.provider)) == ["accepted"]
    completed = world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", LAST_DAY))
    assert (completed.passed, completed.failed, completed.left) == (1, 1, 1)

    page = world.harness.call(world.subsidy, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
    assert page.training_completed and page.textbooks_filed
    by_id = {outcome.enrolment_id: outcome for outcome in page.enrolments}
    assert [by_id[id].result for id in (first, second, third)] == ["passed", "failed", "left"]
    assert [by_id[id].months_trained for id in (first, third)] == [24, 6]
    found = by_id[first].certificate
    assert found is not None and found.number == "C-1" and by_id[first].appraisable

    [opened] = world.harness.told(projects.COURSE_RUN_OPENED)
    [established] = world.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    [assessed] = world.harness.told(results.LEARNERS_ASSESSED)
    [ended] = world.harness.told(projects.COURSE_RUN_COMPLETED)
    assert (opened.on, ended.on) == (START, LAST_DAY)
    assert {entry.enrolment_id for entry in established.enrolments} == {first, second, third}
    assert (assessed.passed, assessed.failed, assessed.left) == (1, 1, 1)
    project = world.harness.call(world.officer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert (project.state, project.certified, project.attrition, project.ends_on) == ("completed", 1, "1/3", LAST_DAY)


def test_2500_enrolments_are_told_in_parts_of_at_most_1000_and_the_run_opens_once(world: World) -> None:
    people = [f"person-{number}" for number in range(2500)]
    world.ready(people)
    assert outcomes(world.enrol(people[:2])) == ["accepted"] * 2
    assert outcomes(world.enrol(people)) == ["unchanged"] * 2 + ["accepted"] * 2498
    told = world.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    assert [len(event.enrolments) for event in told] == [2, 1000, 1000, 498]
    assert len(world.harness.told(projects.COURSE_RUN_OPENED)) == 1


def test_the_same_request_id_enrols_once(world: World) -> None:
    world.ready(["person-0"])
    first = world.enrol(["person-0"], request_id="once")
    assert world.enrol(["person-0"], request_id="once") == first
    assert len(world.harness.told(enrolments.ENROLMENTS_ESTABLISHED)) == 1


def test_enrolments_show_hours_credits_and_why(world: World) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment], classroom=129, workplace=40)
    [shown] = world.harness.call(world.provider, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p1")).enrolments
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


def test_enrolments_are_listed_page_by_page(world: World) -> None:
    enrolled = world.running(3)
    seen, cursor = [], None
    while True:
        page = world.harness.call(
            world.employer, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p1", cursor=cursor, limit=2)
        )
        seen += [entry.enrolment_id for entry in page.enrolments]
        cursor = page.cursor
        if cursor is None:
            break
    assert seen == sorted(enrolled)


def test_a_run_with_missing_results_is_not_complete_and_says_how_many(world: World) -> None:
    first, _, _ = world.running(3)
    world.teach([first])
    world.passed([first], START)
    with pytest.raises(Conflict) as refusal:
        world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))
    assert refusal.value.details["missing"] == 2
    assert world.harness.told(projects.COURSE_RUN_COMPLETED) == []
    project = world.harness.call(world.employer, projects.GET_PROJECT, projects.GetProject("p1"))
    assert project.state == "running"


def test_a_run_is_completed_once_and_then_takes_nobody(world: World) -> None:
    [enrolment] = world.running(1)
    world.teach([enrolment])
    world.passed([enrolment], START)
    world.photograph()
    with pytest.raises(InvalidRequest):
        world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START + timedelta(days=1)))
    world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))
    with pytest.raises(Conflict):
        world.harness.call(world.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", START))
    with pytest.raises(Conflict):
        world.enrol(["person-9"])
    assert len(world.harness.told(projects.COURSE_RUN_COMPLETED)) == 1


def test_funding_counts_for_those_in_training_or_passed_and_not_for_those_who_left(world: World) -> None:
    _, leaver = world.running(2)
    world.leave([leaver])
    question = enrolments.AskFunded("apprenticeship", ("person-0", "person-1", "nobody"))
    answer = world.harness.call(world.subsidy, enrolments.ASK_FUNDED, question)
    assert answer.funded == (eligibility.Funded("person-0", "6-18-01", "advanced"),)


def test_others_find_neither_the_project_nor_its_people(world: World) -> None:
    world.running(1)
    for speaker in (world.rival, world.stranger):
        with pytest.raises(NotFound):
            world.harness.call(speaker, projects.GET_PROJECT, projects.GetProject("p1"))
        with pytest.raises(NotFound):
            world.harness.call(speaker, enrolments.LIST_ENROLMENTS, enrolments.ListEnrolments("p1"))
    with pytest.raises(NotFound):
        world.enrol(["person-0"], speaker=world.rival)
    with pytest.raises(NotFound):
        world.harness.call(world.stranger, credits.APPROVE_EXTRA_CREDITS, credits.ApproveExtraCredits("p1", ("x",)))
    with pytest.raises(NotPermitted):
        world.enrol(["person-0"], speaker=world.provider)
    with pytest.raises(NotPermitted):
        world.harness.call(world.employer, results.ASK_OUTCOMES, results.AskOutcomes("p1"))
