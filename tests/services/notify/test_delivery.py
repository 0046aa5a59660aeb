"""Mail reaches whoever has an address, once where nothing breaks, never lost where something does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select, update

from services.notify.delivery.queue import TRIES, Deliverer
from services.notify.models import DeliveryRow
from services.notify.service import NotifyService
from shared.clock import now
from shared.contracts.notify.messages import MESSAGE_DELIVERED, MESSAGE_FAILED
from shared.contracts.registry.parties import REVEAL_ACCOUNTS, AccountList, AccountShape
from shared.contracts.review import cases
from shared.contracts.subsidy import payments
from shared.errors import NotFound, Unavailable
from shared.runtime.assembly import assemble
from shared.security.speaker import Purpose, Speaker
from shared.settings import Settings, SettingsError
from tests.services.notify import samples
from tests.services.notify.desk import Desk
from tests.services.notify.mail_servers import Postbox, free_port, serving
from tests.services.notify.samples import CASE, EMPLOYER, NAMES

ADDRESS = "hr@example.com"


@dataclass
class Registry:
    """The neighbour that knows addresses. `says`: an answer or an error; `asked`: with which purposes."""

    says: str | Exception | None = ADDRESS
    asked: list[tuple[tuple[str, ...], Purpose, frozenset[Purpose]]] = field(default_factory=list)

    def ask(self, method: Any, request: Any, *, purposes: frozenset[Purpose] = frozenset()) -> Any:
        assert method is REVEAL_ACCOUNTS
        self.asked.append((request.organisation_ids, request.purpose, purposes))
        if isinstance(self.says, Exception):
            raise self.says
        return AccountList((AccountShape(EMPLOYER, NAMES[EMPLOYER], None, None, self.says),))


@dataclass
class Office:
    """The desk with mail set up: the round of its loop, the server's port, and what registry says."""

    desk: Desk
    port: int
    registry: Registry = field(default_factory=Registry)

    def round(self) -> int:
        errands = NotifyService.errands(self.desk.harness.database, self.registry.ask)
        (work,) = [loop.work for loop in errands if loop.name == "mail"]
        return work()

    def pay(self, claim: str = "claim-0") -> None:
        self.desk.harness.hear(payments.PAYMENT_CONFIRMED, claim, replace(samples.PAYMENT, claim_id=claim))

    def time_passes(self) -> None:
        """Whatever waits is due."""
        with self.desk.harness.database.transaction() as session:
            session.execute(update(DeliveryRow).where(DeliveryRow.state == "waiting").values(next_try_at=now()))

    def row(self) -> DeliveryRow:
        with self.desk.harness.database.reading() as session:
            return session.scalars(select(DeliveryRow)).one()

    def deliveries(self) -> list[str]:
        messages = self.desk.messages(self.desk.employer(EMPLOYER))
        return [one.state for message in messages for one in message.deliveries]

    def told(self) -> tuple[int, int]:
        harness = self.desk.harness
        return len(harness.told(MESSAGE_DELIVERED)), len(harness.told(MESSAGE_FAILED))


@pytest.fixture
def office(desk: Desk) -> Iterator[Office]:
    port = free_port()
    settings = replace(desk.harness.settings, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="noreply@example.gov.cn")
    NotifyService.prepare(settings, desk.harness.keys)
    yield Office(desk, port)
    NotifyService.prepare(desk.harness.settings, desk.harness.keys)


def test_a_message_is_mailed_once_and_told(office: Office) -> None:
    postbox = Postbox()
    office.pay()
    assert office.deliveries() == ["waiting"]
    with serving(postbox, office.port):
        assert [office.round(), office.round()] == [1, 0]
        office.time_passes()
        assert office.round() == 0
    (mail,) = postbox.mails
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "补贴已到账：93000.00 元（claim-0）"
    ((delivery,),) = [message.deliveries for message in office.desk.messages(office.desk.employer(EMPLOYER))]
    assert (delivery.channel, delivery.state, delivery.receipt) == ("mail", "delivered", "250")
    assert delivery.receipt_at is not None
    assert office.told() == (1, 0)
    (told,) = office.desk.harness.told(MESSAGE_DELIVERED)
    assert (told.message_id, told.template, told.channel) == (office.row().message_id, "payment_confirmed", "mail")


def test_the_address_is_asked_for_contact_alone_and_kept_nowhere(office: Office) -> None:
    office.pay()
    with serving(Postbox(), office.port):
        office.round()
    assert office.registry.asked == [((EMPLOYER,), Purpose.CONTACT, frozenset({Purpose.CONTACT}))]
    with office.desk.harness.database.engine.connect() as connection:
        tables = ["messages", "deliveries", "outbox", "inbox", "audit"]
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
    assert ADDRESS not in repr(rows)


def test_an_office_and_an_organisation_without_address_have_the_inbox_only(office: Office) -> None:
    office.registry.says = None
    office.desk.harness.hear(cases.CASE_SUBMITTED, CASE.case_id, CASE)
    assert office.round() == 0
    office.pay()
    assert [office.round(), office.round()] == [1, 0]
    assert office.deliveries() == ["no_address"]
    assert office.told() == (0, 0)


def test_an_organisation_that_registry_does_not_know_has_no_address(office: Office) -> None:
    office.registry.says = NotFound("未找到")
    office.pay()
    assert office.round() == 1
    assert office.deliveries() == ["no_address"]


