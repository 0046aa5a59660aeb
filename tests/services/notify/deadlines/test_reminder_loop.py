"""Every deadline is reminded of, once each time, by the business date, in whatever order it was told (X-13)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.notify.models import ReminderRow
from services.notify.rules.reminders import PASSED
from services.notify.service import NotifyService
from shared.contracts.common import DeadlineClosed, DeadlineSet
from shared.contracts.kernel.settlement import SETTLEMENT, AskSettlement
from shared.contracts.review import cases
from shared.security.speaker import Role
from shared.store.kernel_tables import InboxRow
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.notify.driver import Driver
from tests.services.notify.samples import DOCUMENT, EMPLOYER, PROGRAMME, PROJECT

START = date(2022, 6, 1)
DUE = date(2022, 7, 31)
DEADLINE = DeadlineSet(
    deadline_id="deadline-1",
    name="textbooks_filed",
    label="教材存档",
    programme=PROGRAMME,
    document=DOCUMENT.identity,
    district=CHAOYANG,
    party="employer",
    organisation_id=EMPLOYER,
    subject_id=PROJECT,
    due_on=DUE,
)
CLOSED = DeadlineClosed("deadline-1", "met")


def hear_set(driver: Driver, data: DeadlineSet = DEADLINE, *, sequence: int = 1) -> None:
    driver.harness.hear(cases.DEADLINE_SET, data.deadline_id, data, sequence=sequence)


def hear_closed(driver: Driver, *, sequence: int = 2) -> None:
    driver.harness.hear(cases.DEADLINE_CLOSED, CLOSED.deadline_id, CLOSED, sequence=sequence)


def remind(driver: Driver) -> int:
    (loop,) = NotifyService.dated_duties(driver.harness.kernel)
    return loop.work()


def on(driver: Driver, day: date) -> list[str]:
    """The titles of the employer's messages after the rounds of that day, oldest first."""
    driver.harness.move_clock(day)
    while remind(driver):
        pass
    return titles(driver)


def titles(driver: Driver) -> list[str]:
    return [message.title for message in reversed(driver.messages(driver.employer(EMPLOYER)))]


def made(driver: Driver) -> list[tuple[date, int]]:
    with driver.harness.database.reading() as session:
        rows = session.scalars(select(ReminderRow).order_by(ReminderRow.made_at))
        return [(row.due_on, row.days_before) for row in rows]


def due(driver: Driver) -> int:
    operator = driver.harness.speaker(Role.OPERATOR, "operator-1")
    return driver.harness.call(operator, SETTLEMENT["notify"], AskSettlement()).due


def test_day_by_day_there_are_four_reminders_and_one_word_when_it_has_passed(driver: Driver) -> None:
    hear_set(driver)
    for left in range(32, -4, -1):
        on(driver, DUE - timedelta(days=left))
    assert titles(driver) == [
        "教材存档：还有 30 天到期（5f1c2d3e）",
        "教材存档：还有 7 天到期（5f1c2d3e）",
        "教材存档：还有 1 天到期（5f1c2d3e）",
        "教材存档：今天到期（5f1c2d3e）",
        "教材存档：已过期限（5f1c2d3e）",
    ]
    assert made(driver) == [(DUE, 30), (DUE, 7), (DUE, 1), (DUE, 0), (DUE, PASSED)]
    newest = driver.messages(driver.employer(EMPLOYER))[0]
    assert "（依据京人社能发〔2022〕11号 三(三)2）" in newest.body
    assert (newest.kind, newest.subject_id, newest.business_date) == ("deadline", PROJECT, DUE + timedelta(days=1))


def test_a_jump_past_several_sends_only_the_latest(driver: Driver) -> None:
    hear_set(driver)
    assert on(driver, DUE - timedelta(days=40)) == []
    assert on(driver, DUE - timedelta(days=5)) == ["教材存档：还有 5 天到期（5f1c2d3e）"]
    assert on(driver, DUE - timedelta(days=4)) == ["教材存档：还有 5 天到期（5f1c2d3e）"]
    assert on(driver, DUE + timedelta(days=90))[1:] == ["教材存档：已过期限（5f1c2d3e）"]


