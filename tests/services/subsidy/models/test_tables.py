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


def test_numbers_of_before_get_keys_and_none_is_lost(make_database: Callable[..., MadeDatabase], dialect: str) -> None:
    made = make_database("subsidy", dialect, migrated=False)
    database = Database(made.owner_url)
    with database.engine.begin() as connection:
        config = _config("subsidy")
        config.attributes["connection"] = connection
        command.upgrade(config, "subsidy_0010")
        for statement in NUMBERS:
            connection.execute(text(statement))
    database.dispose()
    upgrade("subsidy", made.owner_url)
    with database.engine.begin() as connection:
        columns = "id, payment_named, payment_id, bank_reference, reference_key"
        lines = connection.execute(text(f"SELECT {columns} FROM bank_lines ORDER BY id")).all()
        columns = "id, bank_reference, reference_key"
        repayments = connection.execute(text(f"SELECT {columns} FROM repayments ORDER BY id")).all()
    for forbidden in (
        "UPDATE bank_lines SET reference_key = 'X'",
        "UPDATE bank_lines SET payment_named = 'X'",
        "DELETE FROM bank_lines",
        "UPDATE repayments SET reference_key = 'X' WHERE reversed_on IS NULL",
        "UPDATE repayments SET reversed_on = NULL WHERE reversed_on IS NOT NULL",
        NUMBERS[-1].replace("'r4'", "'r5', 'R2'").replace("(id,", "(id, reference_key,").replace("R-2", "r2"),
    ):
        with pytest.raises(DatabaseError), database.engine.begin() as connection:
            connection.execute(text(forbidden))
    database.dispose()
    assert [tuple(row) for row in lines] == [
        ("l1", "AB-1", "ab1", "REF-1 ", "REF1#2"),
        ("l2", "ab1", "ab1", "REF1", "REF1"),
        ("l3", "ab1", "ab1", "REF-2", "REF2"),
    ]
    assert [tuple(row) for row in repayments] == [
        ("r1", "R-1", "R1"),
        ("r2", "r1", "R1#2"),
        ("r3", "R 1", "R1"),
        ("r4", "R-2", "R2"),
    ]


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

LINE_OF_BEFORE = (
    "INSERT INTO bank_lines (id, payment_id, bank_reference, kind, applied_on, district, outcome, amount, moved_on,"
    " reason, recorded_on, recorded_by) VALUES ({}, '110105', 'paid', 5, '2022-01-02', '', '2022-01-03', 'x')"
)
REPAYMENT_OF_BEFORE = (
    "INSERT INTO repayments (id, bank_reference, reversed_on, demand_id, district, amount, received_on, recorded_on,"
    " recorded_by) VALUES ({}, 'd', '110105', 1, '2022-01-02', '2022-01-03', 'x')"
)
NUMBERS = (
    *BEFORE[:1],
    BEFORE[1],
    "INSERT INTO demands (id, claim_id, project_id, programme, document, district, employer_id, payee_id, cause, rule,"
    " clause, persons, amount, opened_on, basis, turns) VALUES ('d', 'c', 'p', 'a', 'd', '110105', 'e', 'e', 'result',"
    " 'r', 'c', 1, 5, '2022-01-01', '', 0)",
    LINE_OF_BEFORE.format("'l1', 'AB-1', 'REF-1 ', 'stray', NULL"),
    LINE_OF_BEFORE.format("'l2', 'ab1', 'REF1', NULL, '2022-01-03'"),
    LINE_OF_BEFORE.format("'l3', 'ab1', 'REF-2', 'paid_twice', NULL"),
    REPAYMENT_OF_BEFORE.format("'r1', 'R-1', NULL"),
    REPAYMENT_OF_BEFORE.format("'r2', 'r1', NULL"),
    REPAYMENT_OF_BEFORE.format("'r3', 'R 1', '2022-01-04'"),
    REPAYMENT_OF_BEFORE.format("'r4', 'R-2', NULL"),
)
"""One line and one transfer, each written in two ways before numbers had keys."""
