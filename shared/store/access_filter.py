"""How far a speaker sees, as the condition that a query carries (APP-1); `security/permissions.py` says how far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute

from shared.security.permissions import ReachKind, visible
from shared.security.speaker import Speaker


def in_reach(
    speaker: Speaker,
    district: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    *organisations: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """Rows of the speaker's district or of one of its organisations; all for those who see all.

    Rows without organisations belong to places: an organisation sees none of them.
    """
    reach = visible(speaker)
    match reach.kind:
        case ReachKind.ALL:
            return true()
        case ReachKind.DISTRICT:
            return district == reach.value
        case ReachKind.ORGANISATION:
            return or_(false(), *(organisation == reach.value for organisation in organisations))
    return false()


def filters(equal: Mapping[Any, object]) -> list[ColumnElement[bool]]:
    """What a list was asked to be narrowed to: a condition for each column whose value is given."""
    return [column == value for column, value in equal.items() if value is not None]


def filters_by_name(table: type[DeclarativeBase], request: object, *names: str) -> list[ColumnElement[bool]]:
    """The same of columns that are called as the request calls its values."""
    return filters({getattr(table, name): getattr(request, name) for name in names})
