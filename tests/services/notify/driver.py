"""Notify as its tests drive it: who reads an inbox, what is sent besides it, and by which round of which loop.

Driver      the service on a real database
Webhooks    the same where webhooks may go to this machine, and one receiver there
Mailing     the same with a mail server set up, and a neighbour registry that knows addresses
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from services.notify.channels.webhook import WebhookChannel
from services.notify.delivery.queue import Deliverer
from services.notify.models import DeliveryRow
from services.notify.service import NotifyService
from shared.clock import now
from shared.contracts.notify.channels import (
    GET_CHANNELS,
    SET_CHANNELS,
    ChannelChoice,
    ChannelsSet,
    ChannelsShape,
    GetChannels,
    SetChannels,
)
from shared.contracts.notify.deliveries import MESSAGE_DELIVERED, MESSAGE_FAILED
from shared.contracts.notify.inbox import READ_INBOX, InboxPage, MessageShape, ReadInbox
from shared.contracts.registry.organisations import REVEAL_ACCOUNTS, AccountList, AccountShape
from shared.contracts.subsidy import payments
from shared.security.speaker import Purpose, Role, Speaker
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.notify import samples
from tests.services.notify.channels.mail_servers import free_port
from tests.services.notify.channels.webhook_receivers import Hook, receiving

ADDRESS = "hr@example.com"
ALL = ChannelChoice("all", mail=False, webhook=True)
INBOX_ONLY = ChannelChoice("all", mail=False, webhook=False)


def _no_accounts(*_: Any, **__: Any) -> AccountList:
    return AccountList(())


@dataclass
class Driver:
    """The harness, and the people who read their inboxes on it."""

    harness: KernelHarness
    url: str

    def employer(self, organisation: str) -> Speaker:
        return self.harness.speaker(Role.EMPLOYER, "clerk-1", organisation=organisation)

    def provider(self, organisation: str) -> Speaker:
        return self.harness.speaker(Role.TRAINING_PROVIDER, "clerk-2", organisation=organisation)

    def officer(self, district: str = CHAOYANG) -> Speaker:
        return self.harness.speaker(Role.DISTRICT_OFFICER, "officer-1", district=district)

    def finance(self, district: str = CHAOYANG) -> Speaker:
        return self.harness.speaker(Role.FINANCE_OFFICER, "finance-1", district=district)

    def city(self, role: Role = Role.CITY_OFFICER) -> Speaker:
        return self.harness.speaker(role, "city-1")

    def page(self, reader: Speaker, **request: Any) -> InboxPage:
        return self.harness.call(reader, READ_INBOX, ReadInbox(**request))

    def messages(self, reader: Speaker) -> tuple[MessageShape, ...]:
        return self.page(reader).messages

    def templates(self, reader: Speaker) -> list[str]:
        return [message.template for message in self.messages(reader)]

    def prepare(self, **settings: Any) -> None:
        """The service anew, with what a test sets and nothing else."""
        NotifyService.prepare(replace(self.harness.settings, **settings), self.harness.keys)

    def pay(self, claim: str = "claim-0", **changes: Any) -> None:
        self.harness.hear(payments.PAYMENT_CONFIRMED, claim, replace(samples.PAYMENT, claim_id=claim, **changes))

    def choose(self, speaker: Speaker, *choices: ChannelChoice, **request: Any) -> ChannelsSet:
        return self.harness.call(speaker, SET_CHANNELS, SetChannels(choices, **request))

    def chosen(self, speaker: Speaker) -> ChannelsShape:
        return self.harness.call(speaker, GET_CHANNELS, GetChannels())

    def round(self, channel: str, ask: Callable[..., Any] = _no_accounts) -> int:
        """One round of the loop that sends on this channel. `ask`: what registry answers."""
        errands = NotifyService.errands(self.harness.database, ask)
        (work,) = [loop.work for loop in errands if loop.name == channel]
        return work()

    def rounds(self, channel: str) -> None:
        while self.round(channel):
            pass

    def time_passes(self) -> None:
        """Whatever waits is due."""
        with self.harness.database.transaction() as session:
            session.execute(update(DeliveryRow).where(DeliveryRow.state == "waiting").values(next_try_at=now()))

    def rows(self) -> list[DeliveryRow]:
        with self.harness.database.reading() as session:
            return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.number)))


@dataclass
class Webhooks:
    """The driver where webhooks may go to this machine, mail to nobody, and one receiver that listens when asked to."""

    driver: Driver
    hook: Hook = field(default_factory=Hook)
    port: int = field(default_factory=free_port)

    def prepare(self, **settings: Any) -> None:
        told = {"webhook_hosts": "127.0.0.1", "smtp_url": "smtp://127.0.0.1:9", "mail_from": "noreply@example.gov.cn"}
        self.driver.prepare(**(told | settings))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def choose(self, speaker: Speaker, *choices: ChannelChoice, **request: Any) -> ChannelsSet:
        """By default with the receiver as target."""
        return self.driver.choose(speaker, *choices, **{"webhook_url": self.url, **request})

    def round(self) -> int:
        return self.driver.round("webhook")

    def rounds(self) -> None:
        with receiving(self.hook, port=self.port):
            self.driver.rounds("webhook")

    def deliverer(self, **channel: Any) -> Deliverer:
        """The loop's own, with another way to post."""
        database = self.driver.harness.database
        sending = WebhookChannel(database, NotifyService.targets, NotifyService.allowed, **channel)
        return Deliverer(database, sending, NotifyService.quiet)

    def rounds_at(self, moment: datetime) -> None:
        """Rounds of a loop whose clock stands at this moment; what waits for later is due since then."""
        with self.driver.harness.database.transaction() as session:
            early = update(DeliveryRow).where(DeliveryRow.next_try_at > moment, DeliveryRow.attempts == 0)
            session.execute(early.values(next_try_at=moment))
        deliverer = replace(self.deliverer(), clock=lambda: moment)
        with receiving(self.hook, port=self.port):
            while deliverer.deliver_one():
                pass

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(row.channel, row.state, row.reason) for row in self.driver.rows()]


@dataclass
class Mailing:
    """The driver with mail set up. `says`: what registry answers, or its error; `asked`: with which purposes."""

    driver: Driver
    port: int = field(default_factory=free_port)
    says: str | Exception | None = ADDRESS
    asked: list[tuple[tuple[str, ...], Purpose, frozenset[Purpose]]] = field(default_factory=list)

    def prepare(self) -> None:
        self.driver.prepare(smtp_url=f"smtp://127.0.0.1:{self.port}", mail_from="noreply@example.gov.cn")

    def round(self) -> int:
        return self.driver.round("mail", self.ask)

    def row(self) -> DeliveryRow:
        (row,) = self.driver.rows()
        return row

    def states(self) -> list[str]:
        """Of the employer's messages, as its inbox shows them."""
        messages = self.driver.messages(self.driver.employer(samples.EMPLOYER))
        return [one.state for message in messages for one in message.deliveries]

    def told(self) -> tuple[int, int]:
        """How many were told to be delivered, and how many to have failed."""
        harness = self.driver.harness
        return len(harness.told(MESSAGE_DELIVERED)), len(harness.told(MESSAGE_FAILED))

    def ask(self, method: Any, request: Any, *, purposes: frozenset[Purpose] = frozenset()) -> Any:
        assert method is REVEAL_ACCOUNTS
        self.asked.append((request.organisation_ids, request.purpose, purposes))
        if isinstance(self.says, Exception):
            raise self.says
        name = samples.NAMES[samples.EMPLOYER]
        return AccountList((AccountShape(samples.EMPLOYER, name, None, None, self.says),))
