"""One real key folder for all tests of this folder, made by the same code as `skills keys init`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.security import key_files
from shared.security.keys import FolderSource, Keys

NOW = datetime(2022, 6, 6, 2, 0, tzinfo=UTC)
TODAY = date(2022, 6, 6)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("keys")
    key_files.init(root, ("registry", "training"), ("sandbox",), TODAY)
    return root


@pytest.fixture(scope="session")
def keys(folder: Path) -> Keys:
    return Keys(FolderSource(folder))
