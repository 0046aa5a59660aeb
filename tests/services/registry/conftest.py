"""A registry service on a real database, and two employers of different districts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.harness import SHUNYI
from tests.services.registry.driver import FIRMS, Driver, KeyRotation, open_driver, rotation_of


@pytest.fixture
def driver(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Driver]:
    driver = open_driver(make_database("registry", dialect).url, tmp_path)
    yield driver
    driver.harness.close()


@pytest.fixture
def rotation(driver: Driver) -> KeyRotation:
    return rotation_of(driver)


@pytest.fixture
def employer(driver: Driver) -> str:
    return driver.organisation(FIRMS[0])


@pytest.fixture
def stranger(driver: Driver) -> str:
    """An employer of another district."""
    return driver.organisation(FIRMS[1], SHUNYI)
