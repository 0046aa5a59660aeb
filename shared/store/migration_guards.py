"""Guards that a migration puts on a table, in both dialects: rows that never change, and fields that never change."""

from __future__ import annotations

from collections.abc import Collection

from alembic import op
from sqlalchemy import text


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
    """As `counted`, and no change of a row that has `ended` (its column is set): opened once, ended once, it stays."""
    counted(table, fixed)
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'kept_{table}'); END"
        op.execute(f"CREATE TRIGGER kept_{table}_ended BEFORE UPDATE ON {table} WHEN OLD.{ended} IS NOT NULL {refuse}")
        return
    op.execute(
        f"CREATE TRIGGER kept_{table}_ended BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN (OLD.{ended} IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )


def changeable(table: str) -> None:
    """Takes the guard of `append_only` away, for a migration that fills a new column and puts it back."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("update", "delete"):
            op.execute(f"DROP TRIGGER append_only_{table}_{action}")
        return
    op.execute(f"DROP TRIGGER append_only_{table} ON {table}")


def unkept(table: str) -> None:
    """Takes the guards of `kept` away, for a migration that fills a new column and puts them back."""
    on_table = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
    for guard in ("delete", "fixed", "ended"):
        op.execute(f"DROP TRIGGER kept_{table}_{guard}{on_table}")


def counted(table: str, fixed: Collection[str]) -> None:
    """DELETE and any change of the columns `fixed` are refused by the database itself: only what counts may change."""
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'kept_{table}'); END"
        op.execute(f"CREATE TRIGGER kept_{table}_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(f"CREATE TRIGGER kept_{table}_fixed BEFORE UPDATE OF {', '.join(fixed)} ON {table} {refuse}")
        return
    _make_refuse_change()
    refuse = "EXECUTE FUNCTION refuse_change()"
    op.execute(f"CREATE TRIGGER kept_{table}_delete BEFORE DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT {refuse}")
    op.execute(
        f"CREATE TRIGGER kept_{table}_fixed BEFORE UPDATE OF {', '.join(fixed)} ON {table} FOR EACH STATEMENT {refuse}"
    )


def _make_refuse_change() -> None:
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'append_only_%', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )


def reworded(table: str, check: str, before: str, after: str) -> None:
    """Another condition of a table's CHECK. On SQLite `before` is replaced in the table's own text, wherever it stands.

    SQLite has no statement for it; rewriting its schema is the way that its manual gives for what changes no row.
    Raises LookupError where `before` isn't there.
    """
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(check, table)
        op.create_check_constraint(check, table, after)
        return
    written = bind.scalar(text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table})
    if before not in (written or ""):
        raise LookupError(f"{table} has no such words: {before}")
    version = bind.scalar(text("PRAGMA schema_version"))
    op.execute("PRAGMA writable_schema = ON")
    bind.execute(
        text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
        {"sql": str(written).replace(before, after), "name": table},
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
