"""Mail reaches whoever has an address, once where nothing breaks, never lost where something does."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import update

from services.notify.channels.mail import MailChannel
from services.notify.delivery.queue import TRIES, Deliverer, Sending
from services.notify.delivery.quiet_hours import Quiet
from services.notify.models import DeliveryRow, MessageRow
from services.notify.service import NotifyService
from shared.clock import now
from shared.contracts.notify.channels import Channel
from shared.contracts.notify.deliveries import MESSAGE_DELIVERED
from shared.contracts.registry.organisations import AccountList
from shared.contracts.review import cases
from shared.errors import NotFound, Unavailable
from shared.runtime.assembly import assemble
from shared.security.speaker import Purpose, Speaker
from shared.settings import Settings, SettingsError
from tests.services.notify.channels.mail_servers import Postbox, serving
from tests.services.notify.driver import ADDRESS, Mailing
from tests.services.notify.samples import CASE, EMPLOYER


def test_a_message_is_mailed_once_and_told(mailing: Mailing) -> None:
    postbox = Postbox()
    mailing.driver.pay()
    assert mailing.states() == ["waiting"]
    with serving(postbox, mailing.port):
        assert [mailing.round(), mailing.round()] == [1, 0]
        mailing.driver.time_passes()
        assert mailing.round() == 0
    (mail,) = postbox.mails
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "补贴已到账：93000.00 元（claim-0）"
    ((delivery,),) = [message.deliveries for message in mailing.driver.messages(mailing.driver.employer(EMPLOYER))]
    assert (delivery.channel, delivery.state, delivery.receipt) == ("mail", "delivered", "250")
    assert delivery.receipt_at is not None
    assert mailing.told() == (1, 0)
    (told,) = mailing.driver.harness.told(MESSAGE_DELIVERED)
    assert (told.message_id, told.template, told.channel) == (mailing.row().message_id, "payment_confirmed", "mail")


def test_the_address_is_asked_for_contact_alone_and_kept_nowhere(mailing: Mailing) -> None:
    mailing.driver.pay()
    with serving(Postbox(), mailing.port):
        mailing.round()
    assert mailing.asked == [((EMPLOYER,), Purpose.CONTACT, frozenset({Purpose.CONTACT}))]
    with mailing.driver.harness.database.engine.connect() as connection:
        tables = ["messages", "deliveries", "outbox", "inbox", "audit"]
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    assert ADDRESS not in repr(rows)


def test_an_office_and_an_organisation_without_address_have_the_inbox_only(mailing: Mailing) -> None:
    mailing.says = None
    mailing.driver.harness.hear(cases.CASE_SUBMITTED, CASE.case_id, CASE)
    assert mailing.round() == 0
    mailing.driver.pay()
    assert [mailing.round(), mailing.round()] == [1, 0]
    assert mailing.states() == ["no_address"]
    assert mailing.told() == (0, 0)


def test_an_organisation_that_registry_does_not_know_has_no_address(mailing: Mailing) -> None:
    mailing.says = NotFound("未找到")
    mailing.driver.pay()
    assert mailing.round() == 1
    assert mailing.states() == ["no_address"]


def test_a_server_that_is_down_is_tried_again_later_and_not_at_once(mailing: Mailing) -> None:
    postbox = Postbox()
    mailing.driver.pay()
    assert [mailing.round(), mailing.round()] == [1, 0]
    assert mailing.states() == ["waiting"]
    assert mailing.row().attempts == 1
    with serving(postbox, mailing.port):
        assert mailing.round() == 0, "its pause isn't over"
        mailing.driver.time_passes()
        assert mailing.round() == 1
    assert len(postbox.mails) == 1
    assert mailing.states() == ["delivered"]


def test_each_pause_is_longer_than_the_one_before(mailing: Mailing) -> None:
    mailing.driver.pay()
    pauses = []
    for _ in range(TRIES - 1):
        mailing.driver.time_passes()
        before = now()
        mailing.round()
        due = mailing.row().next_try_at
        assert due is not None
        pauses.append(due - before)
    assert pauses == sorted(pauses)


def test_a_refused_address_fails_after_its_tries_and_holds_nobody_up(mailing: Mailing) -> None:
    postbox = Postbox(refuses={ADDRESS})
    mailing.driver.pay()
    with serving(postbox, mailing.port):
        for _ in range(TRIES + 2):
            mailing.driver.time_passes()
            mailing.round()
        assert mailing.states() == ["failed"]
        assert postbox.refused == TRIES
        assert mailing.told() == (0, 1)
        mailing.says = "corrected@example.com"
        mailing.driver.pay("claim-1")
        mailing.round()
    assert mailing.states() == ["delivered", "failed"]


def test_a_corrected_address_counts_from_the_next_try_on(mailing: Mailing) -> None:
    postbox = Postbox(refuses={ADDRESS})
    mailing.driver.pay()
    with serving(postbox, mailing.port):
        mailing.round()
        mailing.says = "corrected@example.com"
        mailing.driver.time_passes()
        mailing.round()
    assert [mail["To"] for mail in postbox.mails] == ["corrected@example.com"]


@pytest.mark.parametrize("trouble", [Unavailable("registry 服务未启动"), "a@example.com,b@example.com"])
def test_whatever_is_wrong_with_one_message_those_behind_it_go_on(mailing: Mailing, trouble: str | Exception) -> None:
    postbox = Postbox()
    mailing.says = trouble
    mailing.driver.pay("claim-0")
    mailing.round()
    mailing.says = ADDRESS
    mailing.driver.pay("claim-1")
    with serving(postbox, mailing.port):
        assert mailing.round() == 1
    assert mailing.states() == ["delivered", "waiting"]


class PowerCut(BaseException):
    """Nothing of this process runs any more."""


@dataclass(frozen=True)
class CutAfterSending:
    """A channel on which the power goes as soon as something was sent."""

    sending: Sending
    channel: Channel = "mail"

    def send(self, message: MessageRow) -> str:
        self.sending.send(message)
        raise PowerCut


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_message_id(mailing: Mailing) -> None:
    postbox = Postbox()
    assert NotifyService.mail is not None
    dying = CutAfterSending(MailChannel(mailing.ask, *NotifyService.mail, NotifyService.texts))
    mailing.driver.pay()
    with serving(postbox, mailing.port):
        with pytest.raises(PowerCut):
            Deliverer(mailing.driver.harness.database, dying, Quiet()).deliver_one()
        assert mailing.round() == 0, "still claimed"
        mailing.driver.time_passes()
        assert mailing.round() == 1
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert mailing.states() == ["delivered"]
    assert mailing.told() == (1, 0)


def test_a_process_that_always_dies_while_sending_uses_up_the_tries(mailing: Mailing) -> None:
    mailing.driver.pay()
    with mailing.driver.harness.database.transaction() as session:
        session.execute(update(DeliveryRow).values(attempts=TRIES))
    assert mailing.round() == 1
    assert mailing.states() == ["failed"]
    assert mailing.told() == (0, 1)


def test_many_replicas_send_each_message_once(mailing: Mailing) -> None:
    postbox, count = Postbox(), 12
    for number in range(count):
        mailing.driver.pay(f"claim-{number}")
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def replica() -> None:
        try:
            together.wait()
            while mailing.round():
                pass
        except BaseException as error:
            failures.append(error)

    with serving(postbox, mailing.port):
        replicas = [threading.Thread(target=replica) for _ in range(4)]
        for one in replicas:
            one.start()
        for one in replicas:
            one.join()
    assert failures == []
    assert len(postbox.mails) == count
    assert len({mail["Message-ID"] for mail in postbox.mails}) == count
    assert mailing.told() == (count, 0)


def test_logs_of_a_failed_mail_hold_neither_address_nor_text(
    mailing: Mailing, capsys: pytest.CaptureFixture[str]
) -> None:
    mailing.driver.pay()
    with serving(Postbox(refuses={ADDRESS}), mailing.port):
        mailing.round()
    logged = "".join(capsys.readouterr())
    assert "not_delivered" in logged
    assert "smtp_550" in logged
    assert "example.com" not in logged
    assert "补贴" not in logged


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_service_with_mail_has_the_loop_and_one_without_has_none(mailing: Mailing) -> None:
    harness = mailing.driver.harness
    settings = replace(harness.settings, smtp_url="smtp://127.0.0.1:25", mail_from="noreply@example.gov.cn")
    assert "mail" in _loops(settings)
    assert "mail" not in _loops(harness.settings)
    assert {"webhook", "reminders"} <= _loops(harness.settings)
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        _loops(replace(settings, mail_from=None))


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_loop_asks_registry_in_the_name_of_notify_itself(mailing: Mailing) -> None:
    speakers: list[Speaker] = []

    def call_out(_method: Any, _request: Any, *, speaker: Speaker) -> AccountList:
        speakers.append(speaker)
        return AccountList(())

    settings = replace(
        mailing.driver.harness.settings, smtp_url="smtp://127.0.0.1:25", mail_from="noreply@example.gov.cn"
    )
    parts = assemble(NotifyService, settings)
    parts.kernel.call_out = call_out
    mailing.driver.pay()
    (mail,) = [duty for duty in parts.duties if duty.name == "mail"]
    assert mail.work() == 1
    parts.kernel.database.dispose()
    assert speakers == [Speaker.service("notify", frozenset({Purpose.CONTACT}))]


def _loops(settings: Settings) -> set[str]:
    parts = assemble(NotifyService, settings)
    parts.kernel.database.dispose()
    return {duty.name for duty in parts.duties}
