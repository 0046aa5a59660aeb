"""A notify service on a real database; its neighbour registry knows the sample organisations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.notify.service import NotifyService
from shared.contracts.registry.parties import LIST_ORGANISATIONS, ListOrganisations, OrganisationList, OrganisationShape
from tests.conftest import MadeDatabase
from tests.services.bench import CHAOYANG, Bench
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
    bench = Bench(NotifyService, url, tmp_path)
    bench.answers(LIST_ORGANISATIONS, listed)
    yield Desk(bench, url)
    bench.close()


@pytest.fixture
def board(desk: Desk) -> Iterator[Switchboard]:
    prepare(desk)
    yield Switchboard(desk)
    NotifyService.prepare(desk.bench.settings, desk.bench.keys)
