"""The notebook on a harness: on either dialect, and on PostgreSQL alone where two transactions must be open at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.contracts.catalogue import EVENTS
from tests.conftest import MadeDatabase
from tests.kernel.notebook import NOTE_HIDDEN, NOTE_WRITTEN, Notebook, notebook_on

MakeBook = Callable[[str], Notebook]


@pytest.fixture
def make_book(
    make_database: Callable[..., MadeDatabase], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeBook]:
    for event in (NOTE_WRITTEN, NOTE_HIDDEN):
        monkeypatch.setitem(EVENTS, f"review.{event.name}", event)
    with ExitStack() as closing:

        def make(dialect: str) -> Notebook:
            book = notebook_on(make_database("review", dialect), tmp_path)
            closing.callback(book.harness.close)
            return book

        yield make


@pytest.fixture
def book(make_book: MakeBook, dialect: str) -> Notebook:
    return make_book(dialect)


@pytest.fixture
def postgresql_book(make_book: MakeBook) -> Notebook:
    return make_book("postgresql")
