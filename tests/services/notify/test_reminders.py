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
from tests.services.notify.desk import Desk
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


def hear_set(desk: Desk, data: DeadlineSet = DEADLINE, *, sequence: int = 1) -> None:
    desk.harness.hear(cases.DEADLINE_SET, data.deadline_id, data, sequence=sequence)


def hear_closed(desk: Desk, *, sequence: int = 2) -> None:
    desk.harness.hear(cases.DEADLINE_CLOSED, CLOSED.deadline_id, CLOSED, sequence=sequence)


def remind(desk: Desk) -> int:
    (duty,) = NotifyService.dated_duties(desk.harness.kernel)
    return duty[1]()


def on(desk: Desk, day: date) -> list[str]:
    """The titles of the employer's messages after the rounds of that day, oldest first."""
    desk.harness.move_clock(day)
    while remind(desk):
        pass
    return titles(desk)


def titles(desk: Desk) -> list[str]:
    return [message.title for message in reversed(desk.messages(desk.employer(EMPLOYER)))]


def made(desk: Desk) -> list[tuple[date, int]]:
    with desk.harness.database.reading() as session:
        rows = session.scalars(select(ReminderRow).order_by(ReminderRow.made_at))
        return [(row.due_on, row.days_before) for row in rows]


def due(desk: Desk) -> int:
    operator = desk.harness.speaker(Role.OPERATOR, "operator-1")
    return desk.harness.call(operator, SETTLEMENT["notify"], AskSettlement()).due


def test_day_by_day_there_are_four_reminders_and_one_word_when_it_has_passed(desk: Desk) -> None:
    hear_set(desk)
    for left in range(32, -4, -1):
        on(desk, DUE - timedelta(days=left))
    assert titles(desk) == [
        "教材存档：还有 30 天到期（5f1c2d3e）",
        "教材存档：还有 7 天到期（5f1c2d3e）",
        "教材存档：还有 1 天到期（5f1c2d3e）",
        "教材存档：今天到期（5f1c2d3e）",
        "教材存档：已过期限（5f1c2d3e）",
    ]
    assert made(desk) == [(DUE, 30), (DUE, 7), (DUE, 1), (DUE, 0), (DUE, PASSED)]
    newest = desk.messages(desk.employer(EMPLOYER))[0]
    assert "（依据京人社能发〔2022〕11号 三(三)2）" in newest.body
    assert (newest.kind, newest.subject_id, newest.business_date) == ("deadline", PROJECT, DUE + timedelta(days=1))


def test_a_jump_past_several_sends_only_the_latest(desk: Desk) -> None:
    hear_set(desk)
    assert on(desk, DUE - timedelta(days=40)) == []
    assert on(desk, DUE - timedelta(days=5)) == ["教材存档：还有 5 天到期（5f1c2d3e）"]
    assert on(desk, DUE - timedelta(days=4)) == ["教材存档：还有 5 天到期（5f1c2d3e）"]
    assert on(desk, DUE + timedelta(days=90))[1:] == ["教材存档：已过期限（5f1c2d3e）"]


def test_a_closed_deadline_is_silent_also_where_that_is_heard_first(desk: Desk) -> None:
    desk.harness.move_clock(START)
    hear_closed(desk, sequence=2)
    hear_set(desk, sequence=1)
    assert on(desk, DUE + timedelta(days=1)) == []


def test_a_deadline_closed_between_two_reminders_ends_them(desk: Desk) -> None:
    hear_set(desk)
    assert len(on(desk, DUE - timedelta(days=30))) == 1
    hear_closed(desk)
    assert len(on(desk, DUE)) == 1


def test_a_deadline_set_again_after_it_was_closed_is_asked_again(desk: Desk) -> None:
    hear_set(desk, sequence=1)
    hear_closed(desk, sequence=2)
    hear_set(desk, replace(DEADLINE, due_on=DUE + timedelta(days=60)), sequence=3)
    assert on(desk, DUE) == []
    assert on(desk, DUE + timedelta(days=60)) == ["教材存档：今天到期（5f1c2d3e）"]


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_moved_deadline_counts_from_its_new_day_in_either_order(desk: Desk, order: tuple[int, int]) -> None:
    moved = replace(DEADLINE, due_on=DUE + timedelta(days=30))
    for sequence in order:
        hear_set(desk, {1: DEADLINE, 2: moved}[sequence], sequence=sequence)
    assert on(desk, DUE) == ["教材存档：还有 30 天到期（5f1c2d3e）"]
    assert made(desk) == [(moved.due_on, 30)]


def test_a_deadline_moved_after_its_reminders_has_them_anew(desk: Desk) -> None:
    hear_set(desk)
    on(desk, DUE)
    hear_set(desk, replace(DEADLINE, due_on=DUE + timedelta(days=7)), sequence=2)
    on(desk, DUE)
    assert made(desk) == [(DUE, 0), (DUE + timedelta(days=7), 7)]


def test_the_right_party_is_reminded_and_no_other(desk: Desk) -> None:
    hear_set(desk, replace(DEADLINE, party="district_officer", organisation_id=None))
    on(desk, DUE)
    assert desk.templates(desk.officer(CHAOYANG)) == ["deadline_near"]
    assert titles(desk) == []
    assert desk.messages(desk.officer(SHUNYI)) == ()


def test_an_organisations_deadline_that_names_none_is_parked_and_not_lost(desk: Desk) -> None:
    with pytest.raises(AssertionError, match="invalid_request"):
        hear_set(desk, replace(DEADLINE, organisation_id=None))
    with desk.harness.database.reading() as session:
        assert session.scalars(select(InboxRow.parked_at)).one() is not None


def test_a_document_that_is_not_loaded_holds_no_reminder_up(desk: Desk) -> None:
    hear_set(desk, replace(DEADLINE, document=f"unheard-of@{'0' * 64}"))
    on(desk, DUE)
    (message,) = desk.messages(desk.employer(EMPLOYER))
    assert "依据" not in message.body


def test_the_system_is_not_settled_while_a_reminder_is_to_be_made(desk: Desk) -> None:
    hear_set(desk)
    desk.harness.move_clock(DUE - timedelta(days=31))
    assert due(desk) == 0
    desk.harness.move_clock(DUE - timedelta(days=30))
    assert due(desk) == 1
    assert remind(desk) == 1
    assert due(desk) == 0


def test_the_database_itself_knows_each_reminder_once_and_for_ever(desk: Desk) -> None:
    hear_set(desk)
    on(desk, DUE)
    again = "INSERT INTO reminders SELECT deadline_id, due_on, days_before, 'other', made_at FROM reminders"
    for statement in (again, "UPDATE reminders SET days_before = 7", "DELETE FROM reminders"):
        with pytest.raises(DBAPIError), desk.harness.database.transaction() as session:
            session.execute(text(statement))


def test_many_replicas_remind_once(desk: Desk) -> None:
    count = 12
    for number in range(count):
        hear_set(desk, replace(DEADLINE, deadline_id=f"deadline-{number}"))
    desk.harness.move_clock(DUE)
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def replica() -> None:
        try:
            together.wait()
            while remind(desk):
                pass
        except BaseException as error:
            failures.append(error)

    replicas = [threading.Thread(target=replica) for _ in range(4)]
    for one in replicas:
        one.start()
    for one in replicas:
        one.join()
    assert failures == []
    assert len(titles(desk)) == len(made(desk)) == count
