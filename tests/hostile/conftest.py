"""Drivers, each built once a run on each dialect and given to every test that asks for a method of its service."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from deploy.local.accounts import Passwords, create_database
from deploy.local.postgres import PostgreSQL
from shared.contracts.catalogue import METHODS
from tests.hostile.driver import Driver
from tests.hostile.drivers import DRIVERS

Where = Callable[[str], str]
"""A function: the address of a new, migrated database of a service."""


@pytest.fixture(scope="session")
def on_sqlite(sqlite_template: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Where:
    folder = tmp_path_factory.mktemp("databases")

    def make(service: str) -> str:
        file = shutil.copyfile(sqlite_template(service), folder / f"{service}.db")
        return f"sqlite:///{file}"

    return make


@pytest.fixture(scope="session")
def on_postgresql(request: pytest.FixtureRequest) -> Where:
    """Starts PostgreSQL only when somebody asks for it."""

    def make(service: str) -> str:
        postgresql: PostgreSQL = request.getfixturevalue("postgresql")
        roles: Passwords = request.getfixturevalue("roles")
        template: Callable[[str], str] = request.getfixturevalue("postgresql_template")
        databases, name = postgresql.start(), f"{service}_world"
        create_database(databases, service, name, template(service))
        return databases.url(name, service, roles.database[service])

    return make


@pytest.fixture(scope="session")
def driver_of(
    on_sqlite: Where, on_postgresql: Where, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str, str], Driver]]:
    """A function of (service, dialect): its driver, made once; where that failed, it fails alike for everybody."""
    with ExitStack() as closing:

        @cache
        def attempt(service: str, dialect: str) -> Driver | Exception:
            where = on_sqlite if dialect == "sqlite" else on_postgresql
            try:
                made = DRIVERS[service](where(service), tmp_path_factory.mktemp(f"{service}-{dialect}"))
            except Exception as error:
                return error
            closing.callback(made.close)
            return made

        def driver(service: str, dialect: str) -> Driver:
            made = attempt(service, dialect)
            if isinstance(made, Exception):
                raise made
            return made

        yield driver


@pytest.fixture
def driver(driver_of: Callable[[str, str], Driver], dialect: str, route: str) -> Iterator[Driver]:
    """The driver of the method under test, as it was built; what the test does in it is undone."""
    found = driver_of(METHODS[route].service, dialect)
    with found.rehearsal(route):
        yield found
