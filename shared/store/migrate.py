"""Brings a service's database to the newest shape: the kernel's history and the service's own, side by side.

Run by the role that owns the tables (`skills migrate SERVICE`). The service itself runs under another role, which
owns nothing: it may read and add everywhere, and change or delete only where a table says that it may.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.store.database import Database

_KERNEL = Path(__file__).parent / "migrations"
_SERVICES = Path(__file__).parents[2] / "services"


def upgrade(service: str, url: str, *, runs_as: str | None = None, to: str = "heads") -> None:
    """Migrates to the newest version, or an earlier one, and on PostgreSQL grants the running role its rights."""
    database = Database(url, pool_size=1)
    try:
        with database.engine.begin() as connection:
            config = _config(service)
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            if runs_as is not None:
                _grant(connection, runs_as)
    finally:
        database.dispose()


def is_current(service: str, database: Database) -> bool:
    """Whether the database stands at the newest version of both histories."""
    script = ScriptDirectory.from_config(_config(service))
    with database.engine.connect() as connection:
        stamped = MigrationContext.configure(connection).get_current_heads()
    applied = {revision.revision for revision in script.get_all_current(stamped)}  # what they depend on, too
    return set(script.get_heads()) <= applied


def _config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_KERNEL))
    config.set_main_option("path_separator", "newline")
    locations = [_KERNEL / "versions", _SERVICES / service / "migrations" / "versions"]
    config.set_main_option("version_locations", "\n".join(str(place) for place in locations if place.exists()))
    return config


def _grant(connection: Connection, role: str) -> None:
    """Reading and adding on every table; changing and deleting only where no trigger of ours refuses it anyway."""
    name = connection.dialect.identifier_preparer.quote(role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(text(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {name}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"))
    guarded = set(
        connection.scalars(
            text(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'append_only_%' AND NOT tgisinternal"
            )
        )
    )
    tables = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    for table in sorted(tables - guarded - {"alembic_version"}):
        quoted = connection.dialect.identifier_preparer.quote(table)
        connection.execute(text(f"GRANT UPDATE, DELETE ON {quoted} TO {name}"))
