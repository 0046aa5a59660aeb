"""Guards that a migration puts on a table, in both dialects: rows that never change, and fields that never change."""

from __future__ import annotations

from collections.abc import Collection

from alembic import op


def append_only(table: str) -> None:
    """UPDATE and DELETE are refused by the database itself; on PostgreSQL the running role has no right to them."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER append_only_{table}_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'append_only_{table}'); END"
            )
        return
    _make_refuse_change()
    op.execute(
        f"CREATE TRIGGER append_only_{table} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def kept(table: str, fixed: Collection[str], ended: str) -> None:
    """DELETE, any change of the columns `fixed`, and any change of a row that has `ended` (its column is set) are
    refused by the database itself: a row is opened once, ended once, and stays."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'kept_{table}'); END"
        op.execute(f"CREATE TRIGGER kept_{table}_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER kept_{table}_fixed BEFORE UPDATE OF {', '.join(fixed)} ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER kept_{table}_ended BEFORE UPDATE ON {table} WHEN OLD.{ended} IS NOT NULL {refuse}")
        return
    _make_refuse_change()
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER kept_{table}_delete BEFORE DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    op.execute(
        f"CREATE TRIGGER kept_{table}_fixed BEFORE UPDATE OF {', '.join(fixed)} ON {table} FOR EACH STATEMENT {refuse}"
    )
    op.execute(
        f"CREATE TRIGGER kept_{table}_ended BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN (OLD.{ended} IS NOT NULL) {refuse}"
    )


def _make_refuse_change() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append_only_%', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
