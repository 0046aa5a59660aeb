"""Losing a race against another call that wrote the same thing at the same moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from services.registry.models import RegistryTable


def insert_absent(session: Session, table: type[RegistryTable], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that a look-up in this transaction did not find.

    Where another call committed one of them meanwhile, the look-up was stale: the kernel does the use case again,
    and the second look-up finds what the winner wrote. So uniqueness rests on the constraint, not on the look-up.
    """
    if not rows:
        return
    try:
        session.execute(insert(table), list(rows))
    except IntegrityError:
        # `from None`: the statement's text stays out of whatever is logged.
        raise StaleDataError(f"{table.__tablename__}: written by another call meanwhile") from None
