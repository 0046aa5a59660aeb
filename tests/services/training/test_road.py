"""The main road of training, from the approved project to the completed run."""

from __future__ import annotations

from datetime import date

from shared.contracts.training import enrolments, projects, results
from tests.services.training.driver import LAST_DAY, START, Driver, assessment, certificate, outcomes


def test_projects_and_rosters_come_in_any_order_in_parts_and_twice(driver: Driver) -> None:
    driver.admit(["person-0"], part=(2, 2))
    driver.approve()
    driver.admit(["person-1", "person-0"], part=(1, 2))
    driver.approve()
    project = driver.project(driver.employer)
    assert (project.admitted, project.state, project.enrolled) == (2, "approved", 0)


def test_a_run_goes_from_enrolment_to_completion_and_tells_it(driver: Driver) -> None:
    first, second, third = driver.running(3)
    driver.teach([first, second])
    driver.harness.move_clock(LAST_DAY)
    rows = [assessment(1, first), assessment(2, second, result="failed", pass_certificate=None)]
    assert outcomes(driver.assess(rows)) == ["accepted"] * 2
    assert outcomes(driver.leave([third], date(2023, 1, 10), "illness")) == ["accepted"]
    driver.photograph()
    assert outcomes(driver.certify([certificate(1, first, "C-1")], driver.provider)) == ["accepted"]
    completed = driver.call(driver.employer, projects.COMPLETE_RUN, projects.CompleteRun("p1", LAST_DAY))
    assert (completed.passed, completed.failed, completed.left) == (1, 1, 1)

    page = driver.outcome_page()
    assert page.training_completed and page.textbooks_filed
    by_id = {outcome.enrolment_id: outcome for outcome in page.enrolments}
    assert [by_id[id].result for id in (first, second, third)] == ["passed", "failed", "left"]
    assert [by_id[id].months_trained for id in (first, third)] == [24, 6]
    found = by_id[first].certificate
    assert found is not None and found.number == "C-1" and by_id[first].appraisable

    [opened] = driver.harness.told(projects.COURSE_RUN_OPENED)
    [established] = driver.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    [assessed] = driver.harness.told(results.LEARNERS_ASSESSED)
    [ended] = driver.harness.told(projects.COURSE_RUN_COMPLETED)
    assert (opened.on, ended.on) == (START, LAST_DAY)
    assert {entry.enrolment_id for entry in established.enrolments} == {first, second, third}
    assert (assessed.passed, assessed.failed, assessed.left) == (1, 1, 1)
    project = driver.project()
    assert (project.state, project.certified, project.attrition, project.ends_on) == ("completed", 1, "1/3", LAST_DAY)


def test_2500_enrolments_are_told_in_parts_of_at_most_1000_and_the_run_opens_once(driver: Driver) -> None:
    people = [f"person-{number}" for number in range(2500)]
    driver.ready(people)
    assert outcomes(driver.enrol(people[:2])) == ["accepted"] * 2
    assert outcomes(driver.enrol(people)) == ["unchanged"] * 2 + ["accepted"] * 2498
    told = driver.harness.told(enrolments.ENROLMENTS_ESTABLISHED)
    assert [len(event.enrolments) for event in told] == [2, 1000, 1000, 498]
    assert len(driver.harness.told(projects.COURSE_RUN_OPENED)) == 1


def test_the_same_request_id_enrols_once(driver: Driver) -> None:
    driver.ready(["person-0"])
    first = driver.enrol(["person-0"], request_id="once")
    assert driver.enrol(["person-0"], request_id="once") == first
    assert len(driver.harness.told(enrolments.ENROLMENTS_ESTABLISHED)) == 1
