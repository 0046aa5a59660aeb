"""A world on each dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.services.training.world import World


@pytest.fixture
def world(make_database: Callable[..., Any], dialect: str, tmp_path: Path) -> Iterator[World]:
    made = World(make_database("training", dialect).url, tmp_path)
    yield made
    made.harness.close()
