"""What didn't arrive is seen by whom it concerns, counted, and tried again by an operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.notify.delivery import failures
from shared.contracts.notify.deliveries import (
    LIST_UNDELIVERED,
    RETRY_DELIVERY,
    DeliveryRetried,
    ListUndelivered,
    RetryDelivery,
    UndeliveredPage,
)
from shared.contracts.review import cases
from shared.errors import Conflict, InvalidRequest, NotFound, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, SHUNYI
from tests.services.notify.channels.mail_servers import free_port
from tests.services.notify.channels.webhook_receivers import Hook, receiving
from tests.services.notify.driver import ALL, Driver
from tests.services.notify.samples import CASE, EMPLOYER, NAMES

NOWHERE = free_port()


@pytest.fixture
def broken(driver: Driver) -> Iterator[Driver]:
    """Two payments in Chaoyang and one in Shunyi that no webhook takes, and a case that waits for its first try."""
    driver.prepare(webhook_hosts="127.0.0.1")
    driver.choose(driver.employer(EMPLOYER), ALL, webhook_url=f"http://127.0.0.1:{NOWHERE}/in")
    for number, district in enumerate((CHAOYANG, CHAOYANG, SHUNYI)):
        driver.pay(f"claim-{number}", district=district)
    driver.rounds("webhook")
    driver.harness.hear(cases.CASE_RETURNED, CASE.case_id, replace(CASE, station=None))
    yield driver
    driver.prepare()


def operator(driver: Driver) -> Speaker:
    return driver.harness.speaker(Role.OPERATOR, "operator-1")


def page(driver: Driver, reader: Speaker, **request: Any) -> UndeliveredPage:
    return driver.harness.call(reader, LIST_UNDELIVERED, ListUndelivered(**request))


def counted(found: UndeliveredPage) -> list[tuple[str, str, str, int]]:
    return [(one.channel, one.state, one.reason, one.count) for one in found.counts]


def test_an_operator_sees_counts_and_reasons_and_nobodys_name(broken: Driver) -> None:
    found = page(broken, operator(broken))
    assert counted(found) == [("webhook", "waiting", "unreachable", 3)]
    assert len(found.lines) == 3
    assert {line.organisation_id for line in found.lines} == {None}
    assert not any(name in repr(found) for name in (*NAMES.values(), "93000", "127.0.0.1"))


def test_an_office_sees_what_concerns_its_place_and_whom_to_call(broken: Driver) -> None:
    chaoyang, shunyi = page(broken, broken.officer(CHAOYANG)), page(broken, broken.officer(SHUNYI))
    assert counted(chaoyang) == [("webhook", "waiting", "unreachable", 2)]
    assert counted(shunyi) == [("webhook", "waiting", "unreachable", 1)]
    assert {line.organisation_id for line in chaoyang.lines} == {EMPLOYER}
    assert not {line.delivery_id for line in chaoyang.lines} & {line.delivery_id for line in shunyi.lines}
    assert counted(page(broken, broken.city())) == [("webhook", "waiting", "unreachable", 3)]
    cursor = page(broken, broken.officer(CHAOYANG), limit=1).cursor
    assert {line.delivery_id for line in page(broken, broken.officer(SHUNYI), cursor=cursor).lines} <= {
        line.delivery_id for line in shunyi.lines
    }
    with pytest.raises(InvalidRequest):
        page(broken, broken.officer(), cursor=chaoyang.lines[0].delivery_id)


def test_parties_do_not_ask(broken: Driver) -> None:
    for reader in (broken.employer(EMPLOYER), broken.finance(), broken.city(Role.CITY_FINANCE_OFFICER)):
        with pytest.raises(NotPermitted):
            page(broken, reader)


def test_pages_hold_each_line_once_and_counts_are_of_all(broken: Driver) -> None:
    first = page(broken, operator(broken), limit=2)
    second = page(broken, operator(broken), limit=2, cursor=first.cursor)
    assert len({line.delivery_id for line in (*first.lines, *second.lines)}) == 3
    assert counted(first) == counted(second)
    assert second.cursor is None


def test_filters_narrow_counts_and_lines(broken: Driver) -> None:
    assert page(broken, operator(broken), channel="mail") == UndeliveredPage((), (), None)
    assert page(broken, operator(broken), state="failed") == UndeliveredPage((), (), None)
    assert len(page(broken, operator(broken), channel="webhook", state="waiting").lines) == 3


def test_an_operator_has_it_tried_again_at_once(broken: Driver) -> None:
    delivery = page(broken, operator(broken)).lines[0].delivery_id
    with receiving(Hook(), port=NOWHERE) as hook:
        broken.harness.call(operator(broken), RETRY_DELIVERY, RetryDelivery(delivery))
        broken.rounds("webhook")
    assert len(hook.bodies) == 2, "the one that was asked for, and the case that was due"
    assert delivery not in {line.delivery_id for line in page(broken, operator(broken)).lines}
    with pytest.raises(Conflict):
        broken.harness.call(operator(broken), RETRY_DELIVERY, RetryDelivery(delivery))


def test_only_an_operator_has_something_tried_again(broken: Driver) -> None:
    delivery = page(broken, operator(broken)).lines[0].delivery_id
    with pytest.raises(NotPermitted):
        broken.harness.call(broken.officer(), RETRY_DELIVERY, RetryDelivery(delivery))
    with pytest.raises(NotFound):
        broken.harness.call(operator(broken), RETRY_DELIVERY, RetryDelivery("unheard-of"))
    answer = broken.harness.call(operator(broken), RETRY_DELIVERY, RetryDelivery(delivery))
    assert answer == DeliveryRetried(delivery)


def test_the_gauge_counts_what_was_tried_and_did_not_arrive(broken: Driver) -> None:
    failures.measure(broken.harness.database)
    labels = {"channel": "webhook", "state": "waiting"}
    assert REGISTRY.get_sample_value("skills_undelivered", labels) == 3
