"""Parties choose where their messages go; webhooks leave signed, without a word about anybody."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from services.notify.delivery import PAUSES, TRIES
from services.notify.models import DeliveryRow, TargetRow
from services.notify.service import NotifyService
from services.notify.webhook import signature
from shared.clock import now
from shared.contracts import oversight, review, subsidy
from shared.contracts.notify import (
    GET_CHANNELS,
    MESSAGE_DELIVERED,
    MESSAGE_FAILED,
    SET_CHANNELS,
    ChannelChoice,
    ChannelsSet,
    ChannelsShape,
    GetChannels,
    SetChannels,
)
from shared.contracts.registry import AccountList
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role, Speaker
from tests.services.notify import samples
from tests.services.notify.conftest import Desk
from tests.services.notify.hooks import Hook, receiving
from tests.services.notify.mail_servers import free_port
from tests.services.notify.samples import BLOCK, CASE, EMPLOYER, NAMES, PROVIDER

ALL = ChannelChoice("all", mail=False, webhook=True)
INBOX_ONLY = ChannelChoice("all", mail=False, webhook=False)


@dataclass
class Switchboard:
    """The desk where webhooks may go to this machine, and one receiver there."""

    desk: Desk
    hook: Hook = field(default_factory=Hook)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def choose(self, speaker: Speaker, *choices: ChannelChoice, **request: Any) -> ChannelsSet:
        wanted = SetChannels(choices, **{"webhook_url": self.url, **request})
        return self.desk.bench.call(speaker, SET_CHANNELS, wanted)

    def chosen(self, speaker: Speaker) -> ChannelsShape:
        return self.desk.bench.call(speaker, GET_CHANNELS, GetChannels())

    def pay(self, claim: str = "claim-0") -> None:
        self.desk.bench.hear(subsidy.PAYMENT_CONFIRMED, claim, replace(samples.PAYMENT, claim_id=claim))

    def round(self) -> int:
        errands = NotifyService.errands(self.desk.bench.database, lambda *_, **__: AccountList(()))
        (work,) = [work for name, work, _ in errands if name == "webhook"]
        return work()

    def rounds(self) -> None:
        with receiving(self.hook, port=self.port):
            while self.round():
                pass

    def time_passes(self) -> None:
        """Whatever waits is due."""
        with self.desk.bench.database.transaction() as session:
            session.execute(update(DeliveryRow).where(DeliveryRow.state == "waiting").values(next_try_at=now()))

    def rows(self) -> list[DeliveryRow]:
        with self.desk.bench.database.reading() as session:
            return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.number)))

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(row.channel, row.state, row.reason) for row in self.rows()]


@pytest.fixture
def board(desk: Desk) -> Iterator[Switchboard]:
    with ExitStack() as closing:
        closing.callback(NotifyService.prepare, desk.bench.settings, desk.bench.keys)
        prepare(desk)
        yield Switchboard(desk)


def prepare(desk: Desk, **settings: Any) -> None:
    """Webhooks to this machine, mail to nobody, and what else a test sets."""
    told = {"webhook_hosts": "127.0.0.1", "smtp_url": "smtp://127.0.0.1:9", "mail_from": "noreply@example.gov.cn"}
    NotifyService.prepare(replace(desk.bench.settings, **(told | settings)), desk.bench.keys)


# --- choosing --------------------------------------------------------------------------------------------------------


def test_who_chose_nothing_gets_mail_and_no_webhook(board: Switchboard) -> None:
    assert board.chosen(board.desk.employer(EMPLOYER)) == ChannelsShape((), None, None, None)
    board.pay()
    assert [row.channel for row in board.rows()] == ["mail"]


def test_the_secret_is_answered_once_even_to_the_same_request(board: Switchboard) -> None:
    employer, request = board.desk.employer(EMPLOYER), SetChannels((ALL,), webhook_url=board.url)
    first = board.desk.bench.call(employer, SET_CHANNELS, request, request_id="request-1")
    again = board.desk.bench.call(employer, SET_CHANNELS, request, request_id="request-1")
    assert first.secret is not None
    assert len(bytes.fromhex(first.secret)) == 32
    assert again == ChannelsSet(first.key_id, None)
    assert board.choose(employer, ALL) == ChannelsSet(first.key_id, None)
    shape = board.chosen(employer)
    assert (shape.choices, shape.webhook_url, shape.key_id) == ((ALL,), board.url, first.key_id)


def test_a_renewed_secret_replaces_the_old_one(board: Switchboard) -> None:
    employer = board.desk.employer(EMPLOYER)
    first, second = board.choose(employer, ALL), board.choose(employer, ALL, renew_secret=True)
    assert second.secret not in (None, first.secret)
    assert second.key_id != first.key_id
    with board.desk.bench.database.reading() as session:
        ended = {row.key_id: row.replaced_at is not None for row in session.scalars(select(TargetRow))}
    assert ended == {first.key_id: True, second.key_id: False}


def test_secret_and_address_lie_encrypted_and_in_no_remembered_answer(board: Switchboard) -> None:
    made = board.choose(board.desk.employer(EMPLOYER), ALL)
    assert made.secret is not None
    with board.desk.bench.database.engine.connect() as connection:
        tables = ("webhook_targets", "requests", "audit", "outbox", "channel_choices")
        stored = b"".join(
            bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
            for table in tables
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
        )
    assert (made.key_id or "").encode() in stored, "the look-out sees what isn't encrypted"
    for hidden in (made.secret.encode(), bytes.fromhex(made.secret), board.url.encode()):
        assert hidden not in stored


@pytest.mark.parametrize(
    ("choices", "url", "paths"),
    [
        ((ALL, ALL), "", ["choices[1].kind"]),
        ((ALL,), None, ["choices[0].webhook"]),
        ((), "https://elsewhere.example.org/in", ["webhook_url"]),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_and_changes_nothing(
    board: Switchboard, choices: tuple[ChannelChoice, ...], url: str | None, paths: list[str]
) -> None:
    employer = board.desk.employer(EMPLOYER)
    before = board.choose(employer, ALL)
    with pytest.raises(InvalidRequest) as refused:
        board.choose(employer, *choices, webhook_url=board.url if url == "" else url)
    assert [fault["path"] for fault in refused.value.details["fields"]] == paths
    assert board.chosen(employer).key_id == before.key_id


def test_an_office_has_no_mail_to_choose(board: Switchboard) -> None:
    with pytest.raises(InvalidRequest):
        board.choose(board.desk.officer(), ChannelChoice("all", mail=True, webhook=True))


def test_nobody_sees_or_changes_the_choice_of_another(board: Switchboard) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    for other in (board.desk.provider(PROVIDER), board.desk.officer(), board.desk.city()):
        assert board.chosen(other) == ChannelsShape((), None, None, None)
        board.choose(other, webhook_url=None)
    assert board.chosen(board.desk.employer(EMPLOYER)).webhook_url == board.url
    with pytest.raises(NotPermitted):
        board.chosen(board.desk.bench.speaker(Role.OPERATOR, "operator-1"))


@pytest.mark.parametrize(
    ("choices", "channels"),
    [
        ((), ["mail"]),
        ((INBOX_ONLY,), []),
        ((ALL,), ["webhook"]),
        ((ChannelChoice("all", mail=True, webhook=True),), ["mail", "webhook"]),
        ((ChannelChoice("money", mail=False, webhook=True), INBOX_ONLY), ["webhook"]),
        ((ChannelChoice("money", mail=False, webhook=False), ALL), []),
        ((ChannelChoice("case", mail=False, webhook=False),), ["mail"]),
    ],
)
def test_a_kinds_own_line_beats_all_and_the_inbox_has_every_message(
    board: Switchboard, choices: tuple[ChannelChoice, ...], channels: list[str]
) -> None:
    board.choose(board.desk.employer(EMPLOYER), *choices)
    board.pay()
    assert [row.channel for row in board.rows()] == channels
    assert len(board.desk.messages(board.desk.employer(EMPLOYER))) == 1


# --- sending ---------------------------------------------------------------------------------------------------------


def test_what_leaves_is_signed_and_says_only_that_there_is_a_message(board: Switchboard) -> None:
    made = board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    board.rounds()
    (message,) = board.desk.messages(board.desk.employer(EMPLOYER))
    (body,), (headers,) = board.hook.bodies, board.hook.headers
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
    assert [told.channel for told in board.desk.bench.told(MESSAGE_DELIVERED)] == ["webhook"]


def test_no_name_no_sum_and_no_word_of_an_officer_leaves(board: Switchboard) -> None:
    readers = (board.desk.officer(), board.desk.employer(EMPLOYER), board.desk.provider(PROVIDER), board.desk.finance())
    for reader in readers:
        board.choose(reader, ALL)
    for event, data in samples.SAMPLES:
        board.desk.bench.hear(event, samples.aggregate_of(data), data)
    board.rounds()
    left = b"".join(board.hook.bodies).decode()
    assert len(board.hook.bodies) > 20
    for word in (*NAMES.values(), "93000.00", "18000.00", "1234567.89", CASE.reason, "元"):
        assert word not in left


def test_an_offices_messages_go_to_the_offices_own_target(board: Switchboard) -> None:
    board.choose(board.desk.officer(), ALL)
    board.desk.bench.hear(review.CASE_SUBMITTED, CASE.case_id, CASE)
    board.rounds()
    assert [json.loads(body)["title"] for body in board.hook.bodies] == ["有案件待办理"]


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 500, 503])
def test_only_a_2xx_is_a_receipt_and_anything_else_is_tried_again(board: Switchboard, status: int) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    board.hook.status = status
    board.rounds()
    assert board.states() == [("webhook", "waiting", f"http_{status}")]
    board.hook.status = 200
    board.time_passes()
    board.rounds()
    assert board.states() == [("webhook", "delivered", None)]
    assert board.hook.headers[0]["Skills-Message"] == board.hook.headers[1]["Skills-Message"]


def test_after_its_tries_it_has_failed_and_stays_in_the_inbox(board: Switchboard) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    for _ in range(TRIES + 2):
        board.time_passes()
        board.round()
    assert board.states() == [("webhook", "failed", "unreachable")]
    assert board.rows()[0].attempts == TRIES
    assert len(board.desk.bench.told(MESSAGE_FAILED)) == 1
    assert len(board.desk.messages(board.desk.employer(EMPLOYER))) == 1


def test_one_try_stands_for_all_that_waits_for_a_receiver_that_is_down(board: Switchboard) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    for number in range(5):
        board.pay(f"claim-{number}")
    assert [board.round(), board.round()] == [1, 0]
    rows = board.rows()
    assert {row.attempts for row in rows} == {1}
    assert {row.reason for row in rows} == {"unreachable"}
    assert min(row.next_try_at for row in rows if row.next_try_at) > now() + PAUSES[0] / 2


@pytest.mark.parametrize(("status", "tried"), [(404, 3), (429, 1), (500, 1), (503, 1)])
def test_a_receiver_in_trouble_is_spared_and_one_that_refuses_a_message_gets_the_next(
    board: Switchboard, status: int, tried: int
) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    for number in range(3):
        board.pay(f"claim-{number}")
    board.hook.status = status
    board.rounds()
    assert len(board.hook.bodies) == tried
    assert board.states() == [("webhook", "waiting", f"http_{status}")] * 3


def test_a_receiver_that_is_down_holds_no_other_up(board: Switchboard) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL, webhook_url=f"http://127.0.0.1:{free_port()}/down")
    board.choose(board.desk.finance(), ALL)
    board.desk.bench.hear(oversight.CASE_BLOCKED, BLOCK.block_id, BLOCK)
    board.rounds()
    assert {state for _, state, _ in board.states()} == {"waiting", "delivered"}
    assert len(board.hook.bodies) == 1


def test_a_party_that_took_its_target_back_is_sent_nothing(board: Switchboard) -> None:
    employer = board.desk.employer(EMPLOYER)
    board.choose(employer, ALL)
    board.pay()
    board.choose(employer, webhook_url=None)
    board.rounds()
    assert board.states() == [("webhook", "no_address", "no_address")]
    assert board.hook.bodies == []


def test_a_host_taken_off_the_list_gets_nothing_more(board: Switchboard) -> None:
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    prepare(board.desk, webhook_hosts="")
    board.rounds()
    assert board.states() == [("webhook", "waiting", "host_not_allowed")]
    assert board.hook.bodies == []


@pytest.mark.parametrize("error", [ssl.SSLError, TimeoutError, ConnectionResetError], ids=lambda kind: kind.__name__)
def test_trouble_on_the_way_is_named_by_code(
    board: Switchboard, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons: dict[type[Exception], str] = {ssl.SSLError: "tls", TimeoutError: "timeout"}
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    monkeypatch.setattr("services.notify.webhook.Post.send", _raising(error))
    board.round()
    assert board.states() == [("webhook", "waiting", reasons.get(error, "unreachable"))]


def _raising(error: type[Exception]) -> Callable[..., Any]:
    def send(*_: Any) -> Any:
        raise error("https://token@secret")

    return send


# --- quiet hours -----------------------------------------------------------------------------------------------------

DAY = timedelta(days=1)
NIGHT = datetime(2022, 6, 6, 14, 0, tzinfo=UTC)  # 22:00 in Beijing
MORNING = datetime(2022, 6, 7, 0, 0, tzinfo=UTC)


def at(monkeypatch: pytest.MonkeyPatch, board: Switchboard, moment: datetime) -> None:
    """The deliverer's clock stands at this moment, and whatever waits since then is due."""
    monkeypatch.setattr("services.notify.delivery.now", lambda: moment)
    with board.desk.bench.database.transaction() as session:
        early = update(DeliveryRow).where(DeliveryRow.next_try_at > NIGHT + DAY)
        session.execute(early.values(next_try_at=NIGHT))


