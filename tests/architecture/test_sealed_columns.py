"""Every column of bytes is sealed, and what is sealed is written again when keys change."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary
from sqlalchemy.orm import DeclarativeBase

from shared.clock import beijing_today
from shared.contracts.schema.declare import SERVICES
from shared.security import key_files
from shared.security.keys import FolderSource, Keys
from shared.settings import Settings
from shared.store.database import Database
from shared.store.key_rotation import SealedColumn


def tables(service: str) -> set[type[DeclarativeBase]]:
    importlib.import_module(f"services.{service}.models")
    bases = [base for base in DeclarativeBase.__subclasses__() if base.__module__.startswith(f"services.{service}.")]
    return {mapper.class_ for base in bases for mapper in base.registry.mappers}


@pytest.fixture(params=SERVICES)
def sealed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, list[SealedColumn]]]:
    """A service, and the columns that it renews."""
    name = request.param
    kind = getattr(importlib.import_module(f"services.{name}.service"), f"{name.capitalize()}Service")
    key_files.init(tmp_path, (name,), (), beijing_today())
    database = Database("sqlite://")
    with pytest.MonkeyPatch.context() as patch:
        for held in [attribute for attribute in vars(kind) if not attribute.startswith("_")]:
            patch.setattr(kind, held, vars(kind)[held])  # what `prepare` puts into the class is taken out again
        settings = Settings(name, "sqlite://", "memory://localhost", tmp_path, tmp_path / "objects")
        kind.prepare(settings, Keys(FolderSource(tmp_path)))
        holdings = [holding for renewal in kind.renewals(database) for holding in renewal.holdings]
    yield name, [holding for holding in holdings if isinstance(holding, SealedColumn)]
    database.dispose()


def test_a_service_renews_all_its_columns_of_bytes(sealed: tuple[str, list[SealedColumn]]) -> None:
    service, columns = sealed
    of_bytes = {
        (kind.__tablename__, column.name)
        for kind in tables(service)
        for column in kind.__table__.columns
        if isinstance(column.type, LargeBinary)
    }
    assert {(one.table.__tablename__, one.column) for one in columns} == of_bytes, "add them to its renewals"


def test_what_names_a_row_in_its_seal_is_unique(sealed: tuple[str, list[SealedColumn]]) -> None:
    for one in sealed[1]:
        column = one.table.__table__.c[one.row]
        alone = column.primary_key and len(one.table.__table__.primary_key) == 1
        assert alone or column.unique, f"{one.table.__tablename__}.{one.row}"
