"""The tables forbid what must never happen to money, whoever writes to them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from services.subsidy.models import SubsidyTable
from shared.store.database import Database
from shared.store.migrate import _config, upgrade
from tests.conftest import MadeDatabase


def test_the_models_are_what_the_migrations_make(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    database = Database(make_database("subsidy", dialect).owner_url)
    own = set(SubsidyTable.metadata.tables)

    def of_subsidy(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name in own

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_subsidy, "compare_type": True})
        differences = compare_metadata(context, SubsidyTable.metadata)
    database.dispose()
    assert differences == []


def test_rows_of_before_are_carried_over(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    """SQLite makes the receivables' tables anew: what was in them is still there, and still can't be changed."""
    made = make_database("subsidy", dialect, migrated=False)
    database = Database(made.owner_url)
    with database.engine.begin() as connection:
        config = _config("subsidy")
        config.attributes["connection"] = connection
        command.upgrade(config, "subsidy_0001")
        for statement in BEFORE:
            connection.execute(text(statement))
    database.dispose()
    upgrade("subsidy", made.owner_url)
    with database.engine.begin() as connection:
        kept = connection.execute(text("SELECT id, cause, amount FROM clawbacks")).one()
        part = connection.execute(text("SELECT clawback_id, fiscal_year, amount FROM clawback_parts")).one()
        set_off = connection.execute(text("SELECT set_off FROM claims")).scalar_one()
        connection.execute(text("UPDATE claims SET state = 'voided', live = (1 = 0)"))
    with pytest.raises(DatabaseError), database.engine.begin() as connection:
        connection.execute(text("UPDATE clawbacks SET amount = 1"))
    database.dispose()
    assert (tuple(kept), tuple(part), set_off) == (("k", "result", 5), ("k", 2022, 5), 0)


BEFORE = (
    "INSERT INTO projects (project_id, programme, document, district, employer_id, submitted_on, approved_on,"
    " occupation, occupation_class, level, term_years, turns) VALUES ('p', 'a', 'd', '110105', 'e', '2022-01-01',"
    " '2022-01-01', 'o', 'ordinary', 'advanced', 2, 0)",
    "INSERT INTO claims (id, project_id, programme, document, district, employer_id, payee_id, kind, state, live,"
    " submitted_on, applicant, persons, amount, entitlement, clawback, missing, decision_id, turns) VALUES ('c', 'p',"
    " 'a', 'd', '110105', 'e', 'e', 'final', 'closed', (1 = 1), '2022-01-01', 'x', 1, 0, 0, 5, 0, 'z', 0)",
    "INSERT INTO clawbacks (id, claim_id, project_id, programme, district, employer_id, enrolment_id, payee_id, amount,"
    " opened_on, rule, clause) VALUES ('k', 'c', 'p', 'a', '110105', 'e', 'n', 'e', 5, '2022-01-01', 'r', 'c')",
    "INSERT INTO clawback_parts (clawback_id, fund_source, fiscal_year, amount) VALUES ('k', 's', 2022, 5)",
)
"""A closed final claim that found five fen due back, as the first version kept it."""
