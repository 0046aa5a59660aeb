"""A town on each dialect: `town` on the day that most stories begin; `new_town` on another day or document path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import MadeDatabase
from tests.services.review.overseer import Overseer
from tests.services.review.town import Town


@pytest.fixture
def new_town(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Callable[..., Town]]:
    with ExitStack() as closing:

        def make(**options: object) -> Town:
            made = Town.on(make_database("review", dialect).url, tmp_path, **options)  # type: ignore[arg-type]
            closing.callback(made.harness.close)
            return made

        yield make


@pytest.fixture
def town(new_town: Callable[..., Town]) -> Town:
    return new_town()


@pytest.fixture
def overseer(town: Town) -> Overseer:
    return Overseer(town)
