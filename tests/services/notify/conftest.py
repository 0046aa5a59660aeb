"""A notify service on a real database; its neighbour registry knows the sample organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.notify.service import NotifyService
from shared.contracts.notify import READ_INBOX, InboxPage, MessageShape, ReadInbox
from shared.contracts.registry import LIST_ORGANISATIONS, ListOrganisations, OrganisationList, OrganisationShape
from shared.security.speaker import Role, Speaker
from tests.conftest import MadeDatabase
from tests.services.bench import CHAOYANG, Bench
from tests.services.notify.samples import NAMES


@dataclass
class Desk:
    """The bench, and the people who read their inboxes on it."""

    bench: Bench
    url: str

    def employer(self, organisation: str) -> Speaker:
        return self.bench.speaker(Role.EMPLOYER, "clerk-1", organisation=organisation)

    def provider(self, organisation: str) -> Speaker:
        return self.bench.speaker(Role.TRAINING_PROVIDER, "clerk-2", organisation=organisation)

    def officer(self, district: str = CHAOYANG) -> Speaker:
        return self.bench.speaker(Role.DISTRICT_OFFICER, "officer-1", district=district)

    def finance(self, district: str = CHAOYANG) -> Speaker:
        return self.bench.speaker(Role.FINANCE_OFFICER, "finance-1", district=district)

    def city(self, role: Role = Role.CITY_OFFICER) -> Speaker:
        return self.bench.speaker(role, "city-1")

    def page(self, reader: Speaker, **request: Any) -> InboxPage:
        return self.bench.call(reader, READ_INBOX, ReadInbox(**request))

    def messages(self, reader: Speaker) -> tuple[MessageShape, ...]:
        return self.page(reader).messages

    def templates(self, reader: Speaker) -> list[str]:
        return [message.template for message in self.messages(reader)]


def listed(request: ListOrganisations) -> OrganisationList:
    return OrganisationList(
        tuple(
            OrganisationShape(one, NAMES[one], "91110105MA0000000Y", "enterprise", CHAOYANG, False)
            for one in request.ids
            if one in NAMES
        )
    )


@pytest.fixture
def desk(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Desk]:
    url = make_database("notify", dialect).url
    bench = Bench(NotifyService, url, tmp_path)
    bench.answers(LIST_ORGANISATIONS, listed)
    yield Desk(bench, url)
    bench.close()
