"""The rows of a service's database as a text that both databases read: one table after another, a row on a line.

    {"table": "people", "columns": ["id", "name", …], "sealed": {"name": "id"}}
    ["5f1c…", "示例一", …]

Dates are ISO text, money is fen. A sealed column holds the plain text of a made-up person: `sealed` names it, and the
column that its seal is bound to; whoever loads the rows seals them with keys of his own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Table, select, text

from shared.security.personal import Place

KEYED = frozenset({"requests", "audit", "seals", "heads", "digests", "files"})
"""Answers, signed chains, digests and files that only the keys of that system can read; registry makes its digests
again from the numbers, as it does when keys rotate."""
PASSING = frozenset({"leases", "inbox", "redeliveries"})
"""Who did a duty at the time; events that were applied long ago, as their senders' outboxes show; calls that had
come again."""
LEFT_OUT = KEYED | PASSING

Unseal = Callable[[bytes, Place], str]
Seal = Callable[[str, Place], bytes]


@dataclass(frozen=True)
class Rows:
    """Rows of one table. `sealed`: column → the column that names the row in its seal."""

    table: str
    columns: Sequence[str]
    sealed: Mapping[str, str] = field(default_factory=dict)
    rows: list[list[Any]] = field(default_factory=list)


def write(file: Path, tables: Sequence[Rows]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as lines:
        for table in tables:
            head = {"table": table.table, "columns": list(table.columns), "sealed": dict(table.sealed)}
            for line in (head, *table.rows):
                lines.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def read(file: Path) -> list[Rows]:
    tables: list[Rows] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        parsed = json.loads(line)
        if isinstance(parsed, dict):
            tables.append(Rows(**parsed))
        else:
            tables[-1].rows.append(parsed)
    return tables


def taken(connection: Connection, sealed: Mapping[str, Mapping[str, str]], unseal: Unseal) -> list[Rows]:
    """What a database holds, in an order in which it can be put in again. `sealed`: by table."""
    return [found for table in _tables(connection) if (found := _taken(connection, table, sealed, unseal)).rows]


def _taken(connection: Connection, table: Table, sealed: Mapping[str, Mapping[str, str]], unseal: Unseal) -> Rows:
    made = Rows(table.name, [column.name for column in table.columns], sealed.get(table.name, {}))
    for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
        made.rows.append([_plain(made, name, row, unseal) for name in made.columns])
    return made


def _plain(table: Rows, name: str, row: Mapping[str, Any], unseal: Unseal) -> Any:
    value = row[name]
    if name in table.sealed and value is not None:
        return unseal(value, Place(table.table, name, row[table.sealed[name]]))
    return value.isoformat() if isinstance(value, date | datetime) else value


def put(connection: Connection, tables: Sequence[Rows], seal: Seal) -> None:
    """Inserts rows into the tables of their own version; the versions themselves are the migrations' matter."""
    known = {table.name: table for table in _tables(connection)}
    for kept in tables:
        if kept.table != "alembic_version":
            table = known[kept.table]
            connection.execute(table.insert(), [_bound(kept, table, row, seal) for row in kept.rows])
            _count_on(connection, table)


def versions(tables: Sequence[Rows]) -> Iterator[str]:
    """The migrations that the rows fit."""
    return (row[0] for kept in tables if kept.table == "alembic_version" for row in kept.rows)


def _tables(connection: Connection) -> list[Table]:
    present = MetaData()
    present.reflect(connection)
    return [table for table in present.sorted_tables if table.name not in LEFT_OUT]


def _bound(kept: Rows, table: Table, row: Sequence[Any], seal: Seal) -> dict[str, Any]:
    values = dict(zip(kept.columns, row, strict=True))
    for name, bound_to in kept.sealed.items():
        if values[name] is not None:
            values[name] = seal(values[name], Place(kept.table, name, values[bound_to]))
    return {name: _typed(table, name, value) for name, value in values.items()}


def _typed(table: Table, name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value is not None and table.c[name].type.python_type is date else value


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL counts on from the highest number, as the database that was upgraded does."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        counter = connection.scalar(text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": table.name, "c": column.name})
        if counter:
            highest = f"SELECT setval('{counter}', (SELECT max({column.name}) FROM {table.name}))"
            connection.execute(text(highest))