def test_in_quiet_hours_nothing_leaves_and_no_try_is_counted(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(board.desk, quiet_from="21:00", quiet_to="08:00")
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    at(monkeypatch, board, NIGHT)
    board.rounds()
    (row,) = board.rows()
    assert board.hook.bodies == []
    assert (row.state, row.attempts, row.next_try_at) == ("waiting", 0, MORNING)
    assert len(board.desk.messages(board.desk.employer(EMPLOYER))) == 1, "the inbox has it at once"
    at(monkeypatch, board, MORNING)
    board.rounds()
    assert len(board.hook.bodies) == 1


def test_what_is_urgent_passes_quiet_hours(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(board.desk, quiet_from="21:00", quiet_to="08:00")
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.desk.bench.hear(oversight.CASE_BLOCKED, BLOCK.block_id, replace(BLOCK, kind="suspension"))
    board.pay()
    at(monkeypatch, board, NIGHT)
    board.rounds()
    assert [json.loads(body)["title"] for body in board.hook.bodies] == ["项目停训整改"]


def test_a_year_without_holidays_is_logged_and_holds_nothing_back(
    board: Switchboard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(board.desk, quiet_on_days_off=True)
    board.choose(board.desk.employer(EMPLOYER), ALL)
    board.pay()
    at(monkeypatch, board, NIGHT.replace(year=2099))
    board.rounds()
    assert len(board.hook.bodies) == 1
    assert "no_holidays" in (logged := "".join(capsys.readouterr()))
    assert "2099" in logged
