"""Webhooks on the harness: they may go to this machine, where one receiver listens when it is asked to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select, update

from services.notify.models import DeliveryRow
from services.notify.service import NotifyService
from shared.clock import now
from shared.contracts.notify.messages import (
    GET_CHANNELS,
    SET_CHANNELS,
    ChannelChoice,
    ChannelsSet,
    ChannelsShape,
    GetChannels,
    SetChannels,
)
from shared.contracts.registry.parties import AccountList
from shared.contracts.subsidy import payments
from shared.security.speaker import Speaker
from tests.services.notify import samples
from tests.services.notify.desk import Desk
from tests.services.notify.hooks import Hook, receiving
from tests.services.notify.mail_servers import free_port

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
        return self.desk.harness.call(speaker, SET_CHANNELS, wanted)

    def chosen(self, speaker: Speaker) -> ChannelsShape:
        return self.desk.harness.call(speaker, GET_CHANNELS, GetChannels())

    def pay(self, claim: str = "claim-0") -> None:
        self.desk.harness.hear(payments.PAYMENT_CONFIRMED, claim, replace(samples.PAYMENT, claim_id=claim))

    def round(self) -> int:
        errands = NotifyService.errands(self.desk.harness.database, lambda *_, **__: AccountList(()))
        (work,) = [loop.work for loop in errands if loop.name == "webhook"]
        return work()

    def rounds(self) -> None:
        with receiving(self.hook, port=self.port):
            while self.round():
                pass

    def time_passes(self) -> None:
        """Whatever waits is due."""
        with self.desk.harness.database.transaction() as session:
            session.execute(update(DeliveryRow).where(DeliveryRow.state == "waiting").values(next_try_at=now()))

    def rows(self) -> list[DeliveryRow]:
        with self.desk.harness.database.reading() as session:
            return list(session.scalars(select(DeliveryRow).order_by(DeliveryRow.number)))

    def states(self) -> list[tuple[str, str, str | None]]:
        return [(row.channel, row.state, row.reason) for row in self.rows()]


def prepare(desk: Desk, **settings: Any) -> None:
    """Webhooks to this machine, mail to nobody, and what else a test sets."""
    told = {"webhook_hosts": "127.0.0.1", "smtp_url": "smtp://127.0.0.1:9", "mail_from": "noreply@example.gov.cn"}
    NotifyService.prepare(replace(desk.harness.settings, **(told | settings)), desk.harness.keys)
