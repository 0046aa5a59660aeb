"""Parties choose where their messages go besides the inbox; a webhook's secret is told once and kept sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from services.notify.models import TargetRow
from shared.contracts.notify.channels import SET_CHANNELS, ChannelChoice, ChannelsSet, ChannelsShape, SetChannels
from shared.errors import InvalidRequest, NotPermitted
from shared.security.speaker import Role
from tests.services.notify.driver import ALL, INBOX_ONLY, Webhooks
from tests.services.notify.samples import EMPLOYER, PROVIDER


def test_who_chose_nothing_gets_mail_and_no_webhook(webhooks: Webhooks) -> None:
    assert webhooks.driver.chosen(webhooks.driver.employer(EMPLOYER)) == ChannelsShape((), None, None, None)
    webhooks.driver.pay()
    assert [row.channel for row in webhooks.driver.rows()] == ["mail"]


def test_the_secret_is_answered_once_even_to_the_same_request(webhooks: Webhooks) -> None:
    employer, request = webhooks.driver.employer(EMPLOYER), SetChannels((ALL,), webhook_url=webhooks.url)
    first = webhooks.driver.harness.call(employer, SET_CHANNELS, request, request_id="request-1")
    again = webhooks.driver.harness.call(employer, SET_CHANNELS, request, request_id="request-1")
    assert first.secret is not None
    assert len(bytes.fromhex(first.secret)) == 32
    assert again == ChannelsSet(first.key_id, None)
    assert webhooks.choose(employer, ALL) == ChannelsSet(first.key_id, None)
    shape = webhooks.driver.chosen(employer)
    assert (shape.choices, shape.webhook_url, shape.key_id) == ((ALL,), webhooks.url, first.key_id)


def test_a_renewed_secret_replaces_the_old_one(webhooks: Webhooks) -> None:
    employer = webhooks.driver.employer(EMPLOYER)
    first, second = webhooks.choose(employer, ALL), webhooks.choose(employer, ALL, renew_secret=True)
    assert second.secret not in (None, first.secret)
    assert second.key_id != first.key_id
    with webhooks.driver.harness.database.reading() as session:
        ended = {row.key_id: row.replaced_at is not None for row in session.scalars(select(TargetRow))}
    assert ended == {first.key_id: True, second.key_id: False}


def test_secret_and_address_lie_encrypted_and_in_no_remembered_answer(webhooks: Webhooks) -> None:
    made = webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    assert made.secret is not None
    with webhooks.driver.harness.database.engine.connect() as connection:
        tables = ("webhook_targets", "requests", "audit", "outbox", "channel_choices")
        stored = b"".join(
            bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
            for table in tables
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
        )
    assert (made.key_id or "").encode() in stored, "the look-out sees what isn't encrypted"
    for hidden in (made.secret.encode(), bytes.fromhex(made.secret), webhooks.url.encode()):
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
    webhooks: Webhooks, choices: tuple[ChannelChoice, ...], url: str | None, paths: list[str]
) -> None:
    employer = webhooks.driver.employer(EMPLOYER)
    before = webhooks.choose(employer, ALL)
    with pytest.raises(InvalidRequest) as refused:
        webhooks.choose(employer, *choices, webhook_url=webhooks.url if url == "" else url)
    assert [fault["path"] for fault in refused.value.details["fields"]] == paths
    assert webhooks.driver.chosen(employer).key_id == before.key_id


def test_an_office_has_no_mail_to_choose(webhooks: Webhooks) -> None:
    with pytest.raises(InvalidRequest):
        webhooks.choose(webhooks.driver.officer(), ChannelChoice("all", mail=True, webhook=True))


def test_nobody_sees_or_changes_the_choice_of_another(webhooks: Webhooks) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), ALL)
    for other in (webhooks.driver.provider(PROVIDER), webhooks.driver.officer(), webhooks.driver.city()):
        assert webhooks.driver.chosen(other) == ChannelsShape((), None, None, None)
        webhooks.choose(other, webhook_url=None)
    assert webhooks.driver.chosen(webhooks.driver.employer(EMPLOYER)).webhook_url == webhooks.url
    with pytest.raises(NotPermitted):
        webhooks.driver.chosen(webhooks.driver.harness.speaker(Role.OPERATOR, "operator-1"))


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
    webhooks: Webhooks, choices: tuple[ChannelChoice, ...], channels: list[str]
) -> None:
    webhooks.choose(webhooks.driver.employer(EMPLOYER), *choices)
    webhooks.driver.pay()
    assert [row.channel for row in webhooks.driver.rows()] == channels
    assert len(webhooks.driver.messages(webhooks.driver.employer(EMPLOYER))) == 1
