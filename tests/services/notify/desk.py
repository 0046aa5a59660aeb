"""The harness of notify, and the people who read their inboxes on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.contracts.notify.messages import READ_INBOX, InboxPage, MessageShape, ReadInbox
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, KernelHarness


@dataclass
class Desk:
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