def test_a_server_that_is_down_is_tried_again_later_and_not_at_once(office: Office) -> None:
    postbox = Postbox()
    office.pay()
    assert [office.round(), office.round()] == [1, 0]
    assert office.deliveries() == ["waiting"]
    assert office.row().attempts == 1
    with serving(postbox, office.port):
        assert office.round() == 0, "its pause isn't over"
        office.time_passes()
        assert office.round() == 1
    assert len(postbox.mails) == 1
    assert office.deliveries() == ["delivered"]


def test_each_pause_is_longer_than_the_one_before(office: Office) -> None:
    office.pay()
    pauses = []
    for _ in range(TRIES - 1):
        office.time_passes()
        before = now()
        office.round()
        due = office.row().next_try_at
        assert due is not None
        pauses.append(due - before)
    assert pauses == sorted(pauses)


def test_a_refused_address_fails_after_its_tries_and_holds_nobody_up(office: Office) -> None:
    postbox = Postbox(refuses={ADDRESS})
    office.pay()
    with serving(postbox, office.port):
        for _ in range(TRIES + 2):
            office.time_passes()
            office.round()
        assert office.deliveries() == ["failed"]
        assert postbox.refused == TRIES
        assert office.told() == (0, 1)
        office.registry.says = "corrected@example.com"
        office.pay("claim-1")
        office.round()
    assert office.deliveries() == ["delivered", "failed"]


def test_a_corrected_address_counts_from_the_next_try_on(office: Office) -> None:
    postbox = Postbox(refuses={ADDRESS})
    office.pay()
    with serving(postbox, office.port):
        office.round()
        office.registry.says = "corrected@example.com"
        office.time_passes()
        office.round()
    assert [mail["To"] for mail in postbox.mails] == ["corrected@example.com"]


@pytest.mark.parametrize("trouble", [Unavailable("registry 服务未启动"), "a@example.com,b@example.com"])
def test_whatever_is_wrong_with_one_message_those_behind_it_go_on(office: Office, trouble: str | Exception) -> None:
    postbox = Postbox()
    office.registry.says = trouble
    office.pay("claim-0")
    office.round()
    office.registry.says = ADDRESS
    office.pay("claim-1")
    with serving(postbox, office.port):
        assert office.round() == 1
    assert office.deliveries() == ["delivered", "waiting"]


def test_a_crash_between_sending_and_marking_sends_again_under_the_same_message_id(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox = Postbox()

    class PowerCut(BaseException):
        """Nothing of this process runs any more."""

    def cut(*_: Any) -> None:
        raise PowerCut

    office.pay()
    with serving(postbox, office.port):
        with monkeypatch.context() as crash, pytest.raises(PowerCut):
            crash.setattr(Deliverer, "_mark_delivered", cut)
            office.round()
        assert office.round() == 0, "still claimed"
        office.time_passes()
        assert office.round() == 1
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert office.deliveries() == ["delivered"]
    assert office.told() == (1, 0)


def test_a_process_that_always_dies_while_sending_uses_up_the_tries(office: Office) -> None:
    office.pay()
    with office.desk.harness.database.transaction() as session:
        session.execute(update(DeliveryRow).values(attempts=TRIES))
    assert office.round() == 1
    assert office.deliveries() == ["failed"]
    assert office.told() == (0, 1)


def test_many_replicas_send_each_message_once(office: Office) -> None:
    postbox, count = Postbox(), 12
    for number in range(count):
        office.pay(f"claim-{number}")
    together = threading.Barrier(4)
    failures: list[BaseException] = []

    def replica() -> None:
        try:
            together.wait()
            while office.round():
                pass
        except BaseException as error:
            failures.append(error)

    with serving(postbox, office.port):
        replicas = [threading.Thread(target=replica) for _ in range(4)]
        for one in replicas:
            one.start()
        for one in replicas:
            one.join()
    assert failures == []
    assert len(postbox.mails) == count
    assert len({mail["Message-ID"] for mail in postbox.mails}) == count
    assert office.told() == (count, 0)


def test_logs_of_a_failed_mail_hold_neither_address_nor_text(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.pay()
    with serving(Postbox(refuses={ADDRESS}), office.port):
        office.round()
    logged = "".join(capsys.readouterr())
    assert "not_delivered" in logged
    assert "smtp_550" in logged
    assert "example.com" not in logged
    assert "补贴" not in logged


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_service_with_mail_has_the_loop_and_one_without_has_none(office: Office) -> None:
    harness = office.desk.harness
    settings = replace(harness.settings, smtp_url="smtp://127.0.0.1:25", mail_from="noreply@example.gov.cn")
    assert "mail" in _loops(settings)
    assert "mail" not in _loops(harness.settings)
    assert {"webhook", "reminders"} <= _loops(harness.settings)
    with pytest.raises(SettingsError, match="MAIL_FROM"):
        _loops(replace(settings, mail_from=None))


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_loop_asks_registry_in_the_name_of_notify_itself(office: Office) -> None:
    speakers: list[Speaker] = []

    def call_out(_method: Any, _request: Any, *, speaker: Speaker) -> AccountList:
        speakers.append(speaker)
        return AccountList(())

    settings = replace(office.desk.harness.settings, smtp_url="smtp://127.0.0.1:25", mail_from="noreply@example.gov.cn")
    parts = assemble(NotifyService, settings)
    parts.kernel.call_out = call_out
    office.pay()
    (mail,) = [duty for duty in parts.duties if duty.name == "mail"]
    assert mail.work() == 1
    parts.kernel.database.dispose()
    assert speakers == [Speaker.service("notify", frozenset({Purpose.CONTACT}))]


def _loops(settings: Settings) -> set[str]:
    parts = assemble(NotifyService, settings)
    parts.kernel.database.dispose()
    return {duty.name for duty in parts.duties}
