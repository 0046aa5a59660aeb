"""Each guard of the database refuses what it is there for, and nothing else does: without it the same goes through.

What each prevents, and which test fails without it, stands in docs/guards.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from services.subsidy.models import SubsidyTable
from shared.store.constraints import constraint_of
from shared.store.database import Database
from tests.conftest import MadeDatabase
from tests.services.subsidy.model.papers import ADVANCE
from tests.services.subsidy.model.telling import Step
from tests.services.subsidy.model.walk import Walk
from tests.services.subsidy.models.guards import FILLED, GUARDS

PAGE = Path(__file__).parents[4] / "docs" / "guards.md"
STORY = (
    Step("appropriate", 0, 3 * ADVANCE // 2),
    Step("appropriate", 0, 40 * ADVANCE + 1),
    Step("reduce", 0, 1),
    Step("block", 0),
    Step("lift", 0),
    Step("advance", 2),
    Step("approve", 2),
    Step("prepare", 2),
    Step("instruct", 2),
    Step("refuse", 2, 0),
    Step("misstate", 2, 1),
    Step("pay", 2, 1),
    Step("prepare", 2),
    Step("instruct", 2),
    Step("pay", 2, 0),
    Step("send_back", 2, 1),
    Step("prepare", 2),
    Step("instruct", 2),
    Step("pay", 2, 1),
    Step("register", 2, 0),
    Step("final", 2),
    Step("approve", 2),
    Step("prepare", 2),
    Step("clear", 2),
    Step("notice", 2),
    Step("repay", 2, 4999),
    Step("repay", 2, 5999),
    Step("reverse", 2),
    Step("advance", 0),
    Step("approve", 0),
    Step("offset", 2, 1),
    Step("prepare", 0),
    Step("instruct", 0),
    Step("pay", 0),
    Step("propose", 2),
    Step("agree", 2),
    Step("advance", 1),
    Step("approve", 1),
    Step("register", 1, 0),
    Step("prepare", 1),
    Step("next_month"),
    Step("appropriate", 0, 40 * ADVANCE + 1),
    Step("appropriate", 0, 40 * ADVANCE),
    Step("close_month"),
    Step("close_year"),
    Step("leave", 0, 0),
)
"""After it every table holds something that could be spoilt."""


@pytest.fixture
def owner(make_database: Callable[..., MadeDatabase], dialect: str, tmp_path: Path) -> Iterator[Database]:
    """The role that owns the tables, to which nothing but the guards says no."""
    made = make_database("subsidy", dialect)
    walk = Walk(made.url, tmp_path)
    for step in STORY:
        walk.does(step)
    walk.driver.close()
    database = Database(made.owner_url)
    with database.transaction() as session:
        for statement in FILLED:
            session.execute(text(statement))
    yield database
    database.dispose()


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as connection:
        yield connection
        connection.rollback()


def said_to(connection: Connection, name: str) -> str:
    """What is said to the statement that the guard is for; empty where it goes through."""
    try:
        assert connection.execute(text(GUARDS[name])).rowcount > 0, f"{name}: nothing there that could be spoilt"
    except IntegrityError as error:
        return constraint_of(error)
    return ""


def test_each_guard_refuses_what_it_is_there_for(owner: Database) -> None:
    for name in GUARDS:
        with undone(owner) as connection:
            said = said_to(connection, name)
        assert said, f"{name} let it through"
        assert owner.dialect == "sqlite" or said.startswith((name, "append_only_")), (name, said)


@pytest.mark.parametrize("dialect", ["postgresql"])  # only there a table's guard can be dropped and comes back
def test_without_its_guard_each_goes_through(owner: Database) -> None:
    for name, dropping in standing(owner).items():
        with undone(owner) as connection:
            connection.execute(text(dropping))
            assert said_to(connection, name) == "", name


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_no_guard_is_without_its_statement_and_its_line_on_the_page(owner: Database) -> None:
    assert standing(owner).keys() == GUARDS.keys()
    page = PAGE.read_text("utf-8")
    assert [name for name in GUARDS if f"`{name}`" not in page] == []


def standing(database: Database) -> dict[str, str]:
    """Every guard that the tables of this service have by now, but that an id is one, and how it is dropped."""
    tables = tuple(SubsidyTable.metadata.tables)
    with database.engine.connect() as connection:
        found = {
            kind: connection.execute(text(question), {"tables": list(tables)}).all() for kind, question in ASKED.items()
        }
    drops = {name: f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE" for table, name in found["constraints"]}
    drops |= {name: f"DROP INDEX {name}" for _, name in found["indexes"]}
    return drops | {name: f"DROP TRIGGER {name} ON {table}" for table, name in found["triggers"]}


REFERRED_TO = (
    "uq_claims_id_kind_live",
    "uq_claim_funding_repeated_by_payment",
    "uq_project_enrolments_project_id_enrolment_id",
)
"""Only there so that a foreign key can name them, as are the ids."""

ASKED = {
    "constraints": "SELECT conrelid::regclass::text, conname FROM pg_constraint "
    "WHERE conrelid::regclass::text = ANY(:tables) AND (contype IN ('c', 'u') OR conname = 'fk_payments_claim_id') "
    f"AND pg_get_constraintdef(oid) <> 'UNIQUE (id)' AND conname NOT IN {REFERRED_TO}",
    "indexes": "SELECT tablename, indexname FROM pg_indexes "
    "WHERE tablename = ANY(:tables) AND indexdef LIKE 'CREATE UNIQUE%WHERE%'",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
    "WHERE tgrelid::regclass::text = ANY(:tables) AND NOT tgisinternal",
}
