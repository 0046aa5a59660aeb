"""notify: each side was told everything that can be told, so every party of it has messages, and webhooks that nobody
takes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from services.notify.service import NotifyService
from shared.contracts.notify import channels, deliveries
from shared.contracts.notify.inbox import READ_INBOX, MarkRead, ReadInbox
from shared.contracts.registry import organisations
from shared.security.speaker import CITY_ROLES, Role
from tests.hostile.driver import Driver
from tests.hostile.drivers import names
from tests.hostile.sides import Side
from tests.services.notify.samples import SAMPLES


class NotifyDriver(Driver):
    service = NotifyService

    def prepare(self) -> None:
        self.harness.settings = dataclasses.replace(self.harness.settings, webhook_hosts="127.0.0.1")
        NotifyService.prepare(self.harness.settings, self.harness.keys)
        self.harness.answers(organisations.LIST_ORGANISATIONS, names.organisations(_name))
        for event, data in SAMPLES:
            if not hasattr(data, "district"):  # told to every district
                self.harness.hear(event, "everybody", data)

    def build(self, name: str, district: str) -> Side:
        side = Side(name, district, f"employer-{name}", f"provider-{name}")
        own = {
            "district": district,
            "employer_id": side.employer,
            "provider_id": side.provider,
            "project_id": f"project-{name}",
            "case_id": f"case-{name}",
            "claim_id": f"claim-{name}",
        }
        for role in channels.SET_CHANNELS.roles:
            if role not in CITY_ROLES:
                self.harness.call(side.speaker(role), channels.SET_CHANNELS, _choice(side, role))
        for number, (event, data) in enumerate(SAMPLES):
            if not hasattr(data, "district"):
                continue
            fields = {field.name for field in dataclasses.fields(data)}
            named = {key: value for key, value in own.items() if key in fields}
            self.harness.hear(event, f"{name}-{number}", dataclasses.replace(data, **named))
        self._try_webhooks()
        return side

    def words(self, side: Side) -> frozenset[str]:
        return super().words(side) | {_name(side.employer), _name(side.provider)}

    def own_requests(self, side: Side, role: Role) -> Mapping[str, Any]:
        return {
            "read_inbox": ReadInbox(),
            "mark_read": MarkRead(self._message(side, role)),
            "set_channels": _choice(side, role),
            "get_channels": channels.GetChannels(),
            "list_undelivered": deliveries.ListUndelivered(channel="webhook", state="waiting"),
            "retry_delivery": deliveries.RetryDelivery(self._delivery(side)),
        }

    def _try_webhooks(self) -> None:
        """Once each: nobody listens there."""
        errands = NotifyService.errands(self.harness.database, self.harness._call_out)
        (work,) = [loop.work for loop in errands if loop.name == "webhook"]
        while work():
            pass

    def _delivery(self, side: Side) -> str:
        found = self.harness.call(
            side.speaker(Role.DISTRICT_OFFICER), deliveries.LIST_UNDELIVERED, deliveries.ListUndelivered()
        )
        return found.lines[0].delivery_id

    def _message(self, side: Side, role: Role) -> str:
        """The newest message of the role's inbox; of the employer's for a role without one."""
        reader = role if role in READ_INBOX.roles else Role.EMPLOYER
        inbox = self.harness.call(side.speaker(reader), READ_INBOX, ReadInbox(limit=1))
        return inbox.messages[0].message_id


def _choice(side: Side, role: Role) -> channels.SetChannels:
    choice = channels.ChannelChoice("all", mail=False, webhook=True)
    return channels.SetChannels((choice,), webhook_url=f"http://127.0.0.1:9/{side.name}-{role}")


def _name(organisation: str) -> str:
    return f"示例 {organisation} 公司"