def test_a_closed_deadline_is_silent_also_where_that_is_heard_first(driver: Driver) -> None:
    driver.harness.move_clock(START)
    hear_closed(driver, sequence=2)
    hear_set(driver, sequence=1)
    assert on(driver, DUE + timedelta(days=1)) == []


def test_a_deadline_closed_between_two_reminders_ends_them(driver: Driver) -> None:
    hear_set(driver)
    assert len(on(driver, DUE - timedelta(days=30))) == 1
    hear_closed(driver)
    assert len(on(driver, DUE)) == 1


def test_a_deadline_set_again_after_it_was_closed_is_asked_again(driver: Driver) -> None:
    hear_set(driver, sequence=1)
    hear_closed(driver, sequence=2)
    hear_set(driver, replace(DEADLINE, due_on=DUE + timedelta(days=60)), sequence=3)
    assert on(driver, DUE) == []
    assert on(driver, DUE + timedelta(days=60)) == ["教材存档：今天到期（5f1c2d3e）"]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_moved_deadline_counts_from_its_new_day_in_either_order(driver: Driver, order: tuple[int, int]) -> None:
    moved = replace(DEADLINE, due_on=DUE + timedelta(days=30))
    for sequence in order:
        hear_set(driver, {1: DEADLINE, 2: moved}[sequence], sequence=sequence)
    assert on(driver, DUE) == ["教材存档：还有 30 天到期（5f1c2d3e）"]
    assert made(driver) == [(moved.due_on, 30)]


def test_a_deadline_moved_after_its_reminders_has_them_anew(driver: Driver) -> None:
    hear_set(driver)
    on(driver, DUE)
    hear_set(driver, replace(DEADLINE, due_on=DUE + timedelta(days=7)), sequence=2)
    on(driver, DUE)
    assert made(driver) == [(DUE, 0), (DUE + timedelta(days=7), 7)]


def test_the_right_party_is_reminded_and_no_other(driver: Driver) -> None:
    hear_set(driver, replace(DEADLINE, party="district_officer", organisation_id=None))
    on(driver, DUE)
    assert driver.templates(driver.officer(CHAOYANG)) == ["deadline_near"]
    assert titles(driver) == []
    assert driver.messages(driver.officer(SHUNYI)) == ()


def test_an_organisations_deadline_that_names_none_is_parked_and_not_lost(driver: Driver) -> None:
    with pytest.raises(AssertionError, match="invalid_request"):
        hear_set(driver, replace(DEADLINE, organisation_id=None))
    with driver.harness.database.reading() as session:
        assert session.scalars(select(InboxRow.parked_at)).one() is not None


def test_a_document_that_is_not_loaded_holds_no_reminder_up(driver: Driver) -> None:
    hear_set(driver, replace(DEADLINE, document=f"unheard-of@{'0' * 64}"))
    on(driver, DUE)
    (message,) = driver.messages(driver.employer(EMPLOYER))
    assert "依据" not in message.body


def test_the_system_is_not_settled_while_a_reminder_is_to_be_made(driver: Driver) -> None:
    hear_set(driver)
    driver.harness.move_clock(DUE - timedelta(days=31))
    assert due(driver) == 0
    driver.harness.move_clock(DUE - timedelta(days=30))
    assert due(driver) == 1
    assert remind(driver) == 1
    assert due(driver) == 0


def test_the_database_itself_knows_each_reminder_once_and_for_ever(driver: Driver) -> None:
    hear_set(driver)
    on(driver, DUE)
    again = "INSERT INTO reminders SELECT deadline_id, due_on, days_before, 'other', made_at FROM reminders"
    for statement in (again, "UPDATE reminders SET days_before = 7", "DELETE FROM reminders"):
        with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
            session.execute(text(statement))


def test_many_replicas_remind_once(driver: Driver) -> None:
    count = 12
    for number in range(count):
        hear_set(driver, replace(DEADLINE, deadline_id=f"deadline-{number}"))
    driver.harness.move_clock(DUE)
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def replica() -> None:
        try:
            together.wait()
            while remind(driver):
                pass
        except BaseException as error:
            failures.append(error)

    replicas = [threading.Thread(target=replica) for _ in range(4)]
    for one in replicas:
        one.start()
    for one in replicas:
        one.join()
    assert failures == []
    assert len(titles(driver)) == len(made(driver)) == count
