"""A notify service on a real database; its neighbour registry knows the sample organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.notify.service import NotifyService
from shared.contracts.registry.parties import LIST_ORGANISATIONS, ListOrganisations, OrganisationList, OrganisationShape
from tests.conftest import MadeDatabase
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.notify.desk import Desk
from tests.services.notify.samples import NAMES
from tests.services.notify.switchboard import Switchboard, prepare


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
    harness = KernelHarness(NotifyService, url, tmp_path)
    harness.answers(LIST_ORGANISATIONS, listed)
    yield Desk(harness, url)
    harness.close()


@pytest.fixture
def board(desk: Desk) -> Iterator[Switchboard]:
    prepare(desk)
    yield Switchboard(desk)
    NotifyService.prepare(desk.harness.settings, desk.harness.keys)
