"""The tables: as the models say, and with evidence that nothing edits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.registry.models import RegistryTable
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.registry.driver import TURNER, Driver


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in RegistryTable.metadata.tables


def test_models_equal_migrations(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    database = Database(make_database("registry", dialect).owner_url)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        differences = compare_metadata(context, RegistryTable.metadata)
    database.dispose()
    assert differences == []


@pytest.mark.parametrize("change", ["UPDATE {} SET recorded_at = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["employments", "insured_months"])
def test_evidence_is_never_edited(driver: Driver, employer: str, table: str, change: str) -> None:
    (person,) = driver.people(employer)
    driver.employ(employer, person)
    driver.insure(person, "2022-05")
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text(change.format(table)))


def test_a_published_edition_is_never_edited(driver: Driver) -> None:
    driver.publish("shortage", date(2022, 1, 1), TURNER)
    with pytest.raises(DBAPIError), driver.harness.database.transaction() as session:
        session.execute(text("DELETE FROM catalogue_entries"))
