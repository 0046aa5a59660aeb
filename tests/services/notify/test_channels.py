"""Parties choose where their messages go besides the inbox; a webhook's secret is told once and kept sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from services.notify.models import TargetRow
from shared.contracts.notify.messages import SET_CHANNELS, ChannelChoice, ChannelsSet, ChannelsShape, SetChannels
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role
from tests.services.notify.samples import EMPLOYER, PROVIDER
from tests.services.notify.switchboard import ALL, INBOX_ONLY, Switchboard


def test_who_chose_nothing_gets_mail_and_no_webhook(board: Switchboard) -> None:
    assert board.chosen(board.desk.employer(EMPLOYER)) == ChannelsShape((), None, None, None)
    board.pay()
    assert [row.channel for row in board.rows()] == ["mail"]


def test_the_secret_is_answered_once_even_to_the_same_request(board: Switchboard) -> None:
    employer, request = board.desk.employer(EMPLOYER), SetChannels((ALL,), webhook_url=board.url)
    first = board.desk.harness.call(employer, SET_CHANNELS, request, request_id="request-1")
    again = board.desk.harness.call(employer, SET_CHANNELS, request, request_id="request-1")
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
    with board.desk.harness.database.reading() as session:
        ended = {row.key_id: row.replaced_at is not None for row in session.scalars(select(TargetRow))}
    assert ended == {first.key_id: True, second.key_id: False}


def test_secret_and_address_lie_encrypted_and_in_no_remembered_answer(board: Switchboard) -> None:
    made = board.choose(board.desk.employer(EMPLOYER), ALL)
    assert made.secret is not None
    with board.desk.harness.database.engine.connect() as connection:
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
        board.chosen(board.desk.harness.speaker(Role.OPERATOR, "operator-1"))


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
