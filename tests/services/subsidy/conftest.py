"""A road on each dialect, and the desk that collects on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.subsidy.collector import Collector
from tests.services.subsidy.road import Road


@pytest.fixture
def road(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Road]:
    walking = Road(make_database("subsidy", dialect).url, tmp_path)
    yield walking
    walking.close()


@pytest.fixture
def desk(road: Road) -> Collector:
    return Collector(road)
