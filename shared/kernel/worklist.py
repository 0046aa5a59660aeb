"""What waits for somebody: one select for each kind of need, put together by the database, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Date, Select, cast, literal, null, select, union_all

from shared.contracts.common import ListWaiting, WaitingItem, WaitingPage
from shared.kernel.work import Look
from shared.store.by_name import shape_of
from shared.store.cursors import read_rows


def need(kind: str, id: Any, project_id: Any, district: Any, since: Any, due_on: Any = None) -> Select[Any]:
    """The columns of one kind of need, each an expression of SQL; the caller joins and narrows."""
    columns = {
        "kind": literal(kind),
        "id": id,
        "project_id": project_id,
        "district": district,
        "since": since,
        "due_on": cast(null(), Date) if due_on is None else due_on,
    }
    return select(*(column.label(name) for name, column in columns.items()))


def waiting_page(
    look: Look, needs: Sequence[Select[Any]], titles: Mapping[str, str], request: ListWaiting
) -> WaitingPage:
    """One page of these needs by day, kind and id. `titles`: in Chinese, by kind."""
    if not needs:
        return WaitingPage((), None)
    item = union_all(*needs).subquery().c
    rows, cursor = read_rows(look.session, select(*item), request, item.since, item.kind, item.id)
    return WaitingPage(tuple(shape_of(WaitingItem, row, title=titles[row.kind]) for row in rows), cursor)
