"""A notify service on a real database; its neighbour registry knows the sample organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.notify.service import NotifyService
from shared.contracts.registry.organisations import (
    LIST_ORGANISATIONS,
    ListOrganisations,
    OrganisationList,
    OrganisationShape,
)
from tests.conftest import MadeDatabase
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.notify.driver import Driver, Mailing, Webhooks
from tests.services.notify.samples import NAMES


def listed(request: ListOrganisations) -> OrganisationList:
    return OrganisationList(
        tuple(
            OrganisationShape(one, NAMES[one], "91110105MA0000000Y", "enterprise", CHAOYANG, False)
            for one in request.ids
            if one in NAMES
        )
    )


@pytest.fixture
def driver(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Driver]:
    url = make_database("notify", dialect).url
    harness = KernelHarness(NotifyService, url, tmp_path)
    harness.answers(LIST_ORGANISATIONS, listed)
    yield Driver(harness, url)
    harness.close()


@pytest.fixture
def webhooks(driver: Driver) -> Iterator[Webhooks]:
    webhooks = Webhooks(driver)
    webhooks.prepare()
    yield webhooks
    driver.prepare()


@pytest.fixture
def mailing(driver: Driver) -> Iterator[Mailing]:
    mailing = Mailing(driver)
    mailing.prepare()
    yield mailing
    driver.prepare()
