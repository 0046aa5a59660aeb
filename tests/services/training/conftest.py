"""A driver on each dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.training.service import TrainingService
from tests.services.training.driver import Driver


@pytest.fixture
def service() -> type[TrainingService]:
    """Which one is driven; a test may parametrize it."""
    return TrainingService


@pytest.fixture
def driver(
    make_database: Callable[..., Any], dialect: str, tmp_path: Path, service: type[TrainingService]
) -> Iterator[Driver]:
    made = Driver(make_database("training", dialect).url, tmp_path, service=service)
    yield made
    made.harness.close()
