"""Which constraint a database says was broken, on either dialect."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

_NOT_NULL = "23502"


def constraint_of(error: IntegrityError) -> str:
    """The constraint that was broken: its name in PostgreSQL, the message in SQLite, which names the columns.

    Empty for a missing value: SQLite names the same column then as for one that is taken.
    """
    diagnosis = getattr(error.orig, "diag", None)
    if getattr(error.orig, "pgcode", None) == _NOT_NULL or str(error.orig).startswith("NOT NULL"):
        return ""
    return str(getattr(diagnosis, "constraint_name", None) or error.orig)
