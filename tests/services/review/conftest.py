"""A driver on each dialect: `driver` on the day that most stories begin; `new_driver` on another day or documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.review.driver import Driver


@pytest.fixture
def new_driver(
    make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path
) -> Iterator[Callable[..., Driver]]:
    with ExitStack() as closing:

        def make(**options: object) -> Driver:
            made = Driver(make_database("review", dialect).url, tmp_path, **options)  # type: ignore[arg-type]
            closing.callback(made.harness.close)
            return made

        yield make


@pytest.fixture
def driver(new_driver: Callable[..., Driver]) -> Driver:
    return new_driver()
