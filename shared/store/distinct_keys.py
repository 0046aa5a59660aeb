"""Keys for rows that were stored before their numbers had one, when a migration makes them unique by it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

import sqlalchemy as sa
from alembic import op

from shared.batching import slices
from shared.number_keys import KEY_MAX
from shared.store.bulk import SLICE

RowId = TypeVar("RowId", str, int)


def distinct_keys(
    rows: Iterable[tuple[RowId, Hashable, str]], key_of: Callable[[str], str], most: int = KEY_MAX
) -> dict[RowId, str]:
    """A key for each row, no two alike within one place: a later row of the same key gets it with a suffix.

    `rows`: (id, the place within which a number is unique, the number as written), the one that keeps its key first.
    """
    taken: set[tuple[Hashable, str]] = set()
    keys: dict[RowId, str] = {}
    for row_id, place, written in rows:
        plain = key = key_of(written)[:most]
        times = 1
        while (place, key) in taken:
            times += 1
            suffix = f"#{times}"  # no key of a number that is typed from now on ends so by chance
            key = plain[: most - len(suffix)] + suffix
        taken.add((place, key))
        keys[row_id] = key
    return keys


def fill(table: str, id_column: str, column: str, values: Mapping[RowId, str]) -> None:
    """Writes a value for each row, slice by slice."""
    own = sa.table(table, sa.column(id_column), sa.column(column))
    written = sa.update(own).where(own.c[id_column] == sa.bindparam("row_id")).values({column: sa.bindparam("value")})
    for some in slices(list(values), SLICE):
        op.get_bind().execute(written, [{"row_id": row_id, "value": values[row_id]} for row_id in some])
