"""The textbooks' deadline: set, moved, closed and told (APP-16, X-13)."""

from __future__ import annotations

from datetime import date

from shared.contracts.training import preparation, projects
from tests.services.training.driver import START, Driver


def test_the_textbooks_deadline_is_set_moved_with_the_start_and_closed_once(driver: Driver) -> None:
    driver.approve(starts_on=date(2022, 7, 1))
    [told] = driver.harness.told(projects.DEADLINE_SET)
    assert (told.name, told.party, told.organisation_id, told.subject_id) == (
        "textbooks_filed",
        "employer",
        "employer-1",
        "p1",
    )
    assert (told.due_on, told.document) == (date(2022, 7, 1), driver.document)
    driver.approve(starts_on=date(2022, 7, 1))
    driver.ready_but_for_textbooks(["person-0"])
    driver.enrol(["person-0"])
    _, moved = driver.harness.told(projects.DEADLINE_SET)
    assert (moved.deadline_id, moved.due_on) == (told.deadline_id, START)
    for _ in range(2):
        driver.call(driver.employer, preparation.FILE_TEXTBOOKS, preparation.FileTextbooks("p1", ("车工工艺",)))
    [closed] = driver.harness.told(projects.DEADLINE_CLOSED)
    assert (closed.deadline_id, closed.outcome) == (told.deadline_id, "met")


def test_what_was_never_filed_is_no_longer_asked_when_the_run_is_over(driver: Driver) -> None:
    driver.approve()
    driver.ready_but_for_textbooks(["person-0"])
    [enrolled] = driver.enrol(["person-0"])
    driver.leave([enrolled.id or ""])
    driver.photograph()
    driver.complete(START)
    [closed] = driver.harness.told(projects.DEADLINE_CLOSED)
    assert closed.outcome == "dropped"
    assert driver.waiting(driver.employer) == ()
