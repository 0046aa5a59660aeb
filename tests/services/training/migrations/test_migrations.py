"""The tables that the migrations make are the ones that the models describe, and no migration loses what was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.training.models import OVERLAP, TrainingTable
from shared.store import migrate
from shared.store.database import Database


def test_models_equal_migrations(make_database: Callable[..., Any], dialect: str) -> None:
    database = Database(make_database("training", dialect).owner_url)

    def ours(_: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
        """The kernel's tables have a history of their own; the exclusion constraint's index is no index of a model."""
        return not (reflected and compare_to is None and ((kind == "table" and name not in OURS) or name == OVERLAP))

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, TrainingTable.metadata) == []
    database.dispose()


OURS = set(TrainingTable.metadata.tables)


PROJECT = (
    "INSERT INTO projects VALUES ('{0}', 'a', 'd', '110105', 'e', 'p', 'k', '2022-06-01', '2022-06-01', 'o', 'c', 'l', "
    "1, '[]', 'running')"
)
RUN = "INSERT INTO course_runs VALUES ('{0}', '{1}', '2022-06-01', NULL)"
ENROLMENT = (
    "INSERT INTO enrolments (id, run_id, project_id, person_id, programme, exclusion_group, funded, starts_on, "
    "ends_on, state) VALUES ('{0}', '{1}', '{2}', '{3}', 'a', 'a', true, '2022-06-01', '2023-06-01', '{4}')"
)
ROWS = (
    PROJECT.format("p1"),
    PROJECT.format("p2"),
    RUN.format("r1", "p1"),
    RUN.format("r2", "p2"),
    ENROLMENT.format("e1", "r1", "p1", "anna", "left"),
    ENROLMENT.format("e2", "r1", "p1", "bruno", "in_training"),
    "INSERT INTO mentor_assignments VALUES ('m1', 'p1', 'bruno', 't1', 't2', 'd1', 'd2', '2022-06-01')",
    "INSERT INTO extra_credits VALUES ('x1', 'e2', 'bonus', 1, 'r', 'clerk', '2022-07-01', NULL, NULL)",
    "INSERT INTO assessments VALUES ('e1', 'left', '2022-09-01', NULL, 'other', false, NULL)",
)
FORBIDDEN = {
    "ex_enrolments_funded_overlap": ENROLMENT.format("e3", "r2", "p2", "bruno", "passed"),
    "append_only_mentor_assignments": "DELETE FROM mentor_assignments",
    "ck_enrolments_state": "UPDATE enrolments SET state = 'gone'",
}


def test_what_was_there_before_stays_and_so_do_its_guards(make_database: Callable[..., Any], dialect: str) -> None:
    made = make_database("training", dialect, migrated=False)
    database = Database(made.owner_url)
    migrate.upgrade("training", made.owner_url, to="training_0001")
    with database.engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row))
    migrate.upgrade("training", made.owner_url)
    with database.engine.begin() as connection:
        for table, known in {"enrolments": 2, "mentor_assignments": 1, "extra_credits": 1, "assessments": 1}.items():
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == known
        connection.execute(text("UPDATE enrolments SET state = 'annulled' WHERE id = 'e1'"))
        if dialect == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    for guard, statement in FORBIDDEN.items():
        with pytest.raises(DBAPIError, match=guard), database.engine.begin() as connection:
            connection.execute(text(statement))
    database.dispose()
