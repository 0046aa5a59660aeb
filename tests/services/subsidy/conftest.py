"""A driver on each dialect, and its part that collects what is asked back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.subsidy.collection.driver import CollectionDriver
from tests.services.subsidy.driver import Driver


@pytest.fixture
def driver(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Driver]:
    walking = Driver(make_database("subsidy", dialect).url, tmp_path)
    yield walking
    walking.close()


@pytest.fixture
def collection(driver: Driver) -> CollectionDriver:
    return CollectionDriver(driver)
