"""Webhooks leave signed, without a word about anybody; who can't be reached holds nobody up; nights are quiet."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.notify.channels.signed_post import Post, Reply, signature
from services.notify.delivery.queue import PAUSES, TRIES
from shared.clock import now
from shared.contracts.notify.deliveries import MESSAGE_DELIVERED, MESSAGE_FAILED
from shared.contracts.review import cases, oversight
from tests.services.notify import samples
from tests.services.notify.channels.mail_servers import free_port
from tests.services.notify.driver import ALL, Webhooks
from tests.services.notify.samples import BLOCK, CASE, EMPLOYER, NAMES, PROVIDER


def test_what_leaves_is_signed_and_says_only_that_there_is_a_message(webhooks: Webhooks) -> None:
    made = webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    webhooks.rounds()
    (message,) = webhooks.driver.messages(webhooks.driver.employer(EMPLOYER))
    (body,), (headers,) = webhooks.hook.bodies, webhooks.hook.headers
    assert json.loads(body) == {
        "id": message.message_id,
        "kind": "money",
        "title": "补贴已到账",
        "subject_id": "claim-0",
        "created_at": message.created_at.isoformat(),
    }
    assert "93000" in message.title, "the letter names the sum; the webhook doesn't"
    assert headers["Skills-Message"] == message.message_id
    assert headers["Skills-Key"] == made.key_id
    expected = signature(body, bytes.fromhex(made.secret or ""), int(headers["Skills-Timestamp"]))
    assert headers["Skills-Signature"] == f"v1={expected}"
    (delivery,) = message.deliveries
    assert (delivery.channel, delivery.state, delivery.receipt) == ("webhook", "delivered", "204 req-7")
    assert [told.channel for told in webhooks.driver.harness.told(MESSAGE_DELIVERED)] == ["webhook"]


def test_no_name_no_sum_and_no_word_of_an_officer_leaves(webhooks: Webhooks) -> None:
    readers = (
        webhooks.driver.officer(),
        webhooks.driver.employer(EMPLOYER),
        webhooks.driver.provider(PROVIDER),
        webhooks.driver.finance(),
    )
    for reader in readers:
        webhooks.choose(reader, ALL)
    for event, data in samples.SAMPLES:
        webhooks.driver.harness.hear(event, samples.aggregate_of(data), data)
    webhooks.rounds()
    left = b"".join(webhooks.hook.bodies).decode()
    assert len(webhooks.hook.bodies) > 20
    for word in (*NAMES.values(), "93000.00", "18000.00", "1234567.89", CASE.reason, "元"):
        assert word not in left


def test_an_offices_messages_go_to_the_offices_own_target(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.officer(), ALL)
    webhooks.driver.harness.hear(cases.CASE_SUBMITTED, CASE.case_id, CASE)
    webhooks.rounds()
    assert [json.loads(body)["title"] for body in webhooks.hook.bodies] == ["有案件待办理"]


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 500, 503])
def test_only_a_2xx_is_a_receipt_and_anything_else_is_tried_again(webhooks: Webhooks, status: int) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    webhooks.hook.status = status
    webhooks.rounds()
    assert webhooks.states() == [("webhook", "waiting", f"http_{status}")]
    webhooks.hook.status = 200
    webhooks.driver.time_passes()
    webhooks.rounds()
    assert webhooks.states() == [("webhook", "delivered", None)]
    assert webhooks.hook.headers[0]["Skills-Message"] == webhooks.hook.headers[1]["Skills-Message"]


def test_after_its_tries_it_has_failed_and_stays_in_the_inbox(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    for _ in range(TRIES + 2):
        webhooks.driver.time_passes()
        webhooks.round()
    assert webhooks.states() == [("webhook", "failed", "unreachable")]
    assert webhooks.driver.rows()[0].attempts == TRIES
    assert len(webhooks.driver.harness.told(MESSAGE_FAILED)) == 1
    assert len(webhooks.driver.messages(webhooks.driver.employer(EMPLOYER))) == 1


def test_one_try_stands_for_all_that_waits_for_a_receiver_that_is_down(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    for number in range(5):
        webhooks.driver.pay(f"claim-{number}")
    assert [webhooks.round(), webhooks.round()] == [1, 0]
    rows = webhooks.driver.rows()
    assert {row.attempts for row in rows} == {1}
    assert {row.reason for row in rows} == {"unreachable"}
    assert min(row.next_try_at for row in rows if row.next_try_at) > now() + PAUSES[0] / 2


def test_all_that_waits_for_a_receiver_that_stays_down_fails_in_as_many_tries_as_one(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    for number in range(3):
        webhooks.driver.pay(f"claim-{number}")
    webhooks.hook.status = 503
    for _ in range(TRIES + 1):
        webhooks.driver.time_passes()
        webhooks.rounds()
    assert webhooks.states() == [("webhook", "failed", "http_503")] * 3
    assert len(webhooks.hook.bodies) == TRIES
    assert len(webhooks.driver.harness.told(MESSAGE_FAILED)) == 3


@pytest.mark.parametrize(("status", "tried"), [(404, 3), (429, 1), (500, 1), (503, 1)])
def test_a_receiver_in_trouble_is_spared_and_one_that_refuses_a_message_gets_the_next(
    webhooks: Webhooks, status: int, tried: int
) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    for number in range(3):
        webhooks.driver.pay(f"claim-{number}")
    webhooks.hook.status = status
    webhooks.rounds()
    assert len(webhooks.hook.bodies) == tried
    assert webhooks.states() == [("webhook", "waiting", f"http_{status}")] * 3


def test_a_receiver_that_is_down_holds_no_other_up(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL, webhook_url=f"http://127.0.0.1:{free_port()}/down")
    webhooks.choose(webhooks.driver.finance(), ALL)
    webhooks.driver.harness.hear(oversight.CASE_BLOCKED, BLOCK.block_id, BLOCK)
    webhooks.rounds()
    assert {state for _, state, _ in webhooks.states()} == {"waiting", "delivered"}
    assert len(webhooks.hook.bodies) == 1


def test_a_party_that_took_its_target_back_is_sent_nothing(webhooks: Webhooks) -> None:
    employer = webhooks.driver.employer(EMPLOYER)
    webhooks.choose(employer, ALL)
    webhooks.driver.pay()
    webhooks.choose(employer, webhook_url=None)
    webhooks.rounds()
    assert webhooks.states() == [("webhook", "no_address", "no_address")]
    assert webhooks.hook.bodies == []


def test_a_host_taken_off_the_list_gets_nothing_more(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    webhooks.prepare(webhook_hosts="")
    webhooks.rounds()
    assert webhooks.states() == [("webhook", "waiting", "host_not_allowed")]
    assert webhooks.hook.bodies == []


@pytest.mark.parametrize(
    "error", [ssl.SSLError, TimeoutError, ConnectionResetError, UnicodeError], ids=lambda kind: kind.__name__
)
def test_trouble_on_the_way_is_named_by_code(webhooks: Webhooks, error: type[Exception]) -> None:
    class Failing(Post):
        def send(self, *_: Any) -> Reply:
            raise error("https://token@secret")

    reasons: dict[type[Exception], str] = {ssl.SSLError: "tls", TimeoutError: "timeout"}
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    assert webhooks.deliverer(post=Failing()).deliver_one() == 1
    assert webhooks.states() == [("webhook", "waiting", reasons.get(error, "unreachable"))]


# --- quiet hours -----------------------------------------------------------------------------------------------------

NIGHT = datetime(2022, 6, 6, 14, 0, tzinfo=UTC)  # 22:00 in Beijing
MORNING = datetime(2022, 6, 7, 0, 0, tzinfo=UTC)


def test_in_quiet_hours_nothing_leaves_and_no_try_is_counted(webhooks: Webhooks) -> None:
    webhooks.prepare(quiet_from="21:00", quiet_to="08:00")
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    webhooks.rounds_at(NIGHT)
    (row,) = webhooks.driver.rows()
    assert webhooks.hook.bodies == []
    assert (row.state, row.attempts, row.next_try_at) == ("waiting", 0, MORNING)
    assert len(webhooks.driver.messages(webhooks.driver.employer(EMPLOYER))) == 1, "the inbox has it at once"
    webhooks.rounds_at(MORNING)
    assert len(webhooks.hook.bodies) == 1


def test_what_is_urgent_passes_quiet_hours(webhooks: Webhooks) -> None:
    webhooks.prepare(quiet_from="21:00", quiet_to="08:00")
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.harness.hear(oversight.CASE_BLOCKED, BLOCK.block_id, replace(BLOCK, kind="suspension"))
    webhooks.driver.pay()
    webhooks.rounds_at(NIGHT)
    assert [json.loads(body)["title"] for body in webhooks.hook.bodies] == ["项目停训整改"]


def test_a_year_without_holidays_is_logged_and_holds_nothing_back(
    webhooks: Webhooks, capsys: pytest.CaptureFixture[str]
) -> None:
    webhooks.prepare(quiet_on_days_off=True)
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    webhooks.driver.pay()
    webhooks.rounds_at(NIGHT.replace(year=2099))
    assert len(webhooks.hook.bodies) == 1
    assert "no_holidays" in (logged := "".join(capsys.readouterr()))
    assert "2099" in logged
