"""Which loops of a service a commit wakes: those that it can give work to; the others run on their clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.notify.service import NotifyService
from shared.contracts.kernel.missed_events import REPLAY_PARKED, OneParked
from shared.contracts.review import cases
from shared.runtime.assembly import Parts, assemble
from shared.security.speaker import Role
from shared.store.kernel_tables import InboxRow
from tests.services.notify.deadlines.test_reminder_loop import CLOSED, DEADLINE, START
from tests.services.notify.driver import Driver
from tests.services.notify.samples import EMPLOYER

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

ALWAYS = {"outbox", "sealing", "mail", "webhook"}
ON_THEIR_CLOCKS = {"measuring", "gauges", "renewing-personal", "renewing-objects"}


@pytest.fixture
def parts(driver: Driver) -> Iterator[Parts]:
    """The service as a process puts it together, its loops not started, in place of the harness's own kernel."""
    settings = replace(
        driver.harness.settings,
        amqp_url="memory://localhost",
        allow_clock=True,
        http_port=0,
        smtp_url="smtp://127.0.0.1:25",
        mail_from="noreply@example.gov.cn",
    )
    made = assemble(NotifyService, settings)
    driver.harness.kernel, driver.harness.inbox = made.kernel, made.inbox
    yield made
    made.kernel.database.dispose()


def woken(parts: Parts) -> set[str]:
    return {duty.name for duty in parts.duties if duty.waker.sleep(0)}


def test_every_loop_is_here(parts: Parts) -> None:
    assert {duty.name for duty in parts.duties} == ALWAYS | ON_THEIR_CLOCKS | {"inbox", "reminders"}
    assert woken(parts) == set()


def test_another_date_or_a_deadline_may_make_reminders_due(parts: Parts, driver: Driver) -> None:
    driver.harness.move_clock(START + timedelta(days=1))
    assert woken(parts) == ALWAYS | {"reminders"}
    driver.harness.hear(cases.DEADLINE_SET, DEADLINE.deadline_id, DEADLINE)
    assert woken(parts) == ALWAYS | {"reminders"}
    driver.harness.hear(cases.DEADLINE_CLOSED, CLOSED.deadline_id, CLOSED, sequence=2)
    assert woken(parts) == ALWAYS


def test_what_arrives_is_applied_and_nothing_else_is_looked_for(parts: Parts) -> None:
    parts.hear("no event of this bus", "review.events")
    assert woken(parts) == {"inbox"}


def test_a_query_wakes_nobody(parts: Parts, driver: Driver) -> None:
    assert driver.messages(driver.employer(EMPLOYER)) == ()
    assert woken(parts) == set()


def test_what_an_operator_lets_be_tried_again_is_tried_at_once(parts: Parts, driver: Driver) -> None:
    parts.inbox.store("no event of this bus")
    with parts.kernel.database.reading() as session:
        (parked,) = session.scalars(select(InboxRow)).all()
    operator = driver.harness.speaker(Role.OPERATOR, "operator-1")
    driver.harness.call(operator, REPLAY_PARKED["notify"], OneParked(parked.event_id))
    assert woken(parts) == ALWAYS | {"inbox"}
